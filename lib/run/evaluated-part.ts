/**
 * The examples that losses are measured on: all of a split, or of a large one a fixed random part.
 */
import type { Dataset } from "../data/examples/dataset.js";
import { PythonRandom } from "../random/index.js";

/** How many examples of each split a loss is measured on at most. */
export type EvalExamples = number | "all";

/** Chooses the part; always the same, so that the losses of runs can be compared. */
const SEED = 200_000;

/** All of a split that is no larger than `most`, or that many of it, drawn without replacement. */
export function evalPart(split: Dataset, most: EvalExamples): Dataset {
  if (most === "all" || split.count <= most) return split;
  return split.part(chosen(split.count, most));
}

/**
 * `size` different numbers below n, each set of them as likely as any other (Floyd's algorithm), in
 * order.
 */
function chosen(n: number, size: number): Int32Array {
  const random = new PythonRandom(SEED);
  const taken = new Set<number>();
  for (let last = n - size; last < n; last++) {
    const drawn = random.randbelow(last + 1);
    taken.add(taken.has(drawn) ? last : drawn);
  }
  return Int32Array.from(taken).sort();
}
