/** Sentences as training examples: no context reaches back into another sentence. */
import { DataError } from "../../errors.js";
import { zeros } from "../../tensor/index.js";
import { MOST_ELEMENTS } from "../../tensor/shape.js";
import { elements } from "../../tensor/tensor.js";
import type { Dataset } from "./dataset.js";
import { paddedExamples } from "./padded-stream.js";
import { Rank } from "./rank.js";

/** Tokens [from, to) of a stream. */
export type Span = readonly [from: number, to: number];

/**
 * The examples of parts of a stream, each of whole sentences: every token is predicted from those
 * before it in its sentence; before them stands `end`, as often as needed.
 * @param end the token that ends each sentence
 * @param source names the stream in errors
 * @throws DataError where the contexts are too many for a tensor
 */
export function sentenceExamples(
  tokens: Int32Array,
  {
    end,
    blockSize,
    parts,
    source,
  }: { end: number; blockSize: number; parts: readonly Span[]; source: string },
): Dataset[] {
  const count = sentencesIn(tokens, end);
  const pad = blockSize - 1;
  const length = blockSize + tokens.length + count * pad;
  if (length > MOST_ELEMENTS) {
    throw new DataError(source, `too long for a block size of ${blockSize}: choose a smaller one`);
  }
  const stream = zeros([length], "int32");
  const firsts = new Rank(tokens.length);
  const out = (elements(stream) as Int32Array).fill(end);
  let at = blockSize;
  for (let i = 0, first = true; i < tokens.length; i++, at++) {
    if (first) firsts.mark(i);
    out[at] = tokens[i];
    first = tokens[i] === end;
    if (first) at += pad;
  }
  firsts.finish();
  const rowOf = (example: number) => example + (firsts.upTo(example) - 1) * pad;
  return parts.map(([from, to]) =>
    paddedExamples(stream, firsts, blockSize, {
      from,
      to,
      row: rowOf(from),
      end: rowOf(to - 1) + 1,
    }),
  );
}

/** How many sentences end in a stream. */
const sentencesIn = (tokens: Int32Array, end: number): number =>
  tokens.reduce((count, token) => count + Number(token === end), 0);
