/** How often each type of a text occurs in each of its parts. */
import type { Span } from "../examples/sentences.js";
import { blocksOf, type TokenStore } from "./token-store.js";

/** The parts of a corpus. */
export const PARTS = ["train", "dev", "test"] as const;
export type Parts<T> = Readonly<Record<(typeof PARTS)[number], T>>;

/** Where the parts of a text are in its tokens, and [types] how often each type is in them. */
export interface TextParts {
  readonly spans: Parts<Span>;
  readonly counts: Parts<Int32Array>;
}

/** Counts the types in each part. */
export function countParts(tokens: TokenStore, types: number, spans: Parts<Span>): TextParts {
  const countIn = ([from, to]: Span): Int32Array => {
    const counts = new Int32Array(types);
    for (const ids of blocksOf(tokens, from, to))
      for (let i = 0; i < ids.length; i++) counts[ids[i]]++;
    return counts;
  };
  const { train, dev, test } = spans;
  return { spans, counts: { train: countIn(train), dev: countIn(dev), test: countIn(test) } };
}

/** The sums of some counts. */
export function sumOf(counts: readonly Int32Array[]): Int32Array {
  const sum = new Int32Array(counts[0].length);
  for (const some of counts) for (let id = 0; id < sum.length; id++) sum[id] += some[id];
  return sum;
}
