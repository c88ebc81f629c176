import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { remedy } from "../../lib/backend/native/binding.js";
import { rebuildCommand } from "../../lib/backend/native/rebuild.js";
import { isa } from "../../lib/index.js";
import { shellWord } from "../../lib/shell.js";

afterEach(() => vi.unstubAllEnvs());

// Messages as they were seen: glibc 2.31, musl, node --no-addons.
it.each([
  [
    "No native build was found for platform=linux arch=x64 runtime=node abi=147 uv=1 libc=musl node=26.0.0",
    undefined,
    /^no binary for this machine/,
  ],
  [
    "libc.so.6: version `GLIBC_2.34' not found (required by a.node)",
    undefined,
    /^the binary was built for another C library/,
  ],
  [
    "libstdc++.so.6: version `GLIBCXX_3.4.30' not found (required by a.node)",
    undefined,
    /^the binary was built for another C library/,
  ],
  ["Error relocating a.node: __cpu_model: symbol not found", undefined, /another C library/],
  [
    "Error loading shared library ld-linux-x86-64.so.2: No such file or directory (needed by a.node)",
    undefined,
    /another C library/,
  ],
  [
    "Cannot load native addon because loading addons is disabled.",
    "ERR_DLOPEN_DISABLED",
    /--no-addons/,
  ],
  ["MM_ISA=mmx: not an instruction set supported here", "ERR_MM_ISA", /^unset MM_ISA/],
  ["a.node: invalid ELF header", "ERR_DLOPEN_FAILED", /compiles it anew/],
])("%s", (message, code, expected) => {
  vi.stubEnv("MM_NATIVE_PATH", undefined);
  expect(remedy(message, code)).toMatch(expected);
});

it("is about the file, where a setting names it", () => {
  vi.stubEnv("MM_NATIVE_PATH", "a.node");
  expect(remedy("a.node: invalid ELF header")).toMatch(/^unset MM_NATIVE_PATH/);
});

describe("what compiles the addon", () => {
  const APPROVE = "`npm install-scripts approve mm-train && npm rebuild mm-train`";
  const EITHER =
    "`npm rebuild mm-train` (npm 12 first needs `npm install-scripts approve mm-train`)";
  const PNPM = "`pnpm approve-builds` (choose mm-train), then `pnpm rebuild mm-train`";
  const YARN =
    '`"dependenciesMeta": {"mm-train": {"built": true}}` in package.json, then `yarn install`';
  const BUN = "`bun pm trust mm-train`";

  it.each([
    // in a project with these files, started by this package manager
    [["node_modules/.package-lock.json"], "", EITHER],
    [
      ["node_modules/.package-lock.json"],
      "npm/11.19.1 node/v20.20.2 linux x64",
      "`npm rebuild mm-train`",
    ],
    [["node_modules/.package-lock.json"], "npm/12.2.2 node/v24.22.3 linux x64", APPROVE],
    [
      ["node_modules/.package-lock.json", "yarn.lock", "bun.lock"],
      "npm/12.2.2 node/v24.22.3 linux x64",
      APPROVE,
    ],
    [["node_modules/.modules.yaml"], "npm/11.19.1 node/v20.20.2 linux x64", PNPM],
    [["pnpm-lock.yaml"], "", PNPM],
    [["node_modules/.yarn-state.yml", "yarn.lock"], "npm/12.2.2 node/v24.22.3 linux x64", YARN],
    [[".pnp.cjs"], "", YARN],
    [["node_modules/.yarn-integrity", "yarn.lock"], "", "`yarn install --force`"],
    [["bun.lock"], "", BUN],
    // a first install: nothing is written yet
    [[], "pnpm/10.2.0 npm/? node/v20.20.2 linux x64", PNPM],
    [[], "yarn/4.5.0 npm/? node/v20.20.2 linux x64", YARN],
    [[], "yarn/1.22.22 npm/? node/v20.20.2 linux x64", "`yarn install --force`"],
    [[], "bun/1.4.0 npm/? node/v24.3.0 linux x64", BUN],
    [[], "", EITHER],
  ])("in a project with %j, run by %j", (files, agent, command) => {
    const project = mkdtempSync(join(tmpdir(), "mm-project-"));
    const root = join(project, "node_modules", "mm-train");
    mkdirSync(root, { recursive: true });
    for (const file of files) writeFileSync(join(project, file), "");
    expect(rebuildCommand(root, agent)).toBe(command);
  });

  it.each([
    ["/app/node_modules/.pnpm/mm-train@0.1.0/node_modules/mm-train", PNPM],
    ["/home/me/.local/share/pnpm/store/v10/links/mm-train/0.1.0/abc/node_modules/mm-train", PNPM],
    ["/home/me/mm-train", "`npm install`"],
  ])("in %s", (root, command) =>
    expect(rebuildCommand(root, "npm/12.2.2 node/v24.22.3 linux x64")).toBe(command),
  );
});

describe("a process that may not do everything", () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  // Node 20's name of --permission, which later ones know too.
  const said = (...flags: string[]): string => {
    const program = `import("./dist/index.js").then(({ backend }) => console.log(backend()))`;
    const env = { ...process.env, MM_BACKEND: "", MM_NATIVE_PATH: "", NODE_OPTIONS: "" };
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, "-e", program], {
      cwd: root,
      env,
      encoding: "utf8",
    });
    return stdout + stderr;
  };
  const all = ["--experimental-permission", "--allow-fs-read=*"];

  it.each([
    [["--no-addons"], /; start node without --no-addons; using/],
    [all, /; start node with --allow-addons; using/],
    [[...all, "--allow-addons", "--no-addons"], /; start node without --no-addons; using/],
    [[...all, "--no-addons"], /; start node with --allow-addons and without --no-addons; using/],
  ])("%j", (flags, expected) => expect(said(...flags)).toMatch(expected));

  it("is told what it must read, and is native when it may", () => {
    const some = ["dist", "node_modules"].map((name) => `--allow-fs-read=${join(root, name)}`);
    const text = said("--experimental-permission", ...some, "--allow-addons");
    const flags = [root.replace(/.$/, ""), "/etc/alpine-release"].map(
      (path) => `--allow-fs-read=${path}`,
    );
    expect(text).toContain(`; start node with ${flags.map(shellWord).join(" ")} too; using`);
    if (isa() !== "javascript")
      expect(said("--experimental-permission", "--allow-addons", ...flags)).toMatch(/^native\n/);
  });
});
