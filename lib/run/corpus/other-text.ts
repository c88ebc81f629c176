/** Texts that are not a run's corpus: whether a file is one, and its examples. */
import { type Batch, toBatch } from "../../data/examples/batches.js";
import {
  brownVariant,
  buildContexts,
  readBrown,
  resolveCorpus,
  type Tokens,
  WordVocabulary,
} from "../../data/index.js";
import { isStandardInput, sourceName } from "../../data/files/standard-input.js";
import { addFile } from "../../data/texts/read-text.js";
import { TokenCollector } from "../../data/texts/tokens.js";
import { WordList } from "../../data/lists/word-list.js";
import { DataError, UsageError } from "../../errors.js";
import { listOptions, readList } from "./read-list.js";
import type { RunConfig } from "../folder/run-folder.js";
import { addWhereToName } from "./moved-files.js";
import { roleOfText } from "./read-streams.js";
import { textOptions } from "./text-options.js";
import { examplesOf } from "./text-corpus.js";

/**
 * What a file is to a run: its corpus (at another place), its dev or test file, or another text.
 * @throws DataError where it cannot be read
 */
export function roleOf(file: string, config: RunConfig): "corpus" | "dev" | "test" | "other" {
  if (isStandardInput(file)) return "corpus"; // it can be read once: whoever reads it checks it
  const variant = brownVariant(file);
  const options = textOptions(config);
  if (variant === undefined && options !== undefined) {
    try {
      return roleOfText(file, options, config.wordsSha256);
    } catch (error) {
      addWhereToName(error, { ...config, data: null }); // a file of a part is read beside it
      throw error;
    }
  }
  // A list is read as the run's own was: its column, its normal form, with repeats or without.
  const list = () => readList(file, listOptions(config));
  const { digest } = variant === undefined ? list() : readBrown(variant);
  return digest === config.wordsSha256 ? "corpus" : "other";
}

/**
 * All of a file as examples for a model: a word per line, or a text.
 * @throws DataError where it cannot be read, or has a character that the model does not know
 */
export function readExamples(file: string, vocabulary: Tokens, blockSize: number): Batch {
  if (vocabulary instanceof WordVocabulary) return textExamples(file, vocabulary, blockSize);
  const words = WordList.read(resolveCorpus(file));
  for (const [i, word] of [...words].entries()) {
    const stranger = vocabulary.stranger(word);
    if (stranger === undefined) continue;
    throw new DataError(
      sourceName(file),
      `the model does not know the character ${JSON.stringify(stranger)} of word ${i + 1}`,
    );
  }
  return toBatch(buildContexts(words, vocabulary, blockSize));
}

function textExamples(file: string, vocabulary: WordVocabulary, blockSize: number): Batch {
  const variant = brownVariant(file);
  if (variant !== undefined && vocabulary.end !== undefined) {
    throw new UsageError(
      `${file}: expected a text of a sentence per line, as the model's, got one stream`,
    );
  }
  const collector = new TokenCollector(sourceName(file));
  if (variant === undefined) {
    const { tokens, end, normalize } = vocabulary;
    addFile(collector, file, {
      tokens,
      split: (text) => vocabulary.split(text),
      sentences: end !== undefined,
      normalize,
    });
  }
  const ids = vocabulary.encodeText(variant === undefined ? collector.text() : readBrown(variant));
  const whole = [0, ids.length] as const;
  return examplesOf(ids, vocabulary, {
    blockSize,
    parts: [whole],
    streams: whole,
    source: sourceName(file),
  })[0];
}
