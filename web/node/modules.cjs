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

/** What packages ask of a browser, answered here. */
const ASKED = [
  {
    // Plot moves lines by half a pixel on a coarse screen; a chart's file is the same everywhere.
    file: /@observablehq[\\/]plot[\\/]src[\\/]style\.js$/,
    asks: "window.devicePixelRatio > 1",
    answer: "true",
  },
  {
    // zod tries whether it may make functions of text, which a strict content security policy reports.
    file: /zod[\\/]v4[\\/]core[\\/]util\.js$/,
    asks: "globalConfig.jitless",
    answer: "true",
  },
];

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
    build.onResolve({ filter: /\/process-pool\.js$/ }, () => ({ path: here("process-pool.ts") }));
    build.onResolve({ filter: /\/native\/fastest\.js$/ }, () => ({ path: here("fastest.ts") }));
    for (const { file, asks, answer } of ASKED)
      build.onLoad({ filter: file }, ({ path }) => {
        const text = readFileSync(path, "utf8");
        if (!text.includes(asks)) return { errors: [{ text: `${path} has no ${asks} any more` }] };
        return { contents: text.replace(asks, answer) };
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
