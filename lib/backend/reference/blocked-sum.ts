/** The contract's blocked sum in plain TypeScript, for a row of them at once. */
import { SUM_BLOCK, SUM_GROUP } from "../sums.js";

/**
 * Writes `width` blocked sums of `terms` terms to `sums`, from position `at`. `chains` writes the
 * chains of one block, the terms from `from` to below `to`; those of the first go straight to
 * `sums`.
 */
export function blockedSums(
  terms: number,
  width: number,
  sums: Float32Array,
  at: number,
  chains: (from: number, to: number, out: Float32Array, at: number) => void,
): void {
  chains(0, Math.min(terms, SUM_BLOCK), sums, at);
  if (terms <= SUM_BLOCK) return;
  const [block, group] = [new Float32Array(width), new Float32Array(width)];
  const add = (out: Float32Array, at: number, x: Float32Array) => {
    for (let j = 0; j < width; j++) out[at + j] += x[j];
  };
  for (let from = SUM_BLOCK; from < terms; from += SUM_BLOCK) {
    const to = Math.min(terms, from + SUM_BLOCK);
    const firstOfGroup = from % SUM_GROUP === 0;
    chains(from, to, firstOfGroup ? group : block, 0);
    if (from < SUM_GROUP) {
      add(sums, at, block);
      continue;
    }
    if (!firstOfGroup) add(group, 0, block);
    if (to % SUM_GROUP === 0 || to === terms) add(sums, at, group);
  }
}
