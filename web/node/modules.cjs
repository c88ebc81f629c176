// Node's modules in a browser: what lib imports from Node, by well-kept packages, and where a
// browser has no such thing (files, processes) by a stand-in. A module that lib begins to use and
// that is not here ends the build.
"use strict";
const { join } = require("node:path");

const MODULES = [
  "buffer",
  "child_process",
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

/** A plugin of esbuild. */
exports.nodeInBrowser = {
  name: "node in a browser",
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path, importer }) => {
      const name = path.slice("node:".length);
      if (!MODULES.includes(name))
        return { errors: [{ text: `${importer} needs ${path}, which web/node does not have` }] };
      return { path: join(__dirname, `${name.replace("/", "-")}.ts`) };
    });
  },
};

/** Before everything else: the globals that lib uses. */
exports.inject = [join(__dirname, "globals.ts")];
