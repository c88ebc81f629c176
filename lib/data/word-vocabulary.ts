/** The words a model knows, and the integers it knows them by. */
import { checkObject, checkText, checkWhole } from "../check.js";
import { DataError } from "../errors.js";
import { PARAGRAPH_MARK, TEXT_MARK } from "./brown.js";
import { ReadOnlyMap } from "./read-only-map.js";
import { checkTokenText, tokenize, type TokenText } from "./tokens.js";
import { decoded, type Tokens } from "./vocabulary.js";

/** Stands for every word that is too rare to be known: token 0. It is predicted and counted like any other. */
export const RARE = "<unk>";

/** Which words of a text are known. */
export interface WordVocabularyOptions {
  /** a word that occurs less often is rare; the paper's is 4 */
  minCount?: number;
  /** the most frequent words to keep at most; 0: all that are not rare */
  maxWords?: number;
  /** count in this many tokens from the start only; all where left out */
  countIn?: number;
}

/** What `vocabulary.json` holds of a model of words. */
export interface WordVocabularyJson {
  /** the words of tokens 1, 2, ... */
  words: string[];
}

/** Token 0 is `<unk>`; words follow from the most frequent to the least, of equals the first in the text first. */
export class WordVocabulary implements Tokens {
  /** Tokens are words and punctuation. */
  readonly level = "word";
  /** Token to word. */
  readonly itos: readonly string[];
  /** Word to token. */
  readonly stoi: ReadonlyMap<string, number>;

  private constructor(words: readonly string[]) {
    this.itos = Object.freeze([RARE, ...words]);
    this.stoi = new ReadOnlyMap(this.itos.map((word, token) => [word, token]));
  }

  /** The words of a text that occur often enough, the most frequent first. */
  static of(text: TokenText, options: WordVocabularyOptions = {}): WordVocabulary {
    const { types, ids } = checkTokenText("WordVocabulary.of: text", text);
    const { minCount = 4, maxWords = 0, countIn = ids.length } = checkObject("WordVocabulary.of: options", options);
    checkWhole("WordVocabulary.of: minCount", minCount, 0);
    checkWhole("WordVocabulary.of: maxWords", maxWords, 0);
    checkWhole("WordVocabulary.of: countIn", countIn, 0);
    const counts = new Int32Array(types.length);
    const counted = Math.min(countIn, ids.length);
    for (let i = 0; i < counted; i++) counts[ids[i]]++;
    const kept = types.flatMap((type, id) => (counts[id] >= minCount && type !== RARE ? [id] : []));
    kept.sort((a, b) => counts[b] - counts[a] || a - b);
    return new WordVocabulary((maxWords > 0 ? kept.slice(0, maxWords) : kept).map((id) => types[id]));
  }

  /** Number of tokens, `<unk>` included. */
  get size(): number {
    return this.itos.length;
  }

  /** The stream in this vocabulary's tokens. */
  encodeText(text: TokenText): Int32Array<ArrayBuffer> {
    const { types, ids } = checkTokenText("encodeText", text);
    const tokens = Int32Array.from(types, (type) => this.stoi.get(type) ?? 0);
    const stream = new Int32Array(ids.length);
    for (let i = 0; i < ids.length; i++) stream[i] = tokens[ids[i]];
    return stream;
  }

  /** The tokens of a piece of text; unknown words are rare ones. Words between blanks that the vocabulary knows stay whole. */
  encode(text: string): number[] {
    const pieces = checkText("encode: text", text).split(/\s+/).filter((piece) => piece !== "");
    return pieces.flatMap((piece) => (this.stoi.has(piece) ? [piece] : tokenize(piece))).map((word) => this.stoi.get(word) ?? 0);
  }

  /** The first word that is unknown; undefined where all are known. */
  stranger(text: string): string | undefined {
    return checkText("stranger: text", text).split(/\s+/).find((piece) => piece !== "" && this.encode(piece).includes(0));
  }

  /** The words of the tokens with blanks between them. @throws IndexError on a token outside [0, size) */
  decode(ids: Iterable<number>): string {
    return decoded(this.itos, ids).join(" ");
  }

  /** A text begins after the end of a sentence. */
  get start(): number {
    return this.stoi.get(".") ?? 0;
  }

  /** A sentence ends with its own mark, which is part of it, or where a paragraph or text begins. */
  ends(token: number): "with" | "before" | undefined {
    const word = this.itos[checkWhole("ends: token", token, 0)];
    return word === "." || word === "?" || word === "!" ? "with" : word === TEXT_MARK || word === PARAGRAPH_MARK ? "before" : undefined;
  }

  /** What vocabulary.json holds. */
  toJSON(): WordVocabularyJson {
    return { words: this.itos.slice(1) };
  }

  /** The inverse of `toJSON`. @throws DataError when the value is not what `toJSON` writes */
  static fromJSON(json: unknown, source = "vocabulary"): WordVocabulary {
    checkText("fromJSON: source", source);
    const words: unknown = typeof json === "object" && json !== null && "words" in json ? json.words : undefined;
    const valid = Array.isArray(words) && words.every((word) => typeof word === "string" && word !== "" && word !== RARE);
    if (!valid || new Set(words).size !== words.length) throw new DataError(source, 'expected {"words": [...]}: each word once, by token');
    return new WordVocabulary(words as string[]);
  }
}
