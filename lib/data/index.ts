/** Text -> words -> vocabulary -> splits -> contexts and targets. */

export { type Examples, buildContexts } from "./contexts.js";
export { defaultCorpus, resolveCorpus } from "./corpus.js";
export { type Splits, splitWords } from "./splits.js";
export { Vocabulary, type VocabularyJson } from "./vocabulary.js";
export { BOUNDARY, checkWords, readWords } from "./words.js";
