// What the notebook has from this repository, taken in when the page is built: the examples as
// cells, and the names of the library with a line on each.
"use strict";
const { readFileSync } = require("node:fs");
const Module = require("node:module");
const { dirname, join } = require("node:path");
const { buildSync } = require("esbuild");
const { libraryNames } = require("./library-names.cjs");

const root = dirname(dirname(__dirname));

/** In the order in which they are shown. Examples that need files of the machine are not here. */
const EXAMPLES = [
  { id: "lecture", title: "The lecture" },
  { id: "quickstart", title: "Quickstart" },
];

/** The exports of a file of TypeScript. */
function load(file) {
  const { outputFiles } = buildSync({
    entryPoints: [join(__dirname, file)],
    bundle: true,
    platform: "node",
    format: "cjs",
    write: false,
  });
  const loaded = new Module(file);
  loaded._compile(outputFiles[0].text, join(__dirname, file));
  return loaded.exports;
}

function examples() {
  const { splitScript } = load("script/cells.ts");
  return EXAMPLES.map(({ id, title }) => {
    const source = readFileSync(join(root, "examples", `${id}.ts`), "utf8");
    return { id, title, cells: splitScript(source) };
  });
}

const DATA = { examples, names: () => libraryNames(root) };

/** A plugin of esbuild. */
exports.notebookData = {
  name: "data of the notebook",
  setup(build) {
    build.onResolve({ filter: /^mm-train:(examples|names)$/ }, ({ path }) => ({
      path: path.slice("mm-train:".length),
      namespace: "notebook",
    }));
    build.onLoad({ filter: /.*/, namespace: "notebook" }, ({ path }) => ({
      contents: JSON.stringify(DATA[path]()),
      loader: "json",
    }));
  },
};
