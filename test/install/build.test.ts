/** scripts/build.cjs and scripts/prepack.cjs in a copy of what they read. */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { ownBinary, recordSources } = createRequire(import.meta.url)(
  "../../scripts/prebuilt.cjs",
) as {
  ownBinary(root: string): string;
  recordSources(root: string, binary: string): void;
};

function checkout(...names: string[]): string {
  const copy = mkdtempSync(join(tmpdir(), "mm-checkout-"));
  for (const name of ["scripts", "package.json", ...names])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  return copy;
}

const node = (cwd: string, script: string, env = process.env) =>
  spawnSync(process.execPath, [join("scripts", script)], { cwd, env, encoding: "utf8" });

describe("npm run build", () => {
  const folder = checkout("tsconfig.json", "tsconfig.build.json", "web");
  // Compilers that copy: tsc takes seconds.
  const typescript = join(folder, "node_modules", "typescript");
  mkdirSync(join(typescript, "bin"), { recursive: true });
  writeFileSync(join(typescript, "package.json"), "{}");
  writeFileSync(
    join(typescript, "bin", "tsc"),
    `const { readFileSync } = require("node:fs");
if (readFileSync("lib/one.ts", "utf8").includes("wrong")) { console.log("TS2322"); process.exitCode = 2; }`,
  );
  const esbuild = join(folder, "node_modules", "esbuild");
  mkdirSync(esbuild);
  writeFileSync(
    join(esbuild, "index.js"),
    `const { cpSync, readFileSync } = require("node:fs");
exports.build = async ({ outdir, entryPoints, write }) => {
  if (write !== false) return cpSync("lib/one.ts", outdir + "/index.js");
  // The page: scripts and a style by the names of their entries.
  const file = (name) => ({ path: outdir + "/" + name, text: readFileSync("web/page/page.css", "utf8") });
  return { outputFiles: Object.keys(entryPoints).flatMap((name) => [file(name + ".js"), file(name + ".css")]) };
};
exports.buildSync = ({ outdir }) => {
  for (const name of ["one", "cli/main"]) cpSync("lib/" + name + ".ts", outdir + "/" + name + ".js");
};`,
  );
  mkdirSync(join(folder, "lib", "cli"), { recursive: true });
  const [source, main] = [join(folder, "lib", "one.ts"), join(folder, "lib", "cli", "main.ts")];
  writeFileSync(source, "export const one = 1;\n");
  writeFileSync(main, "export {};\n");
  const output = join(folder, "dist", "one.js");
  const long = new Date("2020-01-01");
  /** Whether it compiled: the mark of an old time is then gone. */
  const built = () => {
    const { status, stdout } = node(folder, "build.cjs");
    return { status, stdout, compiled: statSync(output).mtimeMs !== long.getTime() };
  };
  const mark = () => utimesSync(output, long, long);

  it("compiles once, and again what changed, went missing or was edited, whatever the times say", () => {
    expect(built()).toEqual({ status: 0, stdout: "", compiled: true });
    mark();
    expect(built()).toMatchObject({ status: 0, compiled: false });
    writeFileSync(source, "export const one = 11;\n");
    utimesSync(source, long, long);
    expect(built()).toMatchObject({ status: 0, compiled: true });
    expect(readFileSync(output, "utf8")).toContain("11");
    mark();
    for (const lost of ["cli/main.js", "browser/index.js"]) {
      rmSync(join(folder, "dist", lost));
      expect(built()).toMatchObject({ status: 0, compiled: true });
      mark();
    }
    writeFileSync(output, "");
    expect(built()).toMatchObject({ status: 0, compiled: true });
    expect(readFileSync(output, "utf8")).toContain("11");
  });

  it("is not taken for done where it failed", () => {
    writeFileSync(source, "wrong\n");
    expect(built().status).not.toBe(0);
    expect(built()).toMatchObject({ stdout: expect.stringContaining("TS2322") as string });
  });
});

describe.skipIf(process.platform === "win32")("npm pack", () => {
  const folder = checkout("native", "binding.gyp");
  const own = ownBinary(folder);
  const noCompiler = { ...process.env, PATH: folder, CXX: "", MAKE: "", PYTHON: "" };
  const prebuilt = (binary: string) => {
    mkdirSync(dirname(binary), { recursive: true });
    writeFileSync(binary, "binary");
    recordSources(folder, binary);
  };

  it("needs what compiles, and says so in one line", () => {
    const { status, stdout, stderr } = node(folder, "prepack.cjs", noCompiler);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^mm-train: prebuildify is not installed; run `npm ci` first\n$/);
    mkdirSync(join(folder, "node_modules", "prebuildify"), { recursive: true });
    expect(node(folder, "prepack.cjs", noCompiler).stderr).toMatch(
      /^mm-train: no binary can be compiled for the package \(missing: g\+\+, make, python3\); remedy: [^\n]+\n$/,
    );
  });

  it("takes the binary of these sources as it is, and those of other machines", () => {
    const other = join(folder, "prebuilds", "plan9-mips", "mm-train.glibc.node");
    prebuilt(own);
    prebuilt(other);
    expect(node(folder, "prepack.cjs", noCompiler)).toMatchObject({
      status: 0,
      stdout: "",
      stderr: "",
    });
    expect([own, other].map((file) => readFileSync(file, "utf8"))).toEqual(["binary", "binary"]);
  });

  it("compiles its own binary anew after a source changed, and refuses those of other machines", () => {
    writeFileSync(join(folder, "native", "command.h"), "// edited\n");
    expect(node(folder, "prepack.cjs", noCompiler).stderr).toMatch(
      /^mm-train: prebuilds\/plan9-mips\/mm-train\.glibc\.node: compiled from other sources[^\n]+\n$/,
    );
    recordSources(folder, join(folder, "prebuilds", "plan9-mips", "mm-train.glibc.node"));
    expect(node(folder, "prepack.cjs", noCompiler).stderr).toMatch(/\(missing: /);
  });
});
