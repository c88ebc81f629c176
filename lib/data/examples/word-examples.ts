/**
 * Words to training examples without a row for each: the contexts of a word overlap, so its
 * characters are stored once.
 */
import { ValueError } from "../../errors.js";
import { zeros } from "../../tensor/index.js";
import { MOST_ELEMENTS } from "../../tensor/shape.js";
import { elements, type Tensor } from "../../tensor/tensor.js";
import type { Dataset } from "./dataset.js";
import type { WeightedWords } from "../lists/distinct.js";
import { requireMemory } from "../files/memory.js";
import { paddedExamples, type Range } from "./padded-stream.js";
import { Rank } from "./rank.js";
import { lengthOf, codePointAt } from "../unicode/utf8.js";
import type { Vocabulary } from "../vocabulary/vocabulary.js";
import { WeightedDraw } from "./weighted-draw.js";
import { bytesOf, type WordList } from "../lists/word-list.js";

/** How many examples a list has, and how many tokens their stream. */
function sizes(list: WordList, blockSize: number): { examples: number; tokens: number } {
  const examples = bytesOf(list).characters + list.length;
  return { examples, tokens: examples + list.length * (blockSize - 1) + 1 };
}

/**
 * @param source names the words in errors
 * @throws DataError where a list and its examples do not fit this machine's memory; ValueError for
 * more tokens than a tensor can hold
 */
export function requireMemoryFor(list: WordList, blockSize: number, source: string): void {
  const { examples, tokens } = sizes(list, blockSize);
  if (tokens > MOST_ELEMENTS) {
    const what = `${examples} examples of block size ${blockSize}`;
    throw new ValueError(`${source}: ${what} are too many: choose a smaller block size`);
  }
  const { bytes, starts } = bytesOf(list);
  const shuffled = 4 * list.length;
  requireMemory(
    source,
    4 * tokens + Rank.bytes(examples) + bytes.length + starts.byteLength + shuffled,
  );
}

/**
 * The examples of each split of a list, as `buildContexts` has them, in the order of the words'
 * positions; minibatches draw them by the weights.
 */
export function wordExamples<Split extends string>(
  { words: list, weights }: WeightedWords,
  splits: Readonly<Record<Split, Int32Array>>,
  vocabulary: Vocabulary,
  blockSize: number,
): Record<Split, Dataset> {
  const encoder = new Encoder(list, vocabulary, blockSize);
  const ranges = Object.entries<Int32Array>(splits).map(([split, positions]) => {
    const range = encoder.add(positions);
    return [split, range, weights && weightedDraw(list, positions, weights)] as const;
  });
  const { stream, firsts } = encoder;
  firsts.finish();
  const made = ranges.map(([split, range, draw]) => [
    split,
    paddedExamples(stream, firsts, blockSize, range, draw),
  ]);
  return Object.fromEntries(made) as Record<Split, Dataset>;
}

/** How the examples of a split are drawn by the weights of its words. */
function weightedDraw(list: WordList, positions: Int32Array, weights: Float64Array): WeightedDraw {
  const { bytes, starts } = bytesOf(list);
  const firsts = new Int32Array(positions.length + 1);
  for (let p = 0; p < positions.length; p++) {
    const [start, end] = [starts[positions[p]], starts[positions[p] + 1] - 1];
    let examples = 1; // of the end
    for (let i = start; i < end; i++) if ((bytes[i] & 0xc0) !== 0x80) examples++;
    firsts[p + 1] = firsts[p] + examples;
  }
  return new WeightedDraw(
    firsts,
    Float64Array.from(positions, (position) => weights[position]),
  );
}

/** Writes words into the stream, one after the other. */
class Encoder {
  readonly stream: Tensor;
  /** the first example of each word */
  readonly firsts: Rank;
  private example = 0;
  private row = 0;
  private readonly tokens: Int32Array;
  private readonly tokenOf: Int32Array;

  constructor(
    private readonly list: WordList,
    vocabulary: Vocabulary,
    private readonly blockSize: number,
  ) {
    const { examples, tokens } = sizes(list, blockSize);
    this.stream = zeros([tokens], "int32");
    this.firsts = new Rank(examples);
    this.tokens = elements(this.stream) as Int32Array;
    const codes = vocabulary.itos.map((character) => character.codePointAt(0) ?? 0);
    this.tokenOf = new Int32Array(1 + codes.reduce((most, code) => Math.max(most, code)));
    for (const [token, code] of codes.entries()) this.tokenOf[code] = token;
  }

  add(positions: Int32Array): Range {
    const { blockSize, firsts, tokens, tokenOf } = this;
    const { bytes, starts } = bytesOf(this.list);
    let { example, row } = this;
    const [from, first] = [example, row];
    for (let p = 0; p < positions.length; p++) {
      const position = positions[p];
      firsts.mark(example);
      const end = starts[position + 1] - 1;
      let at = row + blockSize;
      for (let i = starts[position]; i < end;) {
        const byte = bytes[i];
        tokens[at++] = tokenOf[byte < 128 ? byte : codePointAt(bytes, i)];
        i += byte < 128 ? 1 : lengthOf(byte);
      }
      example += at - row - blockSize + 1;
      row = at;
    }
    Object.assign(this, { example, row });
    return { from, to: example, row: first, end: row };
  }
}
