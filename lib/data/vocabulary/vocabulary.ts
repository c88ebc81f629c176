/** The characters a model knows, and the integers it knows them by. */

import {
  type Check,
  checkArguments,
  checkFunction,
  checkIterable,
  checkText,
  checkWhole,
  objectWith,
  oneOf,
  optional,
  whole,
} from "../../check.js";
import { DataError, IndexError, quote } from "../../errors.js";
import { showCharacter } from "../unicode/invisible.js";
import { checkForm, inForm, isForm, type NormalForm, normalized } from "../lists/normal-form.js";
import { checkList, codePoints, WordList, type Words } from "../lists/word-list.js";
import { ReadOnlyMap } from "./read-only-map.js";
import { BOUNDARY, boundaryFor } from "../lists/words.js";

/** What `vocabulary.json` holds: the character of every token, in token order. */
export interface VocabularyJson {
  /** token to character, the boundary first */
  itos: string[];
  /** of Unicode, in which text is encoded; left out: as it comes */
  normalize?: "nfc";
}

/** What a model's integers stand for: characters of words, or words of a text. */
export interface Tokens {
  /** what a token is */
  readonly level: "character" | "word";
  /** token to text */
  readonly itos: readonly string[];
  /** text to token */
  readonly stoi: ReadonlyMap<string, number>;
  /** number of tokens */
  readonly size: number;
  /** text to tokens */
  encode(text: string): number[];
  /** tokens to text */
  decode(ids: Iterable<number>): string;
  /** the first part of a text that the model does not know */
  stranger(text: string): string | undefined;
  /** the token that stands before what is made up, as often as the model looks back */
  readonly start: number;
  /**
   * the token that is predicted after the last one of a text; undefined where a text has no end of
   * its own
   */
  readonly end: number | undefined;
  /** whether a token ends what is made up, as its last part or after it */
  ends(token: number): "with" | "before" | undefined;
  /** what vocabulary.json holds; the class's `fromJSON` reads it */
  toJSON(): object;
}

/** What tokens are. */
export const checkLevel = oneOf("character", "word");

/** @throws ValueError unless `value` is a vocabulary */
export function checkTokens(what: string, value: Tokens): void {
  const token: Check<number> = (at, id) => checkWhole(at, id, 0, value.size - 1);
  objectWith<Tokens>({
    level: checkLevel,
    size: whole(1),
    start: token,
    end: optional(token),
    encode: checkFunction,
    decode: checkFunction,
    stranger: checkFunction,
    ends: checkFunction,
  })(what, value);
}

/** The text that a method was given, in a vocabulary's normal form. */
export const textGiven = (method: string, text: string, normalize: NormalForm): string =>
  inForm(checkText(`${method}: text`, text), normalize);

/** The text of each token. @throws IndexError for what is none of them */
export const decoded = (itos: readonly string[], ids: Iterable<number>): string[] =>
  checkIterable("decode: ids", ids).map((id) => {
    const text = typeof id === "number" ? (itos[id] as string | undefined) : undefined;
    if (text === undefined)
      throw new IndexError(
        "decode",
        id,
        itos.length,
        `token ${quote(id)} is not an integer in [0, ${itos.length})`,
      );
    return text;
  });

/**
 * The distinct characters of some words, sorted by code point and numbered from 1; the boundary is
 * 0. It is an id, shown as `.`, or where that is in a word as a character that is in none.
 *
 * A character is a Unicode code point, as in Python: "🦊" is one, although JavaScript counts two
 * units. Sorting makes the numbering a property of the characters alone, whatever the order of the
 * words.
 */
export class Vocabulary implements Tokens {
  /** Tokens are characters. */
  readonly level = "character";
  /** Token to character. */
  readonly itos: readonly string[];
  /** Character to token. */
  readonly stoi: ReadonlyMap<string, number>;

  /** Unicode's normal form in which text is encoded. */
  readonly normalize: NormalForm;

  /**
   * @param source names the words in errors
   * @param normalize "nfc" finds "é" of one character or two; "none" takes text as it comes
   * @throws DataError on words that `checkWords` refuses
   */
  constructor(words: Words, source = "words", normalize: NormalForm = "none") {
    checkArguments(
      "Vocabulary",
      { words, source, normalize },
      { words: checkList, source: checkText, normalize: checkForm },
    );
    this.normalize = normalize;
    const found = codePoints(normalized(WordList.of(words, source), normalize, source));
    const codes = [...found].sort((a, b) => a - b);
    const characters = codes.map((code) => String.fromCodePoint(code));
    this.itos = Object.freeze([boundaryFor(found), ...characters]);
    this.stoi = new ReadOnlyMap(this.itos.map((character, token) => [character, token]));
  }

  /** How token 0 is shown; no character of a word. */
  get boundary(): string {
    return this.itos[0];
  }

  /** Number of tokens, the boundary included: 27 for a to z. */
  get size(): number {
    return this.itos.length;
  }

  /**
   * One token per character; no boundary is added. `boundary` encodes to 0, so that a prompt can be
   * written "..e".
   *
   * @throws DataError naming a character that is not in the vocabulary
   */
  encode(text: string): number[] {
    const ids: number[] = [];
    for (const character of textGiven("encode", text, this.normalize)) {
      const id = this.stoi.get(character);
      if (id === undefined) throw unknownCharacter(character, this.size);
      ids.push(id);
    }
    return ids;
  }

  /**
   * The characters of the tokens; 0 gives `boundary`, so a row of contexts prints as in the
   * lecture: "..e".
   *
   * @throws IndexError on a token outside [0, size)
   */
  decode(ids: Iterable<number>): string {
    return decoded(this.itos, ids).join("");
  }

  /** Neither unknown (undefined) nor the boundary (token 0). */
  stranger(text: string): string | undefined {
    const characters = [...textGiven("stranger", text, this.normalize)];
    return characters.find((character) => !this.stoi.get(character));
  }

  /** The boundary stands before every word. */
  get start(): number {
    return 0;
  }

  /** The boundary is predicted after every word. */
  get end(): number {
    return 0;
  }

  /** The boundary ends a word and is no part of it. */
  ends(token: number): "before" | undefined {
    return checkWhole("ends: token", token, 0) === 0 ? "before" : undefined;
  }

  /** What vocabulary.json holds. */
  toJSON(): VocabularyJson {
    const { itos, normalize } = this;
    return { itos: [...itos], ...(normalize === "nfc" && { normalize }) };
  }

  /**
   * The inverse of `toJSON`, for a value fresh from `JSON.parse`.
   *
   * @param source names the value in errors: its file
   * @throws DataError when the value is not what `toJSON` writes; a reordered list would silently
   *   permute a model's characters
   */
  static fromJSON(json: unknown, source = "vocabulary"): Vocabulary {
    checkText("fromJSON: source", source);
    const { itos, normalize: form = "none" } = Object(json) as {
      [K in keyof VocabularyJson]: unknown;
    };
    if (isTokenList(itos) && isForm(form)) {
      // Each character is a word of length one.
      const read = new Vocabulary(itos.slice(1), source, form);
      if (read.boundary === itos[0]) return read;
    }
    const what = "the boundary, then the characters by code point";
    throw new DataError(source, `expected {"itos": ["${BOUNDARY}", ...]}: ${what}`);
  }
}

/** A first token, then at least one character, each a single code point above the one before it. */
function isTokenList(itos: unknown): itos is string[] {
  if (!Array.isArray(itos) || itos.length < 2) return false;
  const characters: unknown[] = itos.slice(1);
  let previous = -1;
  for (const character of characters) {
    if (typeof character !== "string" || [...character].length !== 1) return false;
    if (codePoint(character) <= previous) return false;
    previous = codePoint(character);
  }
  return true;
}

function codePoint(character: string): number {
  return character.codePointAt(0) as number;
}

/** Names the code point as well: many characters look alike or do not print. */
function unknownCharacter(character: string, size: number): DataError {
  const hex = codePoint(character).toString(16).toUpperCase().padStart(4, "0");
  const shown = showCharacter(character);
  const named = shown.startsWith("U+") ? shown : `${shown} (U+${hex})`;
  return new DataError("vocabulary", `unknown character ${named}, not among its ${size} tokens`);
}

/** A character that a vocabulary lacks, for a message; with its other case, if it has that. */
export function showStranger(character: string, { stoi }: Pick<Tokens, "stoi">): string {
  const others = [character.toLowerCase(), character.toUpperCase()];
  const other = others.find((c) => c !== character && stoi.has(c));
  const known = other === undefined ? "" : `, only ${showCharacter(other)}`;
  return showCharacter(character) + known;
}
