/** Text -> words -> vocabulary -> splits -> contexts and targets. */

export { BROWN_CUTS, type BrownVariant, brownVariant, readBrown } from "./brown.js";
export { type Examples, buildContexts } from "./contexts.js";
export { defaultCorpus, resolveCorpus } from "./corpus.js";
export type { NormalForm } from "./normal-form.js";
export { type Splits, splitWords } from "./splits.js";
export type { CorpusSummary } from "./summary.js";
export {
  type LineRule,
  RARE,
  tokenize,
  type TokenRule,
  type VocabularyTokens,
} from "./tokenizer.js";
export { type ReadOptions, readTokens } from "./read-text.js";
export type { TokenText } from "./tokens.js";
export { type Tokens, Vocabulary, type VocabularyJson } from "./vocabulary.js";
export { windows } from "./windows.js";
export {
  WordVocabulary,
  type WordVocabularyJson,
  type WordVocabularyOptions,
} from "./word-vocabulary.js";
export type { CorpusWarning } from "./warnings.js";
export { type Reading, readWords, type WordList, type Words } from "./word-list.js";
export { BOUNDARY, checkWords } from "./words.js";
