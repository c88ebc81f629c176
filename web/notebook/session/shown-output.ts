/** What stands under a cell, put together from the messages of the kernel. */
import type { Item, Shown, Tail } from "../protocol.js";

export interface ShownOutput {
  readonly items: readonly Item[];
  /** stands after `items`, where a cell printed very much */
  readonly tail?: Tail;
  /** what came after the tail */
  readonly last: readonly Item[];
}

export const NOTHING: ShownOutput = { items: [], last: [] };

export function addShown(output: ShownOutput, { items, tail }: Shown): ShownOutput {
  return {
    items: output.tail === undefined ? join(output.items, items) : output.items,
    tail: tail ?? output.tail,
    last: output.tail === undefined ? output.last : [...output.last, ...items],
  };
}

/** Texts of one stream that follow each other become one. */
function join(items: readonly Item[], more: readonly Item[]): Item[] {
  const joined = [...items];
  for (const item of more) {
    const before = joined.at(-1);
    if (item.kind === "text" && before?.kind === "text" && item.stream === before.stream)
      joined[joined.length - 1] = { ...before, text: before.text + item.text };
    else joined.push(item);
  }
  return joined;
}
