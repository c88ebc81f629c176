/** Words to training examples without a row for each: the contexts of a word overlap, so its characters are stored once. */
import { ValueError } from "../errors.js";
import { zeros } from "../tensor/index.js";
import { MOST_ELEMENTS } from "../tensor/shape.js";
import { place, type Tensor, view } from "../tensor/tensor.js";
import { Dataset } from "./dataset.js";
import { checkFits } from "./memory.js";
import { Rank } from "./rank.js";
import { lengthOf, codePointAt } from "./utf8.js";
import type { Vocabulary } from "./vocabulary.js";
import { bytesOf, countAll, type WordList } from "./word-list.js";

/**
 * The examples of each part of a list, as `buildContexts` has them, in the order of the part's positions.
 *
 * One stream holds `blockSize` boundaries and the characters of a word, then the next word. Example j of a word is the window
 * that begins j tokens after the word's first boundary; its target is the token behind the window, at the end of the word the
 * next one's first boundary. With word w (counted from 0) e examples from the start, window e lies at e + w (blockSize - 1).
 * @param source names the words in errors
 * @throws DataError where they do not fit this machine's memory; ValueError for more tokens than a tensor can hold
 */
export function wordExamples<Part extends string>(
  list: WordList, parts: Readonly<Record<Part, Int32Array>>, vocabulary: Vocabulary, blockSize: number, source: string,
): Record<Part, Dataset> {
  const examples = countAll(list) + list.length;
  const tokens = examples + list.length * (blockSize - 1) + 1;
  if (tokens > MOST_ELEMENTS) {
    throw new ValueError(`${source}: ${examples} examples of block size ${blockSize} are too many: choose a smaller block size`);
  }
  const { bytes, starts } = bytesOf(list);
  const made = 4 * tokens + Rank.bytes(examples);
  checkFits(source, made + bytes.length + starts.byteLength + 4 * list.length);
  const stream = zeros([tokens], "int32");
  const firsts = new Rank(examples);
  const encoder = new Encoder(list, vocabulary, stream, firsts, blockSize);
  const ranges = Object.entries<Int32Array>(parts).map(([part, positions]) => [part, encoder.add(positions)] as const);
  firsts.finish();
  const dataset = ({ from, to, row, end }: Range): Dataset => {
    const rows = {
      X: place(stream.storage, [end - row, blockSize], [1, 1], row, "int32"),
      Y: stream.slice(0, row + blockSize, end + blockSize),
    };
    if (blockSize === 1) return new Dataset(rows);
    const pad = blockSize - 1;
    // Rows of the part count from its own first: `upTo` counts the word of the example too.
    const shift = from - pad - row;
    return new Dataset(rows, to - from, (ix) => {
      for (let i = 0; i < ix.length; i++) ix[i] += firsts.upTo(ix[i] + from) * pad + shift;
    });
  };
  return Object.fromEntries(ranges.map(([part, range]) => [part, dataset(range)])) as Record<Part, Dataset>;
}

/** A part's examples [from, to), and their rows [row, end). */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly row: number;
  readonly end: number;
}

/** Writes words into the stream, one after the other. */
class Encoder {
  private example = 0;
  private row = 0;
  private readonly tokens: Int32Array;
  private readonly tokenOf: Int32Array;

  constructor(
    private readonly list: WordList, vocabulary: Vocabulary, stream: Tensor, private readonly firsts: Rank,
    private readonly blockSize: number,
  ) {
    this.tokens = view(stream) as Int32Array;
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
