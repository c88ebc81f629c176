// Run by npm before it packs: the package carries a binary for this machine at least, so that an
// install needs no script and no compiler
// (npm 12, pnpm, Yarn 4 and Bun run no install script of a dependency). Binaries of other machines
// stay as they are.
"use strict";
const { spawnSync } = require("node:child_process");
const { existsSync } = require("node:fs");
const { dirname, join, relative } = require("node:path");
const { missingTools } = require("./compiler.cjs");
const { ownBinary, prebuiltBinaries } = require("./prebuilt.cjs");

const root = dirname(__dirname);
const WITHOUT = "(`npm pack --ignore-scripts` packs without a binary, for a machine that compiles)";

/**
 * Makes the binary of this machine where it is missing. @returns why not; undefined where it is
 * there
 */
function prepack() {
  const own = ownBinary(root);
  const { current, others } = prebuiltBinaries(root);
  const stale = others.filter((file) => file !== own).map((file) => relative(root, file));
  if (stale.length > 0)
    return (
      `${stale.join(", ")}: compiled from other sources than these; delete it, or build it ` +
      `anew with \`npm run prebuildify\` on its machine`
    );
  if (current.includes(own)) return undefined;
  if (process.platform === "win32")
    return `no compiler makes a binary for Windows yet; pack on Linux, macOS or in WSL ${WITHOUT}`;
  if (!existsSync(join(root, "node_modules", "prebuildify")))
    return "prebuildify is not installed; run `npm ci` first";
  const missing = missingTools(process.env);
  if (missing.length > 0)
    return (
      `no binary can be compiled for the package (missing: ${missing.join(", ")}); remedy: ` +
      `\`apt-get install g++ make python3\` ${WITHOUT}`
    );
  // Standard output belongs to npm: the name of the tarball, or JSON.
  const { status } = spawnSync(process.execPath, [join(__dirname, "prebuildify.cjs")], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  return status === 0
    ? undefined
    : `the binary for the package does not compile: the lines above say why ${WITHOUT}`;
}

const failure = prepack();
if (failure !== undefined) {
  console.error(`mm-train: ${failure}`);
  process.exitCode = 1;
}
