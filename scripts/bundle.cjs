// The JavaScript of dist/: the library and the command as a few files each. As hundreds of modules
// they take Node twice as long to load. And the library for browsers, with all that it needs.
"use strict";
const { readdirSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { build, buildSync } = require("esbuild");
const { dependencies } = require("../package.json");
const { nodeInBrowser } = require("../web/node/modules.cjs");

/**
 * What is loaded by itself: the library, the command, what says how to compile the addon, and the
 * processes that train the runs of a sweep.
 */
const ENTRIES = [
  "index.ts",
  "cli/main.ts",
  "backend/native/rebuild.ts",
  "sweep/processes/trainer-process.ts",
];

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

/** The library, and what gives a page its files. */
exports.bundleForBrowsers = async (root, outdir) => {
  await build({
    ...common,
    entryPoints: {
      index: join(root, "lib", "index.ts"),
      "files/index": join(root, "web", "files", "index.ts"),
    },
    outdir,
    plugins: [nodeInBrowser],
    target: "es2022",
  });
};

/** The types of web/files, which mention no others. */
exports.declareFiles = (root, outdir) => {
  const { transpileDeclaration } = require("typescript");
  const from = join(root, "web", "files");
  for (const name of readdirSync(from)) {
    const text = transpileDeclaration(readFileSync(join(from, name), "utf8"), {}).outputText;
    writeFileSync(join(outdir, name.replace(/\.ts$/, ".d.ts")), text);
  }
};
