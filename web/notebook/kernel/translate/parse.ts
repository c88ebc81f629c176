/** A cell's TypeScript as JavaScript of the same lines, and its syntax tree. */
import { type Node, parse as acorn, type Program } from "acorn";
import { transform } from "sucrase";
import { asSyntaxError } from "./syntax-error.js";

export interface Parsed {
  readonly code: string;
  readonly program: Program;
  /** where the language adds a semicolon by itself */
  readonly semicolons: readonly number[];
}

export function parse(source: string): Parsed {
  try {
    const { code } = transform(source.replace(/^#!.*/, ""), {
      transforms: ["typescript"],
      disableESTransforms: true,
      // What a cell imports, other cells use.
      keepUnusedImports: true,
    });
    const semicolons: number[] = [];
    const program = acorn(code, {
      ecmaVersion: "latest",
      sourceType: "module",
      locations: true,
      ranges: true,
      onInsertedSemicolon: (position) => void semicolons.push(position),
    });
    return { code, program, semicolons };
  } catch (error) {
    throw asSyntaxError(error);
  }
}

/** Any node, as a walk over the tree sees it. */
export type AnyNode = Node & Record<string, unknown>;

const isNode = (value: unknown): value is AnyNode =>
  typeof value === "object" && value !== null && typeof (value as AnyNode).type === "string";

/** The nodes right below, in the order of the text. */
export function children(node: AnyNode): AnyNode[] {
  const below = Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
  // Of `{ X }` key and value are the same text: the value counts.
  const isShorthand = node.type === "Property" && node.shorthand === true;
  return isShorthand ? [node.value as AnyNode] : below.sort((a, b) => a.start - b.start);
}
