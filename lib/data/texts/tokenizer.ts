/** What a token of a text is: the rule that a run is trained, scored and measured with. */
import { checkArguments, checkText, oneOf } from "../../check.js";

/**
 * `text`: words by Unicode's rules, every other character on its own. `whitespace`: what stands
 * between blanks, of texts whose tokens were split before. `segments`: words as `Intl.Segmenter`
 * finds them, for scripts without blanks.
 */
export type TokenRule = "text" | "whitespace" | "segments";
export const TOKEN_RULES = ["text", "whitespace", "segments"] as const;

/**
 * How a text for the model becomes tokens: by the rule of the text that it learned from. `given`:
 * that text came as tokens, so what stands between blanks is one where the vocabulary knows it, and
 * is split by the rule `text` where not.
 */
export type VocabularyTokens = TokenRule | "given";

/** Whether a token depends on nothing but what stands between the ASCII blanks around it. */
export const splitsAtBlanks = (rule: VocabularyTokens): boolean => rule !== "segments";

/**
 * What a line break means. `text`: a blank. `sentences`: the end of a sentence, a token of its own.
 */
export type LineRule = "text" | "sentences";
export const LINE_RULES = ["text", "sentences"] as const;

/** Stands for every word that is too rare to be known; written in a text, it is one token too. */
export const RARE = "<unk>";
/** The token at the end of each line, where lines are sentences. */
export const SENTENCE_END = "</s>";
/** How other tools write the start of a sentence: a mark that is never predicted. */
export const SENTENCE_START = "<s>";

/** A letter, digit or mark; geresh and three Armenian marks stand among letters too. */
const LETTER = String.raw`\p{L}\p{N}\p{M}\u05F3\u055B\u055C\u055E`;
/** ZWNJ, ZWJ and the soft hyphen belong to the letter before them, also at the end of a word. */
const WORD = String.raw`[${LETTER}][${LETTER}\p{Join_Control}\u00AD]{0,998}`;
/**
 * What joins two parts of a word: apostrophes (also U+2018, U+FF07, and Armenian), hyphen, point,
 * comma, middle dots, gershayim; between Hebrew letters also the double quote that is typed for it.
 */
const JOINER = String.raw`['’‘＇՚\-.,·‧״]|(?<=\p{sc=Hebr})"(?=\p{sc=Hebr})`;
/**
 * A word ("don't", "twenty-one", "3.14"), or one other character. Longer ones are no words, and
 * without a limit they overflow the regular expression's stack.
 */
const TEXT = new RegExp(`${RARE}|${WORD}(?:(?:${JOINER})${WORD}){0,99}|\\S`, "gu");

/** The blanks that n-gram tools split at. A no-break space is part of a token. */
const BETWEEN_BLANKS = /[^ \t\n\v\f\r]+/g;

let segmenter: Intl.Segmenter | undefined;

/** Line by line, each cut at `<unk>`: the segmenter would take that apart. */
function segments(text: string): string[] {
  // Not the user's language: a corpus has the same tokens everywhere.
  segmenter ??= new Intl.Segmenter("en", { granularity: "word" });
  const found: string[] = [];
  for (const piece of text.split(/(<unk>|\n)/)) {
    if (piece === RARE) found.push(piece);
    else for (const { segment } of segmenter.segment(piece)) found.push(segment.trim());
  }
  return found.filter((token) => token !== "");
}

/** How each rule splits a text. */
export const SPLIT: Readonly<Record<TokenRule, (text: string) => string[]>> = {
  text: (text) => text.match(TEXT) ?? [],
  whitespace: (text) => text.match(BETWEEN_BLANKS) ?? [],
  segments,
};

export const checkTokenRule = oneOf(...TOKEN_RULES);
export const checkLineRule = oneOf(...LINE_RULES);

/** The tokens of a piece of text by a rule, case kept. */
export function tokenize(text: string, rule: TokenRule = "text"): string[] {
  checkArguments("tokenize", { text, rule }, { text: checkText, rule: checkTokenRule });
  return SPLIT[rule](text);
}

/** Characters whose tokens may be a list. */
const SHORT = 1 << 12;

/**
 * The same by the rule `text`: of a long text without blanks a list is more memory than the text.
 */
export const eachToken = (text: string): Iterable<string> =>
  text.length <= SHORT ? SPLIT.text(text) : oneByOne(text);

function* oneByOne(text: string): Iterable<string> {
  for (const [token] of text.matchAll(TEXT)) yield token;
}

/** The words of a sentence, without the marks that other tools write around it. */
export function unmarked(words: readonly string[]): readonly string[] {
  const from = words[0] === SENTENCE_START ? 1 : 0;
  const to = words.length - (words.at(-1) === SENTENCE_END ? 1 : 0);
  return words.slice(from, to);
}

/** The first mark of a sentence's start or end among its words. */
export const markWithin = (words: readonly string[]): string | undefined =>
  words.find((word) => word === SENTENCE_START || word === SENTENCE_END);
