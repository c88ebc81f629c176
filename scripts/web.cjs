// `npm run build:web [-- --out DIR]`: the page for browsers, as a folder of static files and as one
// HTML file that opens from disk.
"use strict";
const { Buffer } = require("node:buffer");
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { dirname, join, resolve } = require("node:path");
const { parseArgs } = require("node:util");
const esbuild = require("esbuild");
const { nodeInBrowser } = require("../web/node/modules.cjs");
const { notebookData } = require("../web/notebook/data.cjs");
const { page } = require("./web-page.cjs");

const root = dirname(__dirname);

/** Errors and printed values have the names of classes: these stay. */
const readable = { minify: false, minifySyntax: true, minifyWhitespace: true };

/** What runs in workers: library and all, a classic script each (a module does not start from disk). */
const WORKERS = {
  "playground-worker": { entry: "web/playground/worker.ts" },
  "notebook-kernel": { entry: "web/notebook/kernel.ts", options: readable },
};

/** Views that the page loads when they are first shown. */
const VIEWS = { "notebook-view": "web/notebook/view/offer.tsx" };

const common = {
  absWorkingDir: root,
  bundle: true,
  format: "iife",
  platform: "browser",
  target: ["es2022", "chrome111", "firefox115", "safari16.4"],
  charset: "utf8",
  legalComments: "none",
  minify: true,
  write: false,
  outdir: root,
};

/** The page's script, the style of all views, and the scripts that are run later, by name. */
async function compiled() {
  const build = (entryPoints, options) => esbuild.build({ ...common, ...options, entryPoints });
  const text = ({ outputFiles }, name) =>
    outputFiles.find(({ path }) => path === join(root, name))?.text ?? "";
  const worker = async ([id, { entry, options }]) => {
    const built = await build({ [id]: entry }, { ...options, plugins: [nodeInBrowser] });
    return { id, isRun: false, text: text(built, `${id}.js`) };
  };
  const [shell, views, ...workers] = await Promise.all([
    build({ page: "web/page/main.tsx" }),
    build(VIEWS, { plugins: [notebookData] }),
    ...Object.entries(WORKERS).map(worker),
  ]);
  const ids = Object.keys(VIEWS);
  return {
    script: text(shell, "page.js"),
    style: text(shell, "page.css") + ids.map((id) => text(views, `${id}.css`)).join(""),
    later: [...ids.map((id) => ({ id, isRun: true, text: text(views, `${id}.js`) })), ...workers],
  };
}

/**
 * Writes index.html with assets/, and mm-train.html, into a folder.
 * @returns the files it wrote, with their sizes
 */
async function buildWeb(outdir) {
  const { script, style, later } = await compiled();
  const template = readFileSync(join(root, "web/page/index.html"), "utf8");
  const written = {};
  const write = (name, content) => {
    mkdirSync(dirname(join(outdir, name)), { recursive: true });
    writeFileSync(join(outdir, name), content);
    written[name] = Buffer.byteLength(content);
  };
  // Under a name that says its content: what a browser kept of an older page is not mixed with it.
  const file = (name, ext, content) => {
    const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
    const path = `assets/${name}-${hash}.${ext}`;
    write(path, content);
    return path;
  };
  rmSync(join(outdir, "assets"), { recursive: true, force: true });
  const files = {
    script: { src: file("page", "js", script) },
    style: { src: file("page", "css", style) },
    later: later.map(({ id, text }) => ({ id, src: file(id, "js", text) })),
  };
  write("index.html", page(template, files));
  write(
    "mm-train.html",
    page(template, { script: { text: script }, style: { text: style }, later }),
  );
  return written;
}

exports.buildWeb = buildWeb;

async function main() {
  const { values } = parseArgs({ options: { out: { type: "string", default: "dist/web" } } });
  const written = await buildWeb(resolve(values.out));
  for (const [name, bytes] of Object.entries(written))
    console.log(`${(bytes / 1024).toFixed(0).padStart(6)} KB  ${join(values.out, name)}`);
}

if (require.main === module)
  main().catch((error) => {
    console.error(`build:web: ${error.message}`);
    process.exitCode = 1;
  });
