// The JavaScript of dist/: the library and the command as a few files each. As hundreds of modules
// they take Node twice as long to load. And the library for browsers, with all that it needs.
"use strict";
const { join } = require("node:path");
const { build, buildSync } = require("esbuild");
const { dependencies } = require("../package.json");
const { nodeInBrowser } = require("../web/node/modules.cjs");

/** What is loaded by itself: the library, the command, and what says how to compile the addon. */
const ENTRIES = ["index.ts", "cli/main.ts", "backend/native/rebuild.ts"];

/**
 * Taken in, as far as it is used: zod's hundred files, of which a fifth is used, take longer to load
 * than everything else. It stays a dependency, for the types that mention it.
 */
const BUNDLED = ["zod"];

const common = {
  bundle: true,
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  format: "esm",
  logLevel: "warning",
};

exports.bundle = (root, outdir) =>
  buildSync({
    ...common,
    entryPoints: ENTRIES.map((name) => join(root, "lib", name)),
    outbase: join(root, "lib"),
    outdir,
    external: Object.keys(dependencies).filter((name) => !BUNDLED.includes(name)),
    platform: "node",
    target: "node20",
  });

/** @returns a promise: esbuild has plugins only so */
exports.bundleForBrowsers = (root, outdir) =>
  build({
    ...common,
    entryPoints: [join(root, "lib", "index.ts")],
    outdir,
    plugins: [nodeInBrowser],
    target: "es2022",
  });
