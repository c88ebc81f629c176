/** Which names of a cell are variables of the notebook. */
import type { Program } from "acorn";
import { analyze, type Reference, type Variable } from "eslint-scope";
import type { AnyNode } from "./parse.js";
import { CellSyntaxError } from "./syntax-error.js";

/** What the notebook knows before the cell runs. */
export interface Surroundings {
  /** a name of the language or the browser, such as Math, that no cell has declared */
  isGlobal(name: string): boolean;
  /** declared as const by a cell that ran */
  isConstant(name: string): boolean;
}

export interface Names {
  /** uses of variables of the notebook */
  readonly uses: ReadonlySet<AnyNode>;
  /** names declared at the top level, and whether they can be assigned to */
  readonly declares: ReadonlyMap<string, { constant: boolean }>;
  /** those declared with `var` or `function`, which exist before the first statement */
  readonly hoisted: readonly { name: string; isFunction: boolean }[];
  /** variables of other cells that this one reads, and those it assigns to */
  readonly reads: readonly string[];
  readonly assigns: readonly string[];
}

const isConstant = ({ defs }: Variable): boolean =>
  defs.some(
    ({ type, parent }) =>
      type === "ImportBinding" || (type === "Variable" && parent?.kind === "const"),
  );

const nameOf = ({ identifier }: Reference): string => (identifier as { name: string }).name;

export function findNames(program: Program, surroundings: Surroundings): Names {
  const manager = analyze(program as Parameters<typeof analyze>[0], {
    ecmaVersion: 2024,
    sourceType: "module",
  });
  const { through } = manager.scopes[0];
  const own = manager.scopes[1].variables.filter(({ defs }) => defs.length > 0);
  const others = through.filter((use) => !surroundings.isGlobal(nameOf(use)));

  const assigned = [
    ...own.filter(isConstant).flatMap(({ references }) => references.filter(({ init }) => !init)),
    ...others.filter((use) => surroundings.isConstant(nameOf(use))),
  ].find((use) => use.isWrite());
  if (assigned) {
    const { loc } = assigned.identifier as unknown as AnyNode;
    const name = nameOf(assigned);
    throw new CellSyntaxError(`${name} is a const: declare it with let`, loc?.start.line);
  }

  const isVar = ({ type, parent }: Variable["defs"][number]): boolean =>
    type === "Variable" && parent?.kind === "var";
  const uses = [...own.flatMap(({ references }) => references), ...others];
  const distinct = (list: readonly Reference[]) => [...new Set(list.map(nameOf))];
  return {
    uses: new Set(uses.map(({ identifier }) => identifier as unknown as AnyNode)),
    declares: new Map(own.map((v) => [v.name, { constant: isConstant(v) }])),
    hoisted: own
      .filter(({ defs }) => defs.some((d) => isVar(d) || d.type === "FunctionName"))
      .map(({ name, defs }) => ({ name, isFunction: defs.some((d) => d.type === "FunctionName") })),
    reads: distinct(others.filter((use) => use.isRead())),
    assigns: distinct(others.filter((use) => use.isWrite())),
  };
}
