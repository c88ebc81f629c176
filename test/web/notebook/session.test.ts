/** What a cell shows, keeps and says. */
import { expect, it } from "vitest";
import { Interrupter } from "../../../web/notebook/kernel/interrupt.js";
import { Session } from "../../../web/notebook/kernel/session.js";
import { Cells, evaluate } from "./support.js";

it("shows the value of the last expression, as Node prints it", async () => {
  const cells = new Cells();
  expect((await cells.run("const m = new Map([[1, { a: [1, , 3] }]]);\nm")).value).toBe(
    "Map(1) { 1 => { a: [ 1, <1 empty item>, 3 ] } }",
  );
  expect((await cells.run("m.size;")).value).toBe("1");
  expect((await cells.run("let later = 1;")).value).toBeUndefined();
  expect((await cells.run("undefined")).value).toBeUndefined();
  expect((await cells.run("Promise.resolve(4)")).value).toBe("4");
});

it("prints tensors as PyTorch prints them", async () => {
  const cells = new Cells();
  const { printed, value } = await cells.run(
    'import { tensor } from "mm-train";\nconsole.log("t", tensor([1, 2.5]));\ntensor([[1], [2]])',
  );
  expect(printed).toBe("t tensor([1.0000, 2.5000])\n");
  expect(value).toBe("tensor([[1.],\n        [2.]])");
});

it("keeps variables, which a cell that runs again declares anew", async () => {
  const cells = new Cells();
  await cells.run("let count = 0;\nconst next = () => ++count;");
  await cells.run("next()");
  expect((await cells.run("next()")).value).toBe("2");
  await cells.run("let count = 10;");
  expect((await cells.run("next()")).value).toBe("11");
  await cells.run("const count = 'other kind'");
  expect((await cells.run("count")).value).toBe("'other kind'");
});

it("a variable that is called as something of the browser hides it, but not from the library", async () => {
  const cells = new Cells();
  await cells.run("const Map = 1, performance = 2, name = 3, close = 4;");
  expect((await cells.run("[Map, performance, name, close]")).value).toBe("[ 1, 2, 3, 4 ]");
  const { value } = await cells.run(
    'import { readWords, defaultCorpus } from "mm-train"; readWords(defaultCorpus()).length > 1',
  );
  expect(value).toBe("true");
  expect(globalThis.Map).toBe(new globalThis.Map().constructor);
});

it("takes modules under the names that scripts use, and no others", async () => {
  const cells = new Cells();
  expect((await cells.run('import * as mm from "../lib/index.js"; typeof mm.tensor')).value).toBe(
    "'function'",
  );
  expect((await cells.run('import { tensor as t } from "mm-train"; t(1)')).value).toBe(
    "tensor(1.)",
  );
  expect((await cells.run('(await import("mm-train")).tensor(2)')).value).toBe("tensor(2.)");
  expect((await cells.run('import path from "left-pad"')).failure).toEqual({
    name: "SyntaxError",
    message:
      'import: expected one of mm-train, node:fs, node:path, node:util, got "left-pad"; a notebook has no other modules',
    places: [{ cell: "a", line: 1 }],
  });
  const { failure } = await cells.run('\nimport { tenser } from "mm-train"');
  expect(failure?.message).toBe("mm-train has no tenser; of a type: import { type tenser }");
  expect(failure?.places).toEqual([{ cell: "a", line: 2 }]);
});

it.each([
  ["let x = ;", 1, "SyntaxError", /Unexpected token/],
  ["let x: number = 1;\n\nx.y.z", 3, "TypeError", /reading 'z'/],
  ["const a = 1;\na = 2", 2, "SyntaxError", /a is a const/],
  ["const early = late;\nconst late = 1", 1, "ReferenceError", /before initialization/],
  ["nowhere", 1, "ReferenceError", /nowhere is not defined/],
  ["\nnowhere = 1", 2, "ReferenceError", /nowhere is not defined/],
  ["interface A {\n  a: number;\n}\nthrow new RangeError('b')", 4, "RangeError", /^b$/],
  ["export default 1", 1, "SyntaxError", /a cell exports nothing/],
  ["\nimport.meta.url", 2, "SyntaxError", /no import.meta/],
  ["const f = (): number => f();\nf()", 1, "RangeError", /calls itself without end/],
  ["await 0\nawait (async () => {\n  throw new Error('c') })()", 3, "Error", /^c$/],
  ["new Float32Array(1e15)", 1, "RangeError", /not enough memory/],
])("says what is wrong with %j, and where", async (source, line, name, message) => {
  const { failure, ran } = await new Cells().run(source);
  expect(failure?.name).toBe(name);
  expect(failure?.message).toMatch(message);
  expect(failure?.places[0]).toEqual({ cell: "a", line });
  expect(ran.ok).toBe(false);
});

it("an error of a function of another cell names both places", async () => {
  const cells = new Cells();
  await cells.run("function fail() {\n  throw new Error('here')\n}", "first");
  expect((await cells.run("1\nfail()", "second")).failure?.places).toEqual([
    { cell: "first", line: 2 },
    { cell: "second", line: 2 },
  ]);
});

it("what is thrown and is no error is shown, too", async () => {
  const { failure } = await new Cells().run("throw { code: 5 }");
  expect(failure).toEqual({ name: "thrown", message: "{ code: 5 }", places: [] });
});

it("draws a picture that is the value", async () => {
  const { output } = await new Cells().run(
    "`<svg xmlns='http://www.w3.org/2000/svg' aria-label='a &lt; b' viewBox='0 0 30 20'></svg>`",
  );
  expect(output.items).toMatchObject([{ kind: "picture", picture: { label: "a < b", width: 30 } }]);
});

it.each([
  "for (;;);",
  "while (true) {}",
  "let i = 0\ndo i++; while (true)",
  "for (;;) try { f() } catch {}",
])("interrupts %s as soon as the page asks, and keeps variables", async (source) => {
  let asked = false;
  // As the page asks where a message cannot come through.
  const session = new Session({}, () => {}, evaluate, new Interrupter(() => asked));
  await session.run("a", "let kept = 5");
  asked = true;
  expect(await session.run("b", source)).toMatchObject({ ok: false, interrupted: true });
  asked = false;
  expect(session.variables.values.kept).toBe(5);
  expect(await session.run("c", "for (let i = 0; i < 1e6; i++);")).toMatchObject({ ok: true });
});

it("interrupts what waits without end", async () => {
  const cells = new Cells();
  const running = cells.run("await new Promise(() => {})");
  cells.session.interrupter.request();
  expect((await running).ran).toMatchObject({ ok: false, interrupted: true });
  expect((await cells.run("1")).value).toBe("1");
});

it("a million lines stay bounded: the first and the newest", async () => {
  const { output } = await new Cells().run(
    "for (let i = 0; i < 1_000_000; i++) console.log('line', i)",
  );
  const [first] = output.items;
  if (first.kind !== "text" || output.tail === undefined) expect.fail("no bounded text");
  expect(first.text).toMatch(/^line 0\nline 1\n/);
  expect(output.tail.text).toMatch(/\nline 999999\n$/);
  expect(first.text.length + output.tail.text.length).toBeLessThan(200_000);
  const shown = (first.text + output.tail.text).split("\n").length - 1;
  expect(shown + output.tail.skippedLines).toBe(1_000_000);
});

it("one endless line is cut", async () => {
  const { printed } = await new Cells().run("console.log('x'.repeat(5e6))");
  expect(printed.length).toBeLessThan(30_000);
  expect(printed).toContain("4,980,001 more characters");
});

it("says what a cell reads and writes", async () => {
  const cells = new Cells();
  await cells.run("let model = 1, other = 2; const Y = 3; class A {} \nfunction f() {}");
  const { ran } = await cells.run(
    "import { tensor as t } from 'mm-train';\nmodel = Y + f(); other++; const { z } = { z: Math.PI };",
  );
  expect([...ran.writes].sort()).toEqual(["model", "other", "z"]);
  expect([...ran.reads].sort()).toEqual(["Y", "f", "other"]);
});
