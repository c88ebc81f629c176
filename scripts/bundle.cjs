// The JavaScript of dist/: the library and the command as a few files each. As hundreds of modules
// they take Node twice as long to load.
"use strict";
const { join } = require("node:path");
const { buildSync } = require("esbuild");
const { dependencies } = require("../package.json");

/** What is loaded by itself: the library, the command, and what says how to compile the addon. */
const ENTRIES = ["index.ts", "cli/main.ts", "backend/native/rebuild.ts"];

/**
 * Taken in, as far as it is used: zod's hundred files, of which a fifth is used, take longer to load
 * than everything else. It stays a dependency, for the types that mention it.
 */
const BUNDLED = ["zod"];

exports.bundle = (root, outdir) =>
  buildSync({
    entryPoints: ENTRIES.map((name) => join(root, "lib", name)),
    outbase: join(root, "lib"),
    outdir,
    bundle: true,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    external: Object.keys(dependencies).filter((name) => !BUNDLED.includes(name)),
    platform: "node",
    target: "node20",
    format: "esm",
    logLevel: "warning",
  });
