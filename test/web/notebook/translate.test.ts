/** Cells run one after the other do what the script of all of them does. */
import fc from "fast-check";
import { transform } from "sucrase";
import { inspect } from "node:util";
import { expect, it } from "vitest";
import { translate } from "../../../web/notebook/kernel/translate/translate.js";
import { program } from "./programs.js";
import { Cells } from "./support.js";

const AsyncFunction = (async () => {}).constructor as FunctionConstructor;

/** What the whole prints when it runs as one module does. */
async function asScript(source: string): Promise<string> {
  const { code } = transform(source, { transforms: ["typescript"], disableESTransforms: true });
  let printed = "";
  const print = (...values: unknown[]) => {
    printed += `${values.map((value) => (typeof value === "string" ? value : inspect(value))).join(" ")}\n`;
  };
  const run = new AsyncFunction("print", `"use strict";${code}`);
  await (run.call(undefined, print) as Promise<void>);
  return printed;
}

it("cells, split anywhere, print what the script prints", async () => {
  const splits = fc.array(fc.boolean(), { minLength: 26, maxLength: 26 });
  await fc.assert(
    fc.asyncProperty(program, splits, async (statements, isCut) => {
      const expected = await asScript(statements.join("\n"));
      const cells: string[] = [];
      for (const [i, statement] of statements.entries())
        if (i === 0 || isCut[i]) cells.push(statement);
        else cells.push(`${cells.pop()}\n${statement}`);
      const notebook = new Cells();
      await notebook.run("const print = console.log");
      let printed = "";
      for (const cell of cells) {
        const { failure, printed: more } = await notebook.run(cell);
        expect(failure, cell).toBeUndefined();
        printed += more;
      }
      expect(printed).toBe(expected);
    }),
    { numRuns: 300 },
  );
});

it("leaves lines where they are", () => {
  fc.assert(
    fc.property(program, (statements) => {
      const source = statements.join("\n");
      const { code } = translate(source, { isGlobal: () => false, isConstant: () => false });
      expect(code.split("\n")).toHaveLength(source.split("\n").length + 1);
    }),
  );
});

it("names its parameters as nothing in the cell is named", async () => {
  const notebook = new Cells();
  const { value } = await notebook.run(
    "const $mm = 1, $tick = 2, $load = 3, $mm_ = 4;\n[$mm, $tick, $load, $mm_]",
  );
  expect(value).toBe("[ 1, 2, 3, 4 ]");
});
