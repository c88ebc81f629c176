/** Words to training examples: which characters came before, and which came next. */

import { checkArguments, checkArray, checkFunction, objectWith, whole } from "../../check.js";
import { DataError, ValueError } from "../../errors.js";
import { MOST_ELEMENTS } from "../../tensor/shape.js";
import type { Vocabulary } from "../vocabulary/vocabulary.js";
import { checkList, WordList, type Words } from "../lists/word-list.js";
import { quoteWord } from "../lists/words.js";

/**
 * `count` examples: row i of `contexts` is what the model sees, `targets[i]` what it should
 * predict.
 */
export interface Examples {
  /** [count, blockSize], row-major tokens, oldest first. */
  readonly contexts: Int32Array<ArrayBuffer>;
  /** [count] tokens. */
  readonly targets: Int32Array<ArrayBuffer>;
  /** How many examples. */
  readonly count: number;
  /** Tokens per context. */
  readonly blockSize: number;
}

const KINDS = {
  words: checkList,
  vocabulary: objectWith<Pick<Vocabulary, "encode">>({ encode: checkFunction }),
  blockSize: whole(1, MOST_ELEMENTS),
};

/**
 * Slides a window of `blockSize` characters over each word, as `build_dataset` does in the lecture:
 * one example per character and one for the end of the word. "emma" with blockSize 3: `... -> e`,
 * `..e -> m`, `.em -> m`, `emm -> a`, `mma -> .`
 *
 * The examples of a word stay together, in the order of the words.
 *
 * @throws ValueError when blockSize is not a positive integer or the contexts would hold more than
 *   2^31 - 1 tokens
 * @throws DataError on words that `checkWords` refuses, characters outside the vocabulary or its
 * boundary in a word
 */
export function buildContexts(
  words: Words,
  vocabulary: Pick<Vocabulary, "encode">,
  blockSize: number,
): Examples {
  checkArguments("buildContexts", { words, vocabulary, blockSize }, KINDS);
  const encode = (word: string, index: number) => {
    const ids = checkArray("buildContexts: vocabulary.encode", vocabulary.encode(word));
    if (!ids.includes(0)) return ids;
    const problem = `the vocabulary's boundary is in ${quoteWord(word)}`;
    throw new DataError("words", `${problem}: make the vocabulary of these words`, index + 1);
  };
  const encoded = [...WordList.of(words)].map(encode);
  const count = encoded.reduce((sum, ids) => sum + ids.length + 1, 0);
  if (count * blockSize > MOST_ELEMENTS) {
    throw new ValueError(
      `buildContexts: ${count} examples of block size ${blockSize} are too many: choose a ` +
        "smaller block size",
    );
  }

  // Fresh arrays are all 0, the boundary: only what lies inside a word is written.
  const contexts = new Int32Array(count * blockSize);
  const targets = new Int32Array(count);
  let row = 0;
  for (const ids of encoded) {
    for (let next = 0; next <= ids.length; next++, row++) {
      const seen = Math.min(next, blockSize);
      const rowEnd = (row + 1) * blockSize;
      for (let back = 1; back <= seen; back++) contexts[rowEnd - back] = ids[next - back];
      if (next < ids.length) targets[row] = ids[next];
    }
  }
  return { contexts, targets, count, blockSize };
}
