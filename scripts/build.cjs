// `npm run build`: compiles lib/ to dist/, unless dist/ is what a build made of these sources. npm
// builds at every `npm install`, and npx at its first run in a clone.
"use strict";
const { spawnSync } = require("node:child_process");
const { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const { bundle } = require("./bundle.cjs");
const { digest } = require("./digest.cjs");

const root = dirname(__dirname);
const stamp = join(root, "dist", ".built");
const inputs = [
  "lib",
  "tsconfig.json",
  "tsconfig.build.json",
  "scripts/bundle.cjs",
  "node_modules/esbuild/package.json",
  "node_modules/typescript/package.json",
];

/** Of what goes in and what came out: a file of dist/ that was deleted or edited is made again. */
const state = () => digest(root, [...inputs, "dist"], ["dist/.built"]);

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== state()) {
  const args = [require.resolve("typescript/bin/tsc"), "-p", "tsconfig.build.json"];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  process.exitCode = status ?? 1;
  if (status === 0) {
    rmSync(join(root, "dist", "chunks"), { recursive: true, force: true });
    bundle(root, join(root, "dist"));
    writeFileSync(stamp, state());
  }
}

if (!process.exitCode) {
  for (const file of Object.values(require("../package.json").bin))
    chmodSync(join(root, file), 0o755);
}
