/** A notebook as one script, also where cells declare a name again. */
import { execFileSync } from "node:child_process";
import { transformSync } from "esbuild";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Cell } from "../../../web/notebook/script/cells.js";
import { oneScope } from "../../../web/notebook/script/one-scope.js";
import { toScript } from "../../../web/notebook/script/percent.js";
import { environment } from "../../train/support.js";
import { Cells } from "./support.js";

const code = (source: string): Cell => ({ kind: "code", source });
const rewritten = (...sources: string[]): string[] =>
  oneScope(sources.map(code)).map(({ source }) => source);

describe("a name that cells declare again", () => {
  it.each<[what: string, cells: string[], expected: string[]]>([
    ["is left alone where one cell declares it", ["const x = 1;", "x"], ["const x = 1;", "x"]],
    ["is assigned to", ["const x: number = 1;", "const x = 2;"], ["let x: number = 1;", "x = 2;"]],
    ["loses its type", ["let x = 1", "let x: string = 'a'"], ["let x = 1", "x = 'a';"]],
    [
      "is undefined without a value",
      ["let x = 1", "let x: number"],
      ["let x = 1", "x = undefined;"],
    ],
    [
      "stands beside new ones",
      ["const a = 1", "const { a, b } = f()\nconst [c, a2] = [a, b]", "const [a2] = [1]"],
      ["let a = 1", "let b; ({ a, b } = f());\nlet [c, a2] = [a, b]", ";[a2] = [1];"],
    ],
    [
      "follows a line without a semicolon",
      ["let a = 1", "f()\nconst [a] = g", "f()\nexport const { a } = g;"],
      ["let a = 1", "f()\n;[a] = g;", "f()\n;({ a } = g);"],
    ],
    [
      "is a function",
      ["function f() {}", "async function* f(n: number) { return n }"],
      ["function f() {}", "f = async function* (n: number) { return n };"],
    ],
    [
      "is a function that is called above it",
      ["const f = 1", "import { a } from 'm';\nf(a)\nfunction f(b) {}\n// end"],
      ["let f = 1", "import { a } from 'm';\nf = function (b) {};\nf(a)\n// end"],
    ],
    [
      "is a class",
      ["class A {}", "abstract class A<T> extends B { x = 1 }"],
      ["class A {}", "A = class A<T> extends B { x = 1 };"],
    ],
    [
      "is an enum",
      ["enum E { A }", "enum E { B }"],
      [
        "let E = (() => { enum E { A } return E; })();",
        "E = (() => { enum E { B } return E; })();",
      ],
    ],
    [
      "is imported again",
      ['import { a, b } from "m";', 'import { a, c } from "m";', 'import { b } from "m";\n\nb();'],
      ['import { a, b } from "m";', 'import { c } from "m";', "\nb();"],
    ],
    [
      "is imported and something else",
      ["import d, { a, type T } from 'm';\na()", "const a = 1", "import * as a from 'n'"],
      [
        'import d, { a as a_1, type T } from "m";\nlet a = a_1;\na()',
        "a = 1;",
        'import * as a_2 from "n";\na = a_2;',
      ],
    ],
    [
      "is a var in a loop",
      ["for (var i = 0; i < 2; i++);", "for (var i = 0, n = 2; i < n; i++);\nfor (var i of [3]);"],
      [
        "for (var i = 0; i < 2; i++);",
        "var n;\ni = undefined;\nfor (i = 0, n = 2; i < n; i++);\nfor (i of [3]);",
      ],
    ],
    [
      "is no type",
      ["type A = 1; const a = 1", "type A = 2; import { type a } from 'm'"],
      ["type A = 1; const a = 1", "type A = 2; import { type a } from 'm'"],
    ],
  ])("%s", (_, cells, expected) => {
    expect(rewritten(...cells)).toEqual(expected);
  });

  it("begins with a statement of its own", () => {
    const cells = ["f()", "// of it\n[1].map(g)", "`t`", "-1;", "(2)", "// end"];
    expect(rewritten(...cells)).toEqual(
      ["f()", "// of it\n;[1].map(g)", ";`t`", ";-1;", "(2)", "// end"], // prettier-ignore
    );
  });

  it("leaves no cell that only imported again", () => {
    const cells = ['import { a } from "m";', 'import { a } from "m";', "a"];
    expect(rewritten(...cells)).toEqual(['import { a } from "m";', "a"]);
  });

  it("is no business of texts, nor of what is no TypeScript", () => {
    const cells: Cell[] = [
      { kind: "text", source: "let x = 1" },
      code("let x = 1"),
      code("let = ("),
    ];
    expect(oneScope(cells)).toEqual(cells);
  });
});

/** What scripts print, as tsx compiles them. */
function printedByScripts(scripts: readonly string[]): string[] {
  const programs = scripts.map((script) => {
    try {
      return transformSync(script, { loader: "ts", keepNames: true, logLevel: "silent" }).code;
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${script}`);
    }
  });
  const run = `
    const programs = JSON.parse(require("fs").readFileSync(0, "utf8"));
    (async () => {
      const printed = [];
      for (const program of programs) {
        let text = "";
        globalThis.print = (...all) => { text += require("util").format(...all) + "\\n"; };
        const url = "data:text/javascript," + encodeURIComponent(program + "// " + printed.length);
        await import(url).catch((error) => { text += String(error) });
        printed.push(text);
      }
      process.stdout.write(JSON.stringify(printed));
    })();`;
  const printed = execFileSync(process.execPath, ["-e", run], {
    encoding: "utf8",
    env: environment(),
    maxBuffer: 2 ** 26,
    input: JSON.stringify(programs),
  });
  return JSON.parse(printed) as string[];
}

/** Statements that declare names again and again, and print what they are. */
const declares = fc.tuple(
  fc.nat(16),
  fc.constantFrom("a", "b", "c"),
  fc.constantFrom("d", "e", "f"),
);
const statement = declares.map(
  ([kind, x, y]) =>
    [
      `const ${x} = 1 + Number(typeof ${y} === "number");`,
      `let ${x}: string = "text", ${y} = 7`,
      `let ${x}: number | undefined`,
      `var ${x} = [1, 2]`,
      `const { ${x}, p: ${y} = 4 }: Record<string, unknown> = { ${x}: 3 }`,
      `const [${x}, ...${y}] = [5, 6, 7]`,
      `function ${x}(n = 2): number { return n * 2 }`,
      `const ${x} = (n: number) => n + 1`,
      `class ${x} { static s = "s" }`,
      `enum ${x} { One = 1, Two }`,
      `for (var ${x} = 0, ${y} = 2; ${x} < ${y}; ${x}++) show(${x})`,
      `if (Number(1)) { var ${x} = "in a block" }`,
      `import { sep as ${x}, posix as ${y} } from "node:path"`,
      `import { sep as ${x} } from "node:path"`,
      `import * as ${x} from "node:path"`,
      `export const ${x} = { ${y}: "of an object" }`,
      `for (var ${x} of ["p", "q"]) show(${x})`,
    ][kind],
);
const shows = `\nfor (const value of [a, b, c, d, e, f] as unknown[]) show(value)`;
const start =
  "let a = 0, b = 0, c = 0, d = 0, e = 0, f = 0\n" +
  "function show(x: any) {\n" +
  "  if (typeof x === 'function') print('function', x.name, x.s ?? x(3))\n" +
  "  else print(typeof x, x?.sep ?? x)\n" +
  "}";

it("prints as a script what it printed in cells", async () => {
  const cell = fc
    .tuple(statement, fc.boolean())
    .map(([text, first]) => (first ? `show(typeof a)\n${text}${shows}` : `${text}${shows}`));
  const notebooks = fc.sample(fc.array(cell, { minLength: 1, maxLength: 8 }), {
    numRuns: 400,
    seed: 26,
  });
  const [scripts, expected]: string[][] = [[], []];
  for (const cells of notebooks) {
    const notebook = new Cells();
    let printed = "";
    const real = (globalThis as { print?: unknown }).print;
    (globalThis as { print?: unknown }).print = (...all: unknown[]) =>
      notebook.session.console.log(...all);
    const all = [start, ...cells];
    const failures: unknown[] = [];
    for (const source of all) {
      const ran = await notebook.run(source);
      printed += ran.printed;
      failures.push(...(ran.failure === undefined ? [] : [ran.failure]));
    }
    (globalThis as { print?: unknown }).print = real;
    if (failures.length > 0) continue; // one name twice in a cell
    expected.push(printed);
    scripts.push(toScript(oneScope(all.map(code))));
  }
  expect(scripts.length).toBeGreaterThan(300);
  const printed = printedByScripts(scripts);
  for (const [i, script] of scripts.entries()) expect(printed[i], script).toBe(expected[i]);
});
