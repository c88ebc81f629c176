/** Texts that are not a run's corpus: whether a file is one, and its examples. */
import { type Batch, toBatch } from "../../data/examples/batches.js";
import {
  type BrownVariant,
  brownVariant,
  buildContexts,
  readBrown,
  resolveCorpus,
  type Tokens,
  type TokenText,
  WordVocabulary,
} from "../../data/index.js";
import { isStandardInput, sourceName } from "../../data/files/standard-input.js";
import { addFile } from "../../data/texts/read-text.js";
import { TokenList } from "../../data/texts/token-store.js";
import { TokenCollector } from "../../data/texts/tokens.js";
import { WordList } from "../../data/lists/word-list.js";
import { DataError, UsageError } from "../../errors.js";
import { corpusDigest } from "./corpus-digest.js";
import type { RunConfig } from "../folder/run-folder.js";
import { addWhereToName } from "./moved-files.js";
import { examplesOf } from "./text-corpus.js";
import { type TextOptions, textOptions } from "./text-options.js";
import type { ReadText } from "./counted-text.js";
import { openText, type TokenCache } from "./token-cache/open-text.js";

/** What a file is to a run. */
export type Role = "corpus" | "dev" | "test" | "other";

/**
 * What a file is to a run: its corpus (at another place), its dev or test file, or another text.
 * @param cache a folder for the tokens of large texts; left out: none
 * @throws DataError where it cannot be read
 */
export function roleOf(file: string, config: RunConfig, cache?: string): Role {
  if (isStandardInput(file)) return "corpus"; // it can be read once: whoever reads it checks it
  const variant = brownVariant(file);
  const options = textOptions(config);
  if (variant === undefined && options !== undefined) {
    try {
      return roleOfText(file, options, config.wordsSha256, cache);
    } catch (error) {
      addWhereToName(error, { ...config, data: null }); // a file of a part is read beside it
      throw error;
    }
  }
  // A list is read as the run's own was: its column, its normal form, with repeats or without.
  return corpusDigest(file, config) === config.wordsSha256 ? "corpus" : "other";
}

/** The same of a file and a run over a text. */
function roleOfText(
  file: string,
  options: Required<TextOptions>,
  runDigest: string,
  folder: string | undefined,
): Role {
  const { digest, digests } = openText(file, options, { folder });
  if (digest === runDigest) return "corpus";
  if (options.devData !== null && digests[0] === digests[1]) return "dev";
  return options.testData !== null && digests[0] === digests.at(-1) ? "test" : "other";
}

/**
 * All of a file as examples for a model: a word per line, or a text.
 * @param cache a folder for the tokens of large texts; left out: none
 * @throws DataError where it cannot be read, or has a character that the model does not know
 */
export function readExamples(
  file: string,
  vocabulary: Tokens,
  blockSize: number,
  cache?: string,
): Batch {
  if (vocabulary instanceof WordVocabulary)
    return textExamples(file, vocabulary, blockSize, { folder: cache });
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

function textExamples(
  file: string,
  vocabulary: WordVocabulary,
  blockSize: number,
  cache: TokenCache,
): Batch {
  const variant = brownVariant(file);
  if (variant !== undefined && vocabulary.end !== undefined) {
    throw new UsageError(
      `${file}: expected a text of a sentence per line, as the model's, got one stream`,
    );
  }
  const text = variant === undefined ? readFor(vocabulary, file, cache) : brownTokens(variant);
  const span = [0, text.tokens.length] as const;
  const source = sourceName(file);
  return examplesOf(text, vocabulary, { blockSize, parts: [{ span }], source })[0];
}

type Text = Pick<ReadText, "types" | "tokens" | "streams">;

/** A text for a model. */
function readFor(vocabulary: WordVocabulary, file: string, cache: TokenCache): Text {
  const { tokens, lines, normalize } = vocabulary;
  if (tokens !== "given")
    return openText(file, { tokens, lines, normalize, devData: null, testData: null }, cache);
  const collector = new TokenCollector(sourceName(file));
  const split = (text: string) => vocabulary.split(text);
  addFile(collector, file, { tokens, split, sentences: vocabulary.end !== undefined, normalize });
  return listed(collector.text());
}

const brownTokens = (variant: BrownVariant): Text => listed(readBrown(variant));

const listed = ({ types, ids }: TokenText): Text => ({
  types,
  tokens: new TokenList(ids),
  streams: [0, ids.length],
});
