/**
 * Examples over one stream in which every word (sentence) stands after `blockSize` boundaries, of
 * which the first is the end of the one before.
 */
import type { Tensor } from "../../tensor/index.js";
import { place } from "../../tensor/tensor.js";
import { Dataset, type Draws } from "./dataset.js";
import type { Rank } from "./rank.js";

/** A part's examples [from, to), and their rows [row, end). */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly row: number;
  readonly end: number;
}

/**
 * The examples of a part. Example j of a word is the window that begins j tokens after the word's
 * first boundary; its target is the token behind the window, at the end of the word the next one's
 * first boundary. With word w (counted from 0) e examples from the start, window e lies at
 * e + w (blockSize - 1).
 * @param firsts marks the first example of each word
 * @param draws how minibatches draw them; left out: all alike
 */
export function paddedExamples(
  stream: Tensor,
  firsts: Rank,
  blockSize: number,
  { from, to, row, end }: Range,
  draws?: Draws,
): Dataset {
  const rows = {
    X: place(stream.storage, [end - row, blockSize], [1, 1], row, "int32"),
    Y: stream.slice(0, row + blockSize, end + blockSize),
  };
  if (blockSize === 1) return new Dataset(rows, to - from, undefined, draws);
  const pad = blockSize - 1;
  // Rows of the part count from its own first: `upTo` counts the word of the example too.
  const shift = from - pad - row;
  const toRows = (ix: Int32Array): void => {
    for (let i = 0; i < ix.length; i++) ix[i] += firsts.upTo(ix[i] + from) * pad + shift;
  };
  return new Dataset(rows, to - from, toRows, draws);
}
