/** What looks wrong with a list of words. */
import { countText } from "../../count-text.js";
import { isStray, nameOf } from "../unicode/invisible.js";
import { mayChange, type NormalForm } from "./normal-form.js";
import { bytesOf, type WordList } from "./word-list.js";
import { codePointAt, lengthOf } from "../unicode/utf8.js";
import { quoteWord } from "./words.js";

/** One thing that looks wrong, and what to do about it. */
export interface CorpusWarning {
  /** for programs; stable within a major version */
  readonly kind:
    | "json"
    | "table"
    | "text"
    | "list"
    | "segments"
    | "unknown"
    | "case"
    | "invisible"
    | "blanks"
    | "normal-forms"
    | "repeats";
  /** one line */
  readonly message: string;
}

/** Bits of a word: it has such a character. */
const [UPPER, LOWER, STRAY, BLANK] = [1, 2, 4, 8];

const SEPARATORS: Readonly<Record<string, string>> = {
  "\t": "TSV",
  ",": "CSV",
  ";": "CSV with semicolons",
  "|": "a table",
};
const MOST_COLUMNS = 64;
/** Of all lines, to be called the rule. */
const MOST = 0.8;
/** Of all words: they may be mistakes. */
const FEW = 0.05;
/** Blanks or characters per line from which on it is prose. */
const [PROSE_BLANKS, PROSE_CHARACTERS] = [5, 50];
/** Above this the dev split says how well a model remembers. */
const MUCH_OVERLAP = 0.5;
/** Of fewer words, the share is chance. */
const ENOUGH = 100;

interface Facts {
  readonly words: number;
  readonly characters: number;
  readonly trimmed: number;
  readonly normalized: number;
  readonly devInTrain: number;
}

export function warningsOf(
  list: WordList,
  codes: readonly number[],
  form: NormalForm,
  facts: Facts,
): CorpusWarning[] {
  const found: CorpusWarning[] = [];
  const warn = (kind: CorpusWarning["kind"], message: string): void => {
    found.push(Object.freeze({ kind, message }));
  };
  const look = new Look(list, codes);
  const layout = layoutOf(list, look, facts);
  if (layout !== undefined) warn(...layout);
  const { words } = facts;
  const some = (bit: number): string =>
    `${amount(look.words[bit], words)} (first ${look.first(bit)})`;
  const [upper, lower] = [look.words[UPPER], look.words[LOWER]];
  if (upper > 0 && upper <= FEW * words && lower > upper) {
    warn(
      "case",
      `${some(UPPER)} have capitals; other capitals are not known: write all words alike`,
    );
  } else if (lower > 0 && lower <= FEW * words && upper > lower) {
    warn("case", `${some(LOWER)} have small letters; others are not known: write all words alike`);
  }
  const table = layout?.[0] === "table";
  const stray = codes.filter((code) => isStray(code) && !(table && code === 9));
  if (stray.length > 0) {
    warn("invisible", strayMessage(some(STRAY), stray));
  }
  if (look.words[BLANK] > 0) {
    warn(
      "blanks",
      `${some(BLANK)} have several blanks in a row, or odd ones: write one plain blank`,
    );
  }
  if (facts.trimmed > 0 && layout === undefined) {
    const lines = `${amount(facts.trimmed, words)}`.replace("words", "lines");
    warn("blanks", `${lines} had blanks around their word, which were dropped`);
  }
  const others = form === "none" && mayChange(codes) ? notNormal(list) : 0;
  const mixed = formMessage(words, facts.normalized, others);
  if (mixed !== undefined) warn("normal-forms", mixed);
  if (facts.devInTrain > MUCH_OVERLAP && words >= ENOUGH) {
    const share = `${Math.round(100 * facts.devInTrain)} % of the dev words are in train too`;
    warn(
      "repeats",
      `${share}, so that the dev loss shows what is remembered: --unique drops repeats`,
    );
  }
  return found;
}

export const amount = (n: number, of: number): string =>
  `${countText(n)} of ${countText(of)} words`;

/** @param some which words have them */
export function strayMessage(some: string, stray: readonly number[]): string {
  const named = stray.slice(0, 3).map(nameOf).join(", ") + (stray.length > 3 ? ", ..." : "");
  return `${some} have characters that are not seen, ${named}: remove them`;
}

/**
 * Where words are in several normal forms.
 * @param normalized how many were brought to NFC
 * @param others how many are still in another one
 */
export function formMessage(words: number, normalized: number, others: number): string | undefined {
  if (normalized > 0 && normalized < words) {
    const what = `${amount(normalized, words)} were brought to the normal form NFC`;
    return `${what}, which the others had; --normalize none keeps them apart`;
  }
  if (others === 0 || others >= words) return undefined;
  const what = `${amount(others, words)} are not in the normal form NFC, the others are`;
  return `${what}: --normalize nfc makes equal what looks equal`;
}

/** One walk over all characters of a list. */
class Look {
  /** by bit: how many words have such a character */
  readonly words: Record<number, number> = { [UPPER]: 0, [LOWER]: 0, [STRAY]: 0, [BLANK]: 0 };
  /** in all words */
  blanks = 0;
  /** by separator: words by how many of it they have */
  readonly separated = new Map(
    Object.keys(SEPARATORS).map((s) => [s, new Int32Array(MOST_COLUMNS)]),
  );
  private readonly firsts = new Map<number, number>();

  constructor(
    private readonly list: WordList,
    codes: readonly number[],
  ) {
    const kinds = new Uint8Array(1 + codes.reduce((most, code) => Math.max(most, code), 127));
    for (const code of codes) kinds[code] = kindOf(code);
    const { bytes, starts } = bytesOf(list);
    const columns = [...this.separated].map(([s, words]) => ({
      code: s.charCodeAt(0),
      words,
      n: 0,
    }));
    const separator = new Uint8Array(128);
    for (const [i, { code }] of columns.entries()) separator[code] = i + 1;
    for (let w = 0; w < list.length; w++) {
      let [bits, before] = [0, 0];
      for (let i = starts[w], end = starts[w + 1] - 1; i < end;) {
        const byte = bytes[i];
        const code = byte < 128 ? byte : codePointAt(bytes, i);
        i += byte < 128 ? 1 : lengthOf(byte);
        bits |= kinds[code];
        if (code === 32) {
          this.blanks++;
          if (before === 32) bits |= BLANK;
        } else if (code < 128 && separator[code] > 0) columns[separator[code] - 1].n++;
        before = code;
      }
      for (const column of columns) {
        column.words[Math.min(column.n, MOST_COLUMNS - 1)]++;
        column.n = 0;
      }
      if (bits !== 0) this.count(bits, w);
    }
  }

  private count(bits: number, word: number): void {
    for (const bit of [UPPER, LOWER, STRAY, BLANK]) {
      if ((bits & bit) === 0) continue;
      if (this.words[bit]++ === 0) this.firsts.set(bit, word);
    }
  }

  /** The first word with such a character, quoted. */
  first(bit: number): string {
    return showStray(quoteWord(this.list.at(this.firsts.get(bit) ?? 0) ?? ""));
  }
}

/** What is not seen as JSON's escapes. */
export const showStray = (text: string): string =>
  text.replace(/[\p{Cf}]/gu, (character) => {
    const code = character.charCodeAt(0);
    return isStray(code) ? `\\u${code.toString(16).padStart(4, "0")}` : character;
  });

function kindOf(code: number): number {
  const character = String.fromCodePoint(code);
  if (/[\p{Lu}\p{Lt}]/u.test(character)) return UPPER;
  if (/\p{Ll}/u.test(character)) return LOWER;
  if (isStray(code)) return STRAY;
  return code !== 32 && /\p{Zs}/u.test(character) ? BLANK : 0;
}

/** JSON, a table or prose in place of a word per line. */
function layoutOf(
  list: WordList,
  look: Look,
  { words, characters }: Facts,
): [CorpusWarning["kind"], string] | undefined {
  if (isJson(list)) return ["json", "looks like JSON: expected one word per line"];
  for (const [separator, counts] of look.separated) {
    const columns = counts.findIndex((n, i) => i > 0 && n >= MOST * words);
    if (columns < 0) continue;
    const what = `looks like ${SEPARATORS[separator]} of ${columns + 1} columns`;
    return ["table", `${what}: choose one with --column 1`];
  }
  const blanks = look.blanks / words;
  if (blanks < PROSE_BLANKS && characters / words < PROSE_CHARACTERS) return undefined;
  const mean =
    blanks < PROSE_BLANKS
      ? `${Math.round(characters / words)} characters`
      : `${(blanks + 1).toFixed(1)} words`;
  return ["text", `looks like a running text, ${mean} per line: --level word reads it as one`];
}

/** How many words show it. */
const SHOWN = 100;

function isJson(list: WordList): boolean {
  const first = list.at(0) ?? "";
  const last = list.at(-1) ?? "";
  if (/^[[{]/.test(first) && /[\]}]$/.test(last)) return true;
  const some = Array.from({ length: Math.min(SHOWN, list.length) }, (_, i) => list.at(i) ?? "");
  return some.filter((word) => /^"[^"]*",?$/.test(word)).length >= MOST * some.length;
}

/** How many words have another NFC. */
function notNormal(list: WordList): number {
  let n = 0;
  for (const word of list) if (word.normalize("NFC") !== word) n++;
  return n;
}
