// The JavaScript of dist/: the library and the command as a few files each. As hundreds of modules
// they take Node twice as long to load.
"use strict";
const { join } = require("node:path");
const { buildSync } = require("esbuild");

/** What is loaded by itself: the library, the command, and what says how to compile the addon. */
const ENTRIES = ["index.ts", "cli/main.ts", "backend/native/rebuild.ts"];

exports.bundle = (root, outdir) =>
  buildSync({
    entryPoints: ENTRIES.map((name) => join(root, "lib", name)),
    outbase: join(root, "lib"),
    outdir,
    bundle: true,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    packages: "external",
    platform: "node",
    target: "node20",
    format: "esm",
    logLevel: "warning",
  });
