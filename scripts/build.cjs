// `npm run build`: compiles lib/ to dist/, for Node and for browsers, and web/ to dist/web, the page that `mm-train lab` serves,
// unless dist/ is what a build made of these sources. npm builds at every `npm install`, and npx at its first run in a clone.
"use strict";
const { spawnSync } = require("node:child_process");
const { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const { bundle, bundleForBrowsers, declareFiles } = require("./bundle.cjs");
const { digest } = require("./digest.cjs");
const { buildWeb } = require("./web.cjs");

const root = dirname(__dirname);
const stamp = join(root, "dist", ".built");
const inputs = [
  "lib",
  "web",
  "examples",
  "native/wasm",
  "data/names.txt",
  "package-lock.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "scripts/bundle.cjs",
  "scripts/web.cjs",
  "scripts/web-page.cjs",
];

/** Of what goes in and what came out: a file of dist/ that was deleted or edited is made again. */
const state = () => digest(root, [...inputs, "dist"], ["dist/.built"]);

async function main() {
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== state()) {
    const args = [require.resolve("typescript/bin/tsc"), "-p", "tsconfig.build.json"];
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
    if (status !== 0) process.exit(status ?? 1);
    for (const made of ["chunks", "browser", "web"])
      rmSync(join(root, "dist", made), { recursive: true, force: true });
    bundle(root, join(root, "dist"));
    await bundleForBrowsers(root, join(root, "dist", "browser"));
    declareFiles(root, join(root, "dist", "browser", "files"));
    await buildWeb(join(root, "dist", "web"));
    writeFileSync(stamp, state());
  }
  for (const file of Object.values(require("../package.json").bin))
    chmodSync(join(root, file), 0o755);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
