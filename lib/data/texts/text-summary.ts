/** What was read of a text, in numbers, and what looks wrong with it. */
import { isStray } from "../unicode/invisible.js";
import type { TextReading } from "./read-text.js";
import type { CorpusSummary } from "../lists/summary.js";
import { SENTENCE_END } from "./tokenizer.js";
import { type Parts, sumOf } from "./text-parts.js";
import {
  amount,
  type CorpusWarning,
  formMessage,
  showStray,
  strayMessage,
} from "../lists/warnings.js";
import type { WordVocabulary } from "../vocabulary/word-vocabulary.js";
import { quoteWord } from "../lists/words.js";

/** Lines and words per line from which, and up to which, a text is a list of words. */
const [LIST_LINES, LIST_WORDS] = [20, 1.1];
/** Of all dev words: beyond it a loss says little. */
const MANY_UNKNOWN = 0.2;

/**
 * Letters that are written without blanks between words, and how long on average what was not split
 * into words is at least.
 */
const WITHOUT_BLANKS = [
  { letters: /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}]/u, long: 4 },
  { letters: /[\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]/u, long: 8 },
] as const;

/** @param parts [types] how often each is in each part */
export function summarizeText(
  types: readonly string[],
  parts: Parts<Int32Array>,
  vocabulary: WordVocabulary,
  reading: TextReading,
): CorpusSummary {
  const counts = sumOf(Object.values(parts));
  const end = types.indexOf(SENTENCE_END);
  if (end >= 0) counts[end] = 0; // it is no word
  const lengths = types.map((type) => [...type].length);
  const sum = (of: (id: number) => number) => types.reduce((all, _, id) => all + of(id), 0);
  const facts = {
    ...reading,
    trimmed: 0,
    repeats: 0,
    words: sum((id) => counts[id]),
    distinct: counts.reduce((n, count) => n + Number(count > 0), 0),
    characters: sum((id) => lengths[id] * counts[id]),
    ...sharesOf(types, parts, vocabulary),
  };
  const warnings = Object.freeze(warningsOf({ types, counts, lengths }, vocabulary, facts));
  return Object.freeze({ ...facts, warnings });
}

/** Of the dev words, those that occur in train too, and those that the model does not know. */
function sharesOf(
  types: readonly string[],
  { train, dev }: Parts<Int32Array>,
  { stoi }: WordVocabulary,
): Pick<CorpusSummary, "devInTrain" | "devUnknown"> {
  let [words, inTrain, unknown] = [0, 0, 0];
  for (const [id, type] of types.entries()) {
    if (type === SENTENCE_END) continue;
    words += dev[id];
    if (train[id] > 0) inTrain += dev[id];
    if ((stoi.get(type) ?? 0) === 0) unknown += dev[id];
  }
  return { devInTrain: inTrain / words, devUnknown: unknown / words };
}

interface Types {
  readonly types: readonly string[];
  readonly counts: Int32Array;
  /** code points of each */
  readonly lengths: readonly number[];
}

function warningsOf(
  all: Types,
  { tokens, normalize }: WordVocabulary,
  { words, lines, blank, normalized, devUnknown = 0 }: Omit<CorpusSummary, "warnings">,
): CorpusWarning[] {
  const found: CorpusWarning[] = [];
  const warn = (kind: CorpusWarning["kind"], message: string | undefined): void => {
    if (message !== undefined) found.push(Object.freeze({ kind, message }));
  };
  const unsplit = tokens === "segments" ? undefined : unsplitMessage(all, words);
  warn("segments", unsplit);
  const full = lines - blank;
  if (unsplit === undefined && full >= LIST_LINES && words <= LIST_WORDS * full) {
    const what = `looks like a list, ${(words / full).toFixed(1)} words per line`;
    warn("list", `${what}: leave out --level word for a model of its characters`);
  }
  warn("invisible", invisibleMessage(all, words));
  warn("normal-forms", formMessage(words, normalized, normalize === "none" ? others(all) : 0));
  if (devUnknown > MANY_UNKNOWN) {
    const share = Math.round(100 * devUnknown);
    const what = `${share} % of the dev words are unknown, and guessed as one`;
    warn("unknown", `${what}: a lower --min-count or more text makes the loss mean more`);
  }
  return found;
}

/** What of a script without blanks stands as one token from blank to blank. */
function unsplitMessage({ types, counts, lengths }: Types, words: number): string | undefined {
  for (const { letters, long } of WITHOUT_BLANKS) {
    let [n, characters] = [0, 0];
    for (const [id, type] of types.entries()) {
      if (!letters.test(type)) continue;
      n += counts[id];
      characters += counts[id] * lengths[id];
    }
    if (2 * n < words || characters < long * n) continue;
    const mean = (characters / n).toFixed(1);
    const what = `${amount(n, words)} are of a script without blanks`;
    return `${what}, ${mean} characters on average: --tokens segments finds the words in them`;
  }
  return undefined;
}

function invisibleMessage({ types, counts }: Types, words: number): string | undefined {
  const codes = new Set<number>();
  let [n, first] = [0, ""];
  for (const [id, type] of types.entries()) {
    const stray = [...type].map((character) => character.codePointAt(0) ?? 0).filter(isStray);
    if (stray.length === 0) continue;
    if (n === 0) first = showStray(quoteWord(type));
    n += counts[id];
    for (const code of stray) codes.add(code);
  }
  if (n === 0) return undefined;
  return strayMessage(`${amount(n, words)} (first ${first})`, [...codes]);
}

/** How many words have another NFC. */
const others = ({ types, counts }: Types): number =>
  types.reduce((n, type, id) => n + (type.normalize("NFC") === type ? 0 : counts[id]), 0);
