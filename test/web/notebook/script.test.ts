/** Scripts as cells, and cells as scripts. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { splitScript } from "../../../web/notebook/script/cells.js";
import { oneScope } from "../../../web/notebook/script/one-scope.js";
import { fromScript, toScript } from "../../../web/notebook/script/percent.js";
import { environment, root, scratch } from "../../train/support.js";
import { Cells } from "./support.js";

const example = (name: string) => readFileSync(join(root, "examples", name), "utf8");

it.each(["lecture.ts", "quickstart.ts", "paper.ts"])("%s loses no line of code", (name) => {
  const source = example(name);
  const code = splitScript(source)
    .filter(({ kind }) => kind === "code")
    .map((cell) => cell.source)
    .join("\n");
  const lines = (text: string) =>
    text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "" && !/^(\/\/|\/\*\*|\*)/.test(line));
  const expected = lines(source)
    .filter((line) => !/^(const section = |section\()/.test(line))
    .map((line) => line.replace("../lib/index.js", "mm-train"));
  expect(lines(code)).toEqual(expected);
});

it("the lecture has a heading for every section, and a text at its top", () => {
  const cells = splitScript(example("lecture.ts"));
  expect(cells[0]).toMatchObject({ kind: "text" });
  expect(cells[0].source).toMatch(/^# The lecture, cell by cell\n/);
  const headings = cells.flatMap(({ kind, source }) =>
    kind === "text" ? (/^## (\d+)\. \S/m.exec(source)?.slice(1, 2) ?? []) : [],
  );
  expect(headings.map(Number)).toEqual(Array.from({ length: 19 }, (_, i) => i + 1));
});

it("splits at blank lines of the top level, and nowhere else", () => {
  const source = [
    "// About",
    "// this.",
    "",
    "const text = `a",
    "",
    "// no comment",
    "b`; // beside",
    "// within",
    "type A = {",
    "",
    "  a: number;",
    "};",
    "",
    "// Head",
    "f(1);",
    "/** of g */",
    "function g() {",
    "",
    "}",
    'section("Next \\"one\\"");',
    "g();",
  ].join("\n");
  expect(splitScript(source)).toEqual([
    { kind: "text", source: "About\nthis." },
    { kind: "code", source: source.split("\n").slice(3, 12).join("\n") },
    { kind: "text", source: "Head" },
    { kind: "code", source: "f(1);\n/** of g */\nfunction g() {\n\n}" },
    { kind: "text", source: '## Next "one"' },
    { kind: "code", source: "g();" },
  ]);
});

const source = fc
  .array(fc.constantFrom("let a = 1;", "// b", "/* c */", "  d();", "# e", "", "`f", "% g"), {
    minLength: 1,
  })
  .map((lines) => lines.join("\n").replace(/^\n+|\s+$/g, ""))
  .filter((text) => text !== "");

it("cells survive being a file", () => {
  const cell = fc.record({ kind: fc.constantFrom("text", "code"), source });
  fc.assert(
    fc.property(fc.array(cell), (cells) => {
      expect(fromScript(toScript(cells))).toEqual(cells.length === 0 ? [] : cells);
      expect(fromScript(toScript(cells).replaceAll("\n", "\r\n"))).toEqual(cells);
    }),
  );
});

const folder = scratch();

it("a downloaded notebook runs with tsx and prints the same", async () => {
  const cells = splitScript(
    [
      "// # Text",
      "",
      'import { tensor, type Tensor } from "mm-train";',
      "",
      "const double = (t: Tensor): Tensor => t.mul(2);",
      "// Not an end: */",
      "",
      "console.log(double(await Promise.resolve(tensor([1, 2]))));",
      "",
      'import { tensor } from "mm-train";',
      "const double = (t: Tensor): Tensor => t.mul(4);",
      "",
      "[1].forEach((n) => console.log(double(tensor([n]))));",
    ].join("\n"),
  );
  const place = folder();
  mkdirSync(join(place, "node_modules"));
  symlinkSync(root, join(place, "node_modules", "mm-train"));
  const file = join(place, "notebook.mts");
  writeFileSync(file, toScript(oneScope(cells)));
  const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
  const printed = execFileSync(process.execPath, [tsx, file], {
    cwd: place,
    encoding: "utf8",
    env: environment(),
  });
  const notebook = new Cells();
  let shown = "";
  for (const { kind, source } of cells)
    if (kind === "code") shown += (await notebook.run(source)).printed;
  expect(shown).toBe("tensor([2., 4.])\ntensor([4.])\n");
  expect(printed).toBe(shown);
});
