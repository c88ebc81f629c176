/** Text -> words -> vocabulary -> splits -> contexts and targets. */

export { BROWN_CUTS, type BrownVariant, brownVariant, readBrown } from "./texts/brown.js";
export { type Examples, buildContexts } from "./examples/contexts.js";
export { defaultCorpus, resolveCorpus } from "./texts/corpus.js";
export type { NormalForm } from "./lists/normal-form.js";
export { type Splits, splitWords } from "./examples/splits.js";
export type { CorpusSummary } from "./lists/summary.js";
export {
  type LineRule,
  RARE,
  tokenize,
  type TokenRule,
  type VocabularyTokens,
} from "./texts/tokenizer.js";
export { type ReadOptions, readTokens } from "./texts/read-text.js";
export type { TokenText } from "./texts/tokens.js";
export { type Tokens, Vocabulary, type VocabularyJson } from "./vocabulary/vocabulary.js";
export { windows } from "./examples/windows.js";
export {
  WordVocabulary,
  type WordVocabularyJson,
  type WordVocabularyOptions,
} from "./vocabulary/word-vocabulary.js";
export type { CorpusWarning } from "./lists/warnings.js";
export { type Reading, readWords, type WordList, type Words } from "./lists/word-list.js";
export { BOUNDARY, checkWords } from "./lists/words.js";
