/** New words, a character at a time. */
import { checkArguments, checkFields, whole } from "../check.js";
import type { Tokens } from "../data/index.js";
import { showStranger } from "../data/vocabulary/vocabulary.js";
import { DataError, quote, UsageError } from "../errors.js";
import type { LanguageModel } from "../models/index.js";
import { checkGenerator } from "../random/generator.js";
import type { Generator } from "../random/index.js";
import { drawSample, LONGEST } from "./draw-sample.js";
import { checkModelAndVocabulary, scoreText } from "./score.js";
import { atOnce, type Task } from "../train/event-loop.js";

/**
 * Refused words drawn in a row before giving up: one good word in 1,000 is missed once in 22,000
 * times (e^-10).
 */
const PATIENCE = 10_000;

/** Words that a list is asked about at once, at least: each time it is gone through. */
const ASKED = 256;

/**
 * Beyond it a word is longer than any list's, and a model that never ends one draws for minutes.
 */
const MOST_LENGTH = 1_000_000;

/** How words are drawn; each left out: as in the lecture. */
export interface SampleOptions {
  /**
   * divides the logits: below 1 likely characters become likelier, above 1 all become more alike; a
   * number > 0
   */
  temperature?: number;
  /**
   * draws among this many likeliest characters only (of equals, those of lower token); a whole
   * number >= 1
   */
  topK?: number;
  /** characters that every word starts with; the model sees them, and they are part of the word */
  prefix?: string;
  /**
   * characters (words) that a sample has at most, its prefix among them; one that would go on is
   * cut there. Left out: 1000 (100) after the prefix
   */
  maxLength?: number;
  /**
   * a sample of fewer characters (words), its prefix among them, is drawn again; 1 where left out,
   * so that none is empty
   */
  minLength?: number;
  /** a sample that was drawn before is drawn again */
  unique?: boolean;
  /** words that are drawn again rather than returned: a Set, or what else can say what it has */
  exclude?: Pick<ReadonlySet<string>, "has">;
}

/** A made-up word. */
export interface Sample {
  /** the word, without its end */
  readonly word: string;
  /** whether the maximum length ended it, not the model */
  readonly cut: boolean;
}

/**
 * A word, and how likely the model is to make it: all its characters and its end, at temperature 1,
 * without topK and prefix.
 */
export interface LikelyWord extends Sample {
  /**
   * natural logarithm of the probability; finite where the probability is too small for a number
   */
  readonly logProbability: number;
  /** exp(logProbability); 0 where that is too small for a number */
  readonly probability: number;
}

/**
 * `count` words drawn from the model: softmax of the logits, one multinomial draw, until the
 * boundary comes (or `maxLength` characters have). Without options as in the lecture, but that an
 * empty word is drawn again. With any of them, a drawn character takes as many numbers from the
 * generator.
 *
 * @throws UsageError for options out of range, DataError after 10,000 words in a row that were
 *   empty, too short, excluded or drawn before
 */
export const sample = (
  model: LanguageModel,
  vocabulary: Tokens,
  count: number,
  generator: Generator,
  options: SampleOptions = {},
): string[] => allSamples(model, vocabulary, count, generator, options).map(({ word }) => word);

/** The words of `sample`, each with its probability and whether it was cut. */
export const sampleWithProbabilities = (
  model: LanguageModel,
  vocabulary: Tokens,
  count: number,
  generator: Generator,
  options: SampleOptions = {},
): LikelyWord[] =>
  withProbabilities(model, vocabulary, allSamples(model, vocabulary, count, generator, options));

/** Samples with the probability of each. */
export const withProbabilities = (
  model: LanguageModel,
  vocabulary: Tokens,
  samples: readonly Sample[],
): LikelyWord[] =>
  samples.map(({ word, cut }) => {
    const { loss, predictions } = scoreText(model, vocabulary, word);
    const logProbability = -loss * predictions;
    return { word, cut, logProbability, probability: Math.exp(logProbability) };
  });

function allSamples(
  ...[model, vocabulary, count, generator, options]: Required<Parameters<typeof sample>>
): readonly Sample[] {
  checkModelAndVocabulary("sample", model, vocabulary);
  checkArguments("sample", { count, generator, options }, KINDS);
  const given = { ...options };
  checkSampleOptions(given, vocabulary);
  const { samples, shortage } = atOnce(sampling(model, vocabulary, count, generator, given));
  if (shortage !== undefined) throw new DataError("sample", shortage);
  return samples;
}

/** What `sampling` found. */
export interface Samples {
  readonly samples: readonly Sample[];
  /** why they are fewer than were asked for */
  readonly shortage: string | undefined;
}

/** What a command can ask beside a program's options. */
interface SamplingOptions extends SampleOptions {
  /**
   * which of some words a list has, where going through it once for many words is cheaper than one
   * by one; the generator may then stand further
   */
  listed?: (words: readonly string[]) => readonly boolean[];
}

/** `sample` as a task that yields after every token; too few words are no error. */
export function* sampling(
  model: LanguageModel,
  vocabulary: Tokens,
  count: number,
  generator: Generator,
  options: SamplingOptions = {},
): Task<Samples> {
  const { prefix = "", minLength = 1, unique = false, exclude, listed } = options;
  const start = vocabulary.encode(prefix);
  const samples: Sample[] = [];
  const found = new Set<string>();
  const refusals = new Map<string, number>();
  let refused = 0;
  while (samples.length < count) {
    const size = listed === undefined ? 1 : Math.max(ASKED, count - samples.length, refused);
    const drawn: (Sample & { length: number })[] = [];
    while (drawn.length < size) {
      const { ids, cut } = yield* drawSample(model, vocabulary, generator, { ...options, start });
      drawn.push({ word: vocabulary.decode(ids), cut, length: ids.length });
      yield;
    }
    const isListed = listed?.(drawn.map(({ word }) => word));
    for (const [i, { word, cut, length }] of drawn.entries()) {
      const why =
        length < minLength
          ? tooShort(minLength)
          : isListed?.[i] === true
            ? "in the list"
            : exclude?.has(word) === true
              ? "excluded"
              : unique && found.has(word)
                ? "drawn before"
                : undefined;
      if (why === undefined) {
        samples.push({ word, cut });
        if (unique) found.add(word);
        refusals.clear();
        refused = 0;
        if (samples.length === count) break;
      } else {
        refusals.set(why, (refusals.get(why) ?? 0) + 1);
        if (++refused === PATIENCE)
          return { samples, shortage: shortageOf(samples.length, count, refusals) };
      }
    }
  }
  return { samples, shortage: undefined };
}

const tooShort = (minLength: number): string =>
  minLength <= 1 ? "empty" : `shorter than ${minLength}`;

/** One line: how many there are, what the last draws were, and what to do. */
function shortageOf(found: number, count: number, refusals: ReadonlyMap<string, number>): string {
  const all = [...refusals]
    .map(([why, n]) => (refusals.size === 1 ? `all ${why}` : `${why} (${n})`))
    .join(", ");
  return (
    `found ${found} of ${count}: the last ${PATIENCE} words drawn were ${all}; ask for fewer, ` +
    "lower min-length, raise temperature or top-k, or change the prefix"
  );
}

const isWhole = (x: unknown, least: number, most = Infinity): boolean =>
  Number.isInteger(x) && (x as number) >= least && (x as number) <= most;
const isLength = (least: number): Rule => [
  `a whole number from ${least} to ${MOST_LENGTH}`,
  (x) => isWhole(x, least, MOST_LENGTH),
];

/** What an option must be. */
type Rule = readonly [expected: string, isOne: (x: unknown) => boolean];
const RULES: Readonly<Record<keyof SampleOptions, Rule>> = {
  temperature: ["a number above 0", (x) => typeof x === "number" && x > 0 && x < Infinity],
  topK: ["a whole number of 1 or more", (x) => isWhole(x, 1)],
  prefix: ["text", (x) => typeof x === "string"],
  maxLength: isLength(1),
  minLength: isLength(0),
  unique: ["true or false", (x) => typeof x === "boolean"],
  exclude: ["a Set", (x) => typeof (x as Set<string> | null)?.has === "function"],
};
const OPTIONS = Object.entries(RULES) as [keyof SampleOptions, Rule][];

const KINDS = {
  count: whole(0),
  generator: checkGenerator,
  options: (what: string, options: SampleOptions) =>
    checkFields(
      what,
      options,
      OPTIONS.map(([name]) => name),
    ),
};

/**
 * Checks the options that can be wrong.
 * @param nameOf how messages call an option: by its key, or as an option of the command line
 * @throws UsageError naming the option, what it expects and what came
 */
export function checkSampleOptions(
  options: SampleOptions,
  vocabulary: Tokens,
  nameOf: (key: string) => string = (key) => key,
): void {
  const expect = (valid: boolean, key: string, what: string, got: unknown): void => {
    if (!valid) throw new UsageError(`${nameOf(key)}: expected ${what}, got ${quote(got)}`);
  };
  for (const [name, [expected, isOne]] of OPTIONS) {
    const value = options[name];
    expect(value === undefined || isOne(value), name, expected, value);
  }
  const { prefix = "", maxLength, minLength = 1 } = options;
  const stranger = vocabulary.stranger(prefix);
  if (stranger !== undefined) {
    const [what, got] =
      vocabulary.level === "word"
        ? ["words that the model knows", quote(stranger)]
        : ["characters of the model's words", showStranger(stranger, vocabulary)];
    throw new UsageError(`${nameOf("prefix")}: expected ${what}, got ${got}`);
  }
  const own = vocabulary.encode(prefix).length;
  const most = maxLength ?? own + LONGEST[vocabulary.level];
  expect(
    own <= most,
    "prefix",
    `at most ${most} ${vocabulary.level}s, which is ${nameOf("maxLength")}`,
    prefix,
  );
  expect(
    minLength <= most,
    "minLength",
    `at most ${most}${maxLength === undefined ? " without" : ", which is"} ${nameOf("maxLength")}`,
    minLength,
  );
}
