/** Each word of a list once. */
import { bytesOf, readingOf, type WordList } from "./word-list.js";
import { WordIndex } from "./word-index.js";
import { WordWriter } from "./word-writer.js";

/** Words, and how much each of them counts. */
export interface WeightedWords {
  readonly words: WordList;
  /** [words]; left out: each as much as any other */
  readonly weights?: Float64Array;
}

/** Each word where it first occurs; its weight is the sum of those of all its occurrences. */
export function distinct({ words, weights }: WeightedWords, source: string): WeightedWords {
  const { bytes, starts } = bytesOf(words);
  const index = new WordIndex(words, [], words.length);
  const writer = new WordWriter(source, bytes.length);
  // By the position of its first occurrence: the weight of a word, moved to the front in the end.
  const sums = weights?.slice();
  const firsts = new Int32Array(sums === undefined ? 0 : words.length);
  for (let i = 0; i < words.length; i++) {
    const first = index.add(i);
    if (first === i) {
      firsts[writer.count] = i;
      writer.copy(bytes, starts[i], starts[i + 1] - 1);
    } else if (sums !== undefined) sums[first] += sums[i];
  }
  const repeats = words.length - writer.count;
  if (repeats === 0) return { words, weights };
  const list = writer.list({ ...readingOf(words), repeats });
  if (sums === undefined) return { words: list };
  return {
    words: list,
    weights: Float64Array.from(firsts.subarray(0, list.length), (i) => sums[i]),
  };
}
