/**
 * Examples over one stream of tokens, in which `blockSize` boundaries stand before every word
 * (sentence): the first of them ends the word before, all of them are the context of its own first
 * token.
 */
import type { Tensor } from "../../tensor/index.js";
import { asStrided } from "../../tensor/tensor.js";
import { Dataset } from "./dataset.js";
import type { Rank } from "./rank.js";
import { TensorRows } from "./rows.js";
import type { WeightedDraw } from "./weighted-draw.js";

/** A split's examples [from, to), and their rows [row, end). */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly row: number;
  readonly end: number;
}

/**
 * The examples of a split. A row is a window of `blockSize` tokens, its target the token behind it:
 * the row of a word's first example begins at the word's first boundary, each further example one
 * token later, and the target of the last is the boundary that ends the word. So example e of the
 * stream, in word w (both from 0), has row e + w * (blockSize - 1).
 * @param firsts marks the first example of each word
 * @param weights how often minibatches draw them; left out: all alike
 */
export function paddedExamples(
  stream: Tensor,
  firsts: Rank,
  blockSize: number,
  { from, to, row, end }: Range,
  weights?: WeightedDraw,
): Dataset {
  const rows = new TensorRows({
    X: asStrided(stream.storage, [end - row, blockSize], [1, 1], row, "int32"),
    Y: stream.slice(0, row + blockSize, end + blockSize),
  });
  if (blockSize === 1) return new Dataset(rows, to - from, undefined, weights);
  const pad = blockSize - 1;
  // Examples and rows of the split count from its own first; w is `upTo` less 1, since that counts
  // the example's own word too.
  const shift = from - pad - row;
  const toRows = (examples: Int32Array): void => {
    for (let i = 0; i < examples.length; i++)
      examples[i] += firsts.upTo(examples[i] + from) * pad + shift;
  };
  return new Dataset(rows, to - from, toRows, weights);
}
