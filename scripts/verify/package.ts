/**
 * npm run verify:package: what a user gets is packed once and looked at from outside. publint and
 * arethetypeswrong on the tarball, the public types compiled beside it, knip on the sources, and a
 * docstring for every public symbol. All at once; prints each one's time.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = mkdtempSync(join(tmpdir(), "mm-package-"));
const bin = (name: string): string => join(root, "node_modules", ".bin", name);

/** What a command prints. @throws with it where the command fails */
const run = (command: string, args: readonly string[], cwd = root): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => (text += String(chunk)));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(text) : reject(new Error(text || `${command} ended with ${code}`)),
    );
  });

/**
 * A project that depends on the tarball and on nothing else but what the package's own types name.
 */
async function user(tarball: string): Promise<string> {
  const home = join(folder, "user");
  const modules = join(home, "node_modules");
  mkdirSync(join(modules, "mm-train"), { recursive: true });
  await run("tar", ["-xzf", tarball, "-C", join(modules, "mm-train"), "--strip-components=1"]);
  symlinkSync(join(root, "node_modules", "zod"), join(modules, "zod"));
  mkdirSync(join(modules, "@types"));
  symlinkSync(join(root, "node_modules", "@types", "node"), join(modules, "@types", "node"));
  writeFileSync(join(home, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(home, "api.ts"), readFileSync(join(root, "test", "types", "api.ts")));
  return home;
}

/** The declarations themselves are checked too. */
const types = (home: string, module: string, resolution: string): Promise<string> =>
  run(
    bin("tsc"),
    [
      "--strict",
      "--noEmit",
      "--target",
      "es2023",
      "--lib",
      "es2023",
      "--types",
      "node",
      "--module",
      module,
      "--moduleResolution",
      resolution,
      "api.ts",
    ],
    home,
  );

async function main(): Promise<void> {
  const started = performance.now();
  const packed = JSON.parse(
    await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder]),
  ) as [{ filename: string; entryCount: number; size: number }];
  const [{ filename, entryCount, size }] = packed;
  const tarball = join(folder, filename);
  const home = await user(tarball);
  console.log(`${filename}: ${entryCount} files, ${(size / 1024).toFixed(0)} KiB`);
  const checks: Readonly<Record<string, () => Promise<unknown>>> = {
    "publint --strict": () => run(bin("publint"), ["--strict", tarball]),
    "arethetypeswrong (esm-only)": () => run(bin("attw"), [tarball, "--profile", "esm-only"]),
    knip: () => run(bin("knip"), ["--no-progress", "--treat-config-hints-as-errors"]),
    "types, nodenext": () => types(home, "nodenext", "nodenext"),
    "types, bundler": () => types(home, "esnext", "bundler"),
    // Fails where something public has no docstring.
    docstrings: () => run("npm", ["run", "--silent", "docs", "--", "--emit", "none"]),
  };
  const queue = Object.entries(checks);
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [name, check] = next;
      const from = performance.now();
      const failure = await check().then(
        () => undefined,
        (error: Error) => error.message,
      );
      console.log(
        `${failure === undefined ? "ok    " : "FAILED"} ${name} ` +
          `(${((performance.now() - from) / 1000).toFixed(1)} s)`,
      );
      if (failure !== undefined) {
        console.log(failure.trim());
        process.exitCode = 1;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, worker));
  console.log(
    `${process.exitCode ? "the package is not clean" : "the package is clean"} ` +
      `(${((performance.now() - started) / 1000).toFixed(1)} s)`,
  );
}

try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
