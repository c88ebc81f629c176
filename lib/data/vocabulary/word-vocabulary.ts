/** The words a model knows, and the integers it knows them by. */
import { checkOptions, checkText, checkWhole, oneOf, whole } from "../../check.js";
import { DataError } from "../../errors.js";
import { PARAGRAPH_MARK, TEXT_MARK } from "../texts/brown.js";
import { checkForm, type NormalForm } from "../lists/normal-form.js";
import { ReadOnlyMap } from "./read-only-map.js";
import {
  checkLineRule,
  type LineRule,
  RARE,
  SENTENCE_END,
  SPLIT,
  TOKEN_RULES,
  type TokenRule,
  unmarked,
  type VocabularyTokens,
} from "../texts/tokenizer.js";
import { checkTokenText, type TokenText } from "../texts/tokens.js";
import { decoded, textGiven, type Tokens } from "./vocabulary.js";

/** Which words of a text are known. */
export interface WordVocabularyOptions {
  /** a word that occurs less often is rare; the paper's is 4 */
  minCount?: number;
  /** the most frequent words to keep at most; 0: all that are not rare */
  maxWords?: number;
  /** count in this many tokens from the start only; all where left out */
  countIn?: number;
  /** how a text for the model becomes tokens; "given" where left out */
  tokens?: VocabularyTokens;
  /** whether the text's lines are sentences, each with `</s>` at its end */
  lines?: LineRule;
  /** of Unicode, in which a text for the model is read; "none" where left out: as it comes */
  normalize?: NormalForm;
}

/** What `vocabulary.json` holds of a model of words. */
export interface WordVocabularyJson {
  /** the words of tokens 1, 2, ... */
  words: string[];
  /** left out: "given" */
  tokens?: VocabularyTokens;
  /** left out: "text" */
  lines?: LineRule;
  /** left out: "none" */
  normalize?: NormalForm;
}

/** How a text for the model is read. */
interface Rules {
  readonly tokens: VocabularyTokens;
  readonly lines: LineRule;
  readonly normalize: NormalForm;
}

const RULES = {
  tokens: oneOf("given", ...TOKEN_RULES),
  lines: checkLineRule,
  normalize: checkForm,
};

/** One character that ends a sentence in some script: . ? ! 。 ！ ？ । ؟ and others. */
const LAST = /^\p{Sentence_Terminal}$/u;

/** The end of a sentence, which as a context is the start: nothing is known from before it. */
const BETWEEN_SENTENCES = 1;

/** The vocabulary of a text, from how often each of its types counts. */
export let vocabularyOf: (
  types: readonly string[],
  counts: Int32Array,
  options: Omit<WordVocabularyOptions, "countIn">,
) => WordVocabulary;

/** The token of each type. */
export const tokensOf = (
  { stoi }: Pick<WordVocabulary, "stoi">,
  types: readonly string[],
): Int32Array => Int32Array.from(types, (type) => stoi.get(type) ?? 0);

/**
 * Token 0 is `<unk>`; words follow from the most frequent to the least, of equals the first in the
 * text first. Where lines are sentences, token 1 is their end `</s>`. It fills the contexts of
 * first words too, where other tools have `<s>`: as a context it can mean nothing else, and so no
 * token is left over that is never predicted.
 */
export class WordVocabulary implements Tokens {
  /** Tokens are words and punctuation. */
  readonly level = "word";
  /** Token to word. */
  readonly itos: readonly string[];
  /** Word to token. */
  readonly stoi: ReadonlyMap<string, number>;

  /** How a text becomes tokens. */
  readonly tokens: VocabularyTokens;
  /** What a line of a text is. */
  readonly lines: LineRule;
  /** Unicode's normal form in which text is encoded. */
  readonly normalize: NormalForm;
  /** The token that is predicted after the last word of a sentence; undefined in a running text. */
  readonly end: number | undefined;
  /** What a text begins after: the end of a sentence. */
  readonly start: number;

  private constructor(words: readonly string[], { tokens, lines, normalize }: Rules) {
    this.itos = Object.freeze([RARE, ...words]);
    this.stoi = new ReadOnlyMap(this.itos.map((word, token) => [word, token]));
    this.tokens = tokens;
    this.lines = lines;
    this.normalize = normalize;
    this.end = lines === "sentences" ? BETWEEN_SENTENCES : undefined;
    const point =
      this.stoi.get(".") ??
      Math.max(
        0,
        this.itos.findIndex((word) => LAST.test(word)),
      );
    this.start = this.end ?? point;
  }

  static {
    vocabularyOf = (types, counts, options) => {
      const { minCount = 4, maxWords = 0, tokens = "given" } = options;
      const { lines = "text", normalize = "none" } = options;
      const first = lines === "sentences" ? [SENTENCE_END] : [];
      const kept = types.flatMap((type, id) =>
        counts[id] >= minCount && type !== RARE && !first.includes(type) ? [id] : [],
      );
      kept.sort((a, b) => counts[b] - counts[a] || a - b);
      const words = (maxWords > 0 ? kept.slice(0, maxWords) : kept).map((id) => types[id]);
      return new WordVocabulary([...first, ...words], { tokens, lines, normalize });
    };
  }

  /** The words of a text that occur often enough, the most frequent first. */
  static of(text: TokenText, options: WordVocabularyOptions = {}): WordVocabulary {
    const { types, ids } = checkTokenText("WordVocabulary.of: text", text);
    const { countIn = ids.length, ...rules } = checkOptions("WordVocabulary.of", options, {
      minCount: whole(0),
      maxWords: whole(0),
      countIn: whole(0),
      ...RULES,
    });
    const counts = new Int32Array(types.length);
    const counted = Math.min(countIn, ids.length);
    for (let i = 0; i < counted; i++) counts[ids[i]]++;
    return vocabularyOf(types, counts, rules);
  }

  /** Number of tokens, `<unk>` included. */
  get size(): number {
    return this.itos.length;
  }

  /** The stream in this vocabulary's tokens. */
  encodeText(text: TokenText): Int32Array<ArrayBuffer> {
    const { types, ids } = checkTokenText("encodeText", text);
    const tokens = tokensOf(this, types);
    const stream = new Int32Array(ids.length);
    for (let i = 0; i < ids.length; i++) stream[i] = tokens[ids[i]];
    return stream;
  }

  /** The tokens of a piece of text; unknown words are rare ones. */
  encode(text: string): number[] {
    return this.wordsOf("encode", text).map((word) => this.tokenOf(word) ?? 0);
  }

  /** The words of a piece of text, known or not. */
  split(text: string): readonly string[] {
    return this.wordsOf("split", text);
  }

  private wordsOf(method: string, text: string): readonly string[] {
    const { tokens } = this;
    const formed = textGiven(method, text, this.normalize);
    const words = tokens === "given" ? this.given(formed) : SPLIT[tokens](formed);
    return this.end === undefined ? words : unmarked(words);
  }

  private given(text: string): string[] {
    const pieces = text.split(/\s+/).filter((piece) => piece !== "");
    return pieces.flatMap((piece) => (this.stoi.has(piece) ? [piece] : SPLIT.text(piece)));
  }

  /** undefined for a word that it does not know, and for the mark of an end that is none. */
  private tokenOf(word: string): number | undefined {
    const token = this.stoi.get(word);
    return token === this.end ? undefined : token;
  }

  /** The first word that is unknown; undefined where all are known. */
  stranger(text: string): string | undefined {
    return this.wordsOf("stranger", text).find((word) => this.tokenOf(word) === undefined);
  }

  /**
   * The words of the tokens with blanks between them.
   * @throws IndexError on a token outside [0, size)
   */
  decode(ids: Iterable<number>): string {
    return decoded(this.itos, ids).join(" ");
  }

  /**
   * A sentence ends with its own mark, which is part of it, or where a paragraph or text begins; of
   * lines, with `</s>` alone, which is no part.
   */
  ends(token: number): "with" | "before" | undefined {
    const word = this.itos[checkWhole("ends: token", token, 0)] as string | undefined;
    if (this.end !== undefined) return token === this.end ? "before" : undefined;
    if (word === TEXT_MARK || word === PARAGRAPH_MARK) return "before";
    return word !== undefined && LAST.test(word) ? "with" : undefined;
  }

  /** What vocabulary.json holds. */
  toJSON(): WordVocabularyJson {
    const { tokens, lines, normalize } = this;
    return {
      words: this.itos.slice(1),
      ...(tokens !== "given" && { tokens }),
      ...(lines !== "text" && { lines }),
      ...(normalize !== "none" && { normalize }),
    };
  }

  /** The inverse of `toJSON`. @throws DataError when the value is not what `toJSON` writes */
  static fromJSON(json: unknown, source = "vocabulary"): WordVocabulary {
    checkText("fromJSON: source", source);
    const given = Object(json) as { [K in keyof WordVocabularyJson]: unknown };
    const { words, tokens = "given", lines = "text", normalize = "none" } = given;
    const valid =
      Array.isArray(words) &&
      words.every((word) => typeof word === "string" && word !== "" && word !== RARE);
    if (!valid || new Set(words).size !== words.length)
      throw new DataError(source, 'expected {"words": [...]}: each word once, by token');
    try {
      const rules = {
        tokens: RULES.tokens("tokens", tokens as TokenRule),
        lines: RULES.lines("lines", lines as LineRule),
        normalize: RULES.normalize("normalize", normalize as NormalForm),
      };
      if (lines !== "sentences" || words[0] === SENTENCE_END)
        return new WordVocabulary(words as string[], rules);
    } catch (error) {
      throw new DataError(source, (error as Error).message);
    }
    throw new DataError(
      source,
      `expected ${SENTENCE_END} first of the words, of lines that are sentences`,
    );
  }
}
