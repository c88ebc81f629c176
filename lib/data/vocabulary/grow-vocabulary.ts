/** A vocabulary that learns tokens: what it knows keeps its text, its integers may move. */
import { ValueError } from "../../errors.js";
import { type Tokens, Vocabulary } from "./vocabulary.js";
import { WordVocabulary } from "./word-vocabulary.js";

/**
 * The tokens of `known`, and those of `own` that it lacks: characters by code point as always,
 * words behind those that were known. `own` itself where none are known before.
 * @param mostWords of words: how many there may be, those that were known among them; 0: no limit
 * @throws ValueError for characters and words
 */
export function grownVocabulary<T extends Tokens>(
  known: Tokens | undefined,
  own: T,
  mostWords = 0,
): T {
  if (known === undefined) return own;
  if (known.level !== own.level) {
    throw new ValueError(`expected a vocabulary of ${own.level}s, got one of ${known.level}s`);
  }
  const old = known.itos.slice(1);
  const fresh = own.itos.slice(1).filter((token) => !known.stoi.has(token));
  if (own instanceof Vocabulary) {
    return new Vocabulary([...old, ...fresh], "vocabulary", own.normalize) as Tokens as T;
  }
  const room = mostWords === 0 ? fresh.length : Math.max(0, mostWords - wordsIn(known));
  const words = [...old, ...fresh.slice(0, room)];
  return WordVocabulary.fromJSON({ ...own.toJSON(), words }) as Tokens as T;
}

/** How many words a vocabulary knows: `<unk>` and the end of a sentence are none. */
export const wordsIn = ({ size, level, end }: Tokens): number =>
  size - (level === "word" && end !== undefined ? 2 : 1);

/** The token in `grown` of each token of `known`; token 0 is token 0. */
export const movedTokens = (known: Tokens, grown: Tokens): Int32Array =>
  Int32Array.from(known.itos, (text, token) => (token === 0 ? 0 : (grown.stoi.get(text) ?? -1)));
