/**
 * The library in one file, as a bundler makes it, away from its package: without its binary,
 * corpus and package.json.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { binaryPath } from "../../lib/backend/native/binding.js";
import { isa } from "../../lib/index.js";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const PROGRAM = `
import { backend, train } from ${JSON.stringify(join(root, "lib", "index.ts"))};
console.log(backend());
train({ steps: 1 }).catch((error) => console.log(error.code, error.message));
`;

/** The bundle is a file of an app with a package.json of its own. */
function bundle(format: "esm" | "cjs"): string {
  const app = mkdtempSync(join(tmpdir(), "mm-bundle-"));
  writeFileSync(join(app, "package.json"), JSON.stringify({ name: "app" }));
  writeFileSync(join(app, "program.mjs"), PROGRAM);
  const file = join(app, format === "esm" ? "bundle.mjs" : "bundle.cjs");
  const options = [
    "--bundle",
    "--platform=node",
    `--format=${format}`,
    "--log-level=error",
    `--outfile=${file}`,
  ];
  execFileSync(
    join(root, "node_modules", ".bin", "esbuild"),
    [join(app, "program.mjs"), ...options],
    { stdio: "pipe" },
  );
  return file;
}

function run(file: string, env: Record<string, string>): { stdout: string; stderr: string } {
  return spawnSync(process.execPath, [file], {
    encoding: "utf8",
    env: { ...process.env, MM_BACKEND: "", MM_NATIVE_PATH: "", ...env },
  });
}

describe.skipIf(process.platform === "win32").each(["esm", "cjs"] as const)(
  "bundled by esbuild as %s",
  (format) => {
    const file = bundle(format);

    it("says once what the native backend needs, and of the corpus where it was looked for", () => {
      const { stdout, stderr } = run(file, {});
      expect(stderr).toMatch(
        /^mm-train: native backend: [^\n]*; in a bundle, set MM_NATIVE_PATH [^\n]*\n$/,
      );
      const corpus = join(dirname(file), "data", "names.txt");
      const advice = "in a bundle, name a file of words, or put data/names.txt of mm-train there";
      expect(stdout).toBe(
        `reference\nERR_MM_DATA ${corpus}: the shipped corpus is missing: ${advice}\n`,
      );
    });

    it.skipIf(isa() === "javascript")("is native with MM_NATIVE_PATH", () => {
      const { stdout, stderr } = run(file, { MM_NATIVE_PATH: binaryPath() });
      expect(stderr).toBe("");
      expect(stdout).toMatch(/^native\n/);
    });
  },
);
