/** dist/browser, what `import "mm-train"` is in a browser, without a browser. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as library from "../../lib/index.js";
import { printedBare } from "./programs.js";

const { bundleForBrowsers } = createRequire(import.meta.url)("../../scripts/bundle.cjs") as {
  bundleForBrowsers(root: string, outdir: string): Promise<unknown>;
};
const root = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "mm-dist-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => bundleForBrowsers(root, folder));

const text = (file: string): string => readFileSync(join(folder, file), "utf8");

/** The files that are loaded with a file, and what they are imported as. */
function loadedWith(file: string, seen = new Map<string, string[]>()): Map<string, string[]> {
  if (seen.has(file)) return seen;
  const imports = [...text(file).matchAll(/^(?:import|\}|export .*) ?(?:from )?"([^"]+)";$/gm)];
  seen.set(
    file,
    imports.map(([, name]) => name),
  );
  for (const name of seen.get(file) ?? [])
    if (name.startsWith(".")) loadedWith(join(file, "..", name), seen);
  return seen;
}

it("exports what the library exports, where nothing of Node is left", () => {
  const file = join(folder, "names.mjs");
  writeFileSync(
    file,
    `import * as library from "./index.js"; console.log(JSON.stringify(Object.keys(library).sort()));`,
  );
  expect(printedBare(file)).toEqual(Object.keys(library).sort());
});

it("reads and writes the files that mm-train/files has", () => {
  const file = join(folder, "files.mjs");
  const settings = {
    hidden: 2,
    embedding: 2,
    steps: 2,
    samples: 1,
    data: "in/list.txt",
    out: "run",
  };
  writeFileSync(
    file,
    `import { loadRun, train } from "./index.js";
import { filesIn, listFolder, putFile, remove, unzipInto, zipFolder } from "./files/index.js";
putFile("in/list.txt", ${JSON.stringify("anna\nbob\ncarla\ndora\nemil\nfritz\nida\njan\nkim\nlea\n")});
await train(${JSON.stringify(settings)});
const names = unzipInto(zipFolder("run"), "copy");
remove("run");
console.log(JSON.stringify({
  same: names.join() === [...filesIn("copy").keys()].join(),
  folders: listFolder("/").map(({ name }) => name),
  characters: loadRun("copy").vocabulary.size,
}));`,
  );
  expect(printedBare(file)).toEqual({
    same: true,
    folders: ["copy", "in", "mm-train"],
    characters: 17,
  });
});

it("runs the example of docs/browser.md", () => {
  const [, example] = /```ts\n([^]*?)```/.exec(
    readFileSync(join(root, "docs", "browser.md"), "utf8"),
  ) as RegExpExecArray;
  const words = ["anna", "bob", "carla", "dora", "emil", "fritz", "ida", "jan", "kim", "lea"];
  const file = join(folder, "example.mjs");
  const program = example
    .replace('"mm-train"', '"./index.js"')
    .replace('"mm-train/files"', '"./files/index.js"')
    .replace("steps: 2000", "steps: 2")
    .replace(/^sample\(.*\);$/m, (call) => `console.log(JSON.stringify(${call.slice(0, -1)}));`);
  writeFileSync(file, `const file = new Blob([${JSON.stringify(words.join("\n"))}]);\n${program}`);
  expect(printedBare(file)).toHaveLength(10);
});

it("is whole: no file of it imports anything but files of it", () => {
  const files = loadedWith("index.js");
  expect(files.size).toBeGreaterThan(1);
  expect([...files.values()].flat().filter((name) => !/^\.\.?\//.test(name))).toEqual([]);
});

it("loads what draws only when something is drawn, and nothing of the addon", () => {
  const loaded = [...loadedWith("index.js").keys()].map(text).join("\n");
  expect(loaded).toContain("// lib/run/train.ts");
  expect(loaded).toContain('import("./');
  expect(loaded).not.toContain("// node_modules/@observablehq/plot");
  expect(loaded).not.toContain("node-gyp-build");
});
