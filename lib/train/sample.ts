/** New words, a character at a time. */
import { checkInstance, checkObject, checkWhole } from "../check.js";
import type { Tokens } from "../data/index.js";
import { showStranger } from "../data/vocabulary.js";
import { DataError, quote, UsageError } from "../errors.js";
import type { LanguageModel } from "../models/index.js";
import { logitsOf } from "../models/model.js";
import { Generator } from "../random/index.js";
import { multinomial, noGrad, softmax, type Tensor, tensor } from "../tensor/index.js";
import { checkSpeaker, scoreText } from "./score.js";
import { atOnce, type Task } from "./turns.js";

/** A model that never draws an end would go on for ever; no word of the corpora is near this long, and few sentences. */
const LONGEST = { character: 1000, word: 100 } as const;

/** Excluded words drawn in a row before giving up: one new word in 1,000 is missed once in 22,000 times (e^-10). */
const PATIENCE = 10_000;

/** How words are drawn; each left out: as in the lecture. */
export interface SampleOptions {
  /** divides the logits: below 1 likely characters become likelier, above 1 all become more alike; a number > 0 */
  temperature?: number;
  /** draws among this many likeliest characters only (of equals, those of lower token); a whole number >= 1 */
  topK?: number;
  /** characters that every word starts with; the model sees them, and they are part of the word */
  prefix?: string;
  /** words that are drawn again rather than returned: a Set, or what else can say what it has */
  exclude?: Pick<ReadonlySet<string>, "has">;
}

/** A word, and how likely the model is to make it: all its characters and its end, at temperature 1, without topK and prefix. */
export interface LikelyWord {
  /** the word, without its end */
  readonly word: string;
  /** natural logarithm of the probability; finite where the probability is too small for a number */
  readonly logProbability: number;
  /** exp(logProbability); 0 where that is too small for a number */
  readonly probability: number;
}

/**
 * `count` words drawn from the model: softmax of the logits, one multinomial draw, until the boundary comes (or 1000 characters
 * have). Without options as in the lecture. With any of them, a drawn character takes as many numbers from the generator.
 *
 * @throws UsageError for options out of range, DataError after 10,000 excluded words in a row
 */
export const sample = (
  model: LanguageModel, vocabulary: Tokens, count: number, generator: Generator, options: SampleOptions = {},
): string[] => atOnce(sampling(model, vocabulary, count, generator, options));

/** The words of `sample`, each with its probability. */
export const sampleWithProbabilities = (
  model: LanguageModel, vocabulary: Tokens, count: number, generator: Generator, options: SampleOptions = {},
): LikelyWord[] =>
  sample(model, vocabulary, count, generator, options).map((word) => {
    const { loss, predictions } = scoreText(model, vocabulary, word);
    const logProbability = -loss * predictions;
    return { word, logProbability, probability: Math.exp(logProbability) };
  });

/** `sample` as a task that yields after every word. */
export function* sampling(
  model: LanguageModel, vocabulary: Tokens, count: number, generator: Generator, options: SampleOptions = {},
): Task<string[]> {
  checkSpeaker("sample", model, vocabulary);
  checkWhole("sample: count", count, 0);
  checkInstance("sample: generator", generator, Generator, "a Generator");
  const given = { ...checkObject("sample: options", options) };
  checkSampleOptions(given, vocabulary);
  const { prefix = "", exclude } = given;
  const start = vocabulary.encode(prefix);
  const words: string[] = [];
  let refused = 0;
  while (words.length < count) {
    const word = vocabulary.decode(noGrad(() => sampleIds(model, vocabulary, start, generator, given)));
    if (!exclude?.has(word)) {
      words.push(word);
      refused = 0;
    } else if (++refused === PATIENCE) {
      const remedy = "raise temperature or top-k, or change the prefix";
      throw new DataError("sample", `the last ${PATIENCE} words drawn were all excluded ones; ${remedy}`);
    }
    yield;
  }
  return words;
}

/**
 * Checks the options that can be wrong.
 * @param nameOf how messages call an option: by its key, or as an option of the command line
 * @throws UsageError naming the option, what it expects and what came
 */
export function checkSampleOptions(
  { temperature = 1, topK = 1, prefix = "", exclude }: { [K in keyof SampleOptions]: unknown },
  vocabulary: Tokens, nameOf: (key: string) => string = (key) => key,
): void {
  const expect = (valid: boolean, key: string, what: string, got: unknown): void => {
    if (!valid) throw new UsageError(`${nameOf(key)}: expected ${what}, got ${quote(got)}`);
  };
  const positive = (x: unknown) => typeof x === "number" && x > 0 && x < Infinity;
  expect(positive(temperature), "temperature", "a number above 0", temperature);
  expect(positive(topK) && Number.isInteger(topK), "topK", "a whole number of 1 or more", topK);
  expect(typeof prefix === "string", "prefix", "text", prefix);
  expect(exclude === undefined || (typeof exclude === "object" && typeof (exclude as Set<string> | null)?.has === "function"), "exclude", "a Set", exclude);
  const stranger = vocabulary.stranger(prefix as string);
  if (stranger === undefined) return;
  const [what, got] = vocabulary.level === "word" ? ["words that the model knows", quote(stranger)] : ["characters of the model's words", showStranger(stranger, vocabulary)];
  throw new UsageError(`${nameOf("prefix")}: expected ${what}, got ${got}`);
}

function sampleIds(model: LanguageModel, vocabulary: Tokens, start: readonly number[], generator: Generator, options: SampleOptions): number[] {
  const ids = [...start];
  let context = [...new Array<number>(model.blockSize).fill(vocabulary.start), ...start].slice(-model.blockSize);
  for (let drawn = 0; drawn < LONGEST[vocabulary.level]; drawn++) {
    const logits = shaped(logitsOf(model, tensor([context], { dtype: "int32" })), options);
    const id = multinomial(softmax(logits, 1), 1, { generator }).item();
    const end = vocabulary.ends(id);
    // A paragraph that ends before it has begun is no sentence, nor is an empty line; a word of no characters is a word.
    const none = ids.length === (vocabulary.end === undefined ? start.length : 0);
    const skipped = end === "before" && vocabulary.level === "word" && none;
    if (end === "before" && !skipped) break;
    if (!skipped) ids.push(id);
    if (end === "with") break;
    context = [...context.slice(1), id];
  }
  return ids;
}

/** Logits [1, V] with temperature and topK applied; unchanged without them. */
function shaped(logits: Tensor, { temperature = 1, topK = Infinity }: SampleOptions): Tensor {
  if (temperature === 1 && topK >= logits.numel) return logits;
  let x = logits.toTypedArray() as Float32Array;
  // Softmax subtracts the largest anyway; done before the division, no temperature is too small for it.
  const most = x.reduce((a, b) => Math.max(a, b));
  x = x.map((logit) => (logit - most) / temperature);
  return tensor(topK < x.length ? keepLargest(x, topK) : x, { shape: logits.shape });
}

/** All but the k largest made impossible; of equal ones the first stay. */
function keepLargest(x: Float32Array, k: number): Float32Array {
  const edge = x.toSorted()[x.length - k];
  let room = k - x.filter((logit) => logit > edge).length;
  return x.map((logit) => (logit > edge || (logit === edge && room-- > 0) ? logit : -Infinity));
}
