// Node's modules in a browser: what lib imports from Node, by well-kept packages, and where a
// browser has no such thing (files, processes) by a stand-in. A module that lib begins to use and
// that is not here ends the build.
"use strict";
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { gzipSync } = require("node:zlib");

const MODULES = [
  "buffer",
  "crypto",
  "fs",
  "module",
  "os",
  "path",
  "timers/promises",
  "url",
  "v8",
  "worker_threads",
  "zlib",
];

const here = (name) => join(__dirname, name);
const root = join(__dirname, "..", "..");

/** A plugin of esbuild, for everything that takes in lib/ and runs in a browser. */
exports.nodeInBrowser = {
  name: "node in a browser",
  setup(build) {
    const options = build.initialOptions;
    options.platform = "browser";
    options.inject = [...(options.inject ?? []), here("globals.ts")];
    // A classic script has no URL of its own; lib then asks for __filename, which globals.ts has.
    options.logOverride = { ...options.logOverride, "empty-import-meta": "silent" };

    build.onResolve({ filter: /^node:/ }, ({ path, importer }) => {
      const name = path.slice("node:".length);
      if (!MODULES.includes(name))
        return { errors: [{ text: `${importer} needs ${path}, which web/node does not have` }] };
      return { path: here(`${name.replace("/", "-")}.ts`) };
    });
    // No addon, and none of the advice how to compile one.
    build.onResolve({ filter: /\/native\/native\.js$/ }, () => ({ path: here("native.ts") }));
    build.onResolve({ filter: /\/native\/fastest\.js$/ }, () => ({ path: here("fastest.ts") }));
    // Plot moves lines by half a pixel where it sees a coarse screen; a chart's file is the same
    // wherever it is drawn.
    const screen = "window.devicePixelRatio > 1";
    build.onLoad({ filter: /@observablehq[\\/]plot[\\/]src[\\/]style\.js$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      if (!text.includes(screen))
        return { errors: [{ text: `${path} does not ask for ${screen}` }] };
      return { contents: text.replace(screen, "true") };
    });
    // Files of the package, gzipped.
    build.onResolve({ filter: /^mm-train:/ }, ({ path }) => ({
      path: path.slice("mm-train:".length),
      namespace: "shipped",
    }));
    build.onLoad({ filter: /.*/, namespace: "shipped" }, ({ path }) => ({
      contents: gzipSync(readFileSync(join(root, path)), { level: 9 }),
      loader: "binary",
    }));
  },
};
