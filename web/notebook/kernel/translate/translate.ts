/**
 * A cell as a function that can run again and again: its types are gone, its variables are
 * properties of one object that all cells share, loops can be interrupted, and the value of the
 * last expression is returned.
 *
 *   const x = f(1); // f of another cell
 *   x + 1
 *
 * becomes
 *
 *   (variables.x = (0, variables.f)(1));
 *   return variables.x + 1;
 *
 * Lines stay where they are, so that the line of an error is that of the cell.
 */
import type { Import } from "./imports.js";
import { findNames, type Names, type Surroundings } from "./names.js";
import { type AnyNode, parse } from "./parse.js";
import { Rewriting } from "./rewrite.js";

export interface Translated extends Pick<Names, "reads" | "assigns" | "declares"> {
  /** an async function of (variables, tick, load), as an expression */
  readonly code: string;
  readonly imports: readonly Import[];
}

/** A name that does not occur in the code. */
function fresh(name: string, code: string): string {
  while (code.includes(name)) name += "_";
  return name;
}

export function translate(source: string, surroundings: Surroundings): Translated {
  const { code, program, semicolons } = parse(source);
  const names = findNames(program, surroundings);
  const [variables, tick, load] = ["$mm", "$tick", "$load"].map((name) => fresh(name, code));
  const rewriting = new Rewriting(names, { variables, tick, load });
  rewriting.program(program as unknown as AnyNode);
  for (const position of semicolons) rewriting.edits.insert(position, ";", "semicolon");
  const hoisted = names.hoisted
    .map(({ name, isFunction }) => `${variables}.${name} = ${isFunction ? name : "undefined"};`)
    .join("");
  return {
    code:
      `(async function (${variables}, ${tick}, ${load}) {"use strict";` +
      `${hoisted}${rewriting.edits.apply(code)}\n})`,
    imports: rewriting.imports,
    declares: names.declares,
    reads: names.reads,
    assigns: names.assigns,
  };
}
