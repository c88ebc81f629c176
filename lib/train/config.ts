/**
 * Every setting of a training run, with its default (the lecture's) and its limits; the command
 * line and config.json are made from it.
 */
import { z } from "zod";
import { checkFunction, checkObject } from "../check.js";
import { brownVariant } from "../data/index.js";
import { LINE_RULES, TOKEN_RULES } from "../data/tokenizer.js";
import { quote, UsageError } from "../errors.js";
import { LONGEST_NGRAM } from "../models/ngram/counts.js";
import { isCounted } from "./counted.js";
import { nearest } from "./nearest.js";
import { OF_CHARACTERS, type PresetName, PRESETS } from "./presets.js";
import { parseSchedule } from "./schedule.js";

function whole(min: number, max: number) {
  const error = `expected a whole number from ${min} to ${max}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}
function fraction(min: number, below: number) {
  const error = `expected a number from ${min} to below ${below}`;
  return z.number({ error }).min(min, { error }).lt(below, { error });
}
const choice = <const T extends readonly [string, ...string[]]>(...names: T) =>
  z.enum(names, { error: `expected ${names.join(" or ")}` });
/**
 * Seeds are read by generators that use the low 32 bits (torch) or the absolute value (Python): any
 * exact integer.
 */
const seed = () => whole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);

const fileName = { error: "expected a file name" };
const optionalFile = () => z.string(fileName).min(1, fileName).nullable().default(null);
const schedule = z
  .string({ error: "expected text such as 0.1@0,0.01@100000" })
  .superRefine((text, context) => {
    try {
      parseSchedule(text, 1);
    } catch (error) {
      context.addIssue({
        code: "custom",
        message: (error as Error).message.replace(/^learning rate: /, ""),
      });
    }
  });

const SETTINGS = {
  /**
   * corpus: names (shipped), brown:A or brown:P (the Brown corpus), or a file with one word per
   * line; default: names
   */
  data: z
    .string(fileName)
    .min(1, fileName)
    .default("names")
    .describe(
      "corpus: names (shipped), brown:A or brown:P (the Brown corpus), or a file with one word per line",
    ),
  /**
   * of a table (CSV, TSV): the column with the words, by its name in the first row or its number
   * from 1; default: none
   */
  column: z
    .string({ error: "expected text, the name or number of a column" })
    .default("")
    .describe(
      "of a table (CSV, TSV): the column with the words, by its name in the first row or its number from 1",
    ),
  /**
   * of a table: the column with their weights; examples are drawn by them, and the words are
   * distinct; default: none
   */
  weightColumn: z
    .string({ error: "expected text, the name or number of a column" })
    .default("")
    .describe(
      "of a table: the column with their weights; examples are drawn by them, and the words are distinct",
    ),
  /** Unicode's normal form of characters; none: as they come; default: nfc */
  normalize: choice("nfc", "none")
    .default("nfc")
    .describe("Unicode's normal form of characters; none: as they come"),
  /** drop repeats of words before the split; default: false */
  unique: z
    .boolean({ error: "expected true or false" })
    .default(false)
    .describe("drop repeats of words before the split"),
  /** what is predicted; with word a file is a text, and brown is one always; default: character */
  level: choice("character", "word")
    .default("character")
    .describe("what is predicted; with word a file is a text, and brown is one always"),
  /**
   * of words: Unicode's words and other characters, what stands between blanks, or words as
   * Intl.Segmenter finds them; default: text
   */
  tokens: choice(...TOKEN_RULES)
    .default("text")
    .describe(
      "of words: Unicode's words and other characters, what stands between blanks, or words as Intl.Segmenter finds them",
    ),
  /** of words: a running text, or a sentence per line, whose end is predicted; default: text */
  lines: choice(...LINE_RULES)
    .default("text")
    .describe("of words: a running text, or a sentence per line, whose end is predicted"),
  /**
   * of words: file with the dev part, of a corpus that comes split; default: a tenth of the text
   */
  devData: optionalFile().describe(
    "of words: file with the dev part, of a corpus that comes split",
  ),
  /**
   * of words: file with the test part, of a corpus that comes split; default: a tenth of the text
   */
  testData: optionalFile().describe(
    "of words: file with the test part, of a corpus that comes split",
  ),
  /** of words: one that occurs less often is <unk>; default: 4 */
  minCount: whole(1, 1_000_000_000)
    .default(4)
    .describe("of words: one that occurs less often is <unk>"),
  /** of words: the most frequent ones to know at most; 0: no limit; default: 0 */
  maxWords: whole(0, 10_000_000)
    .default(0)
    .describe("of words: the most frequent ones to know at most; 0: no limit"),
  /** where words are counted: in the whole text, or in its train split; default: stream */
  countOn: choice("stream", "train")
    .default("stream")
    .describe("where words are counted: in the whole text, or in its train split"),
  /**
   * mlp (the lecture's), nplm (the paper's), a bigram table; or counted: del-int, kneser-ney,
   * kneser-ney-backoff or class, n-grams of block-size + 1; default: mlp
   */
  model: choice("mlp", "bigram", "nplm", "del-int", "kneser-ney", "kneser-ney-backoff", "class")
    .default("mlp")
    .describe(
      "mlp (the lecture's), nplm (the paper's), a bigram table; or counted: del-int, kneser-ney, kneser-ney-backoff or class, n-grams of block-size + 1",
    ),
  /** of class: how many classes of words; default: 500 */
  classes: whole(1, 10_000).default(500).describe("of class: how many classes of words"),
  /** characters (words) of context; default: 3 */
  blockSize: whole(1, 1000).default(3).describe("characters (words) of context"),
  /** numbers per character (word) in the embedding table C; default: 10 */
  embedding: whole(1, 100_000)
    .default(10)
    .describe("numbers per character (word) in the embedding table C"),
  /** units of the tanh layer; nplm can do without; default: 200 */
  hidden: whole(0, 1_000_000).default(200).describe("units of the tanh layer; nplm can do without"),
  /** of nplm: connections from the embedding to the output (the paper's W); default: false */
  direct: z
    .boolean({ error: "expected true or false" })
    .default(false)
    .describe("of nplm: connections from the embedding to the output (the paper's W)"),
  /**
   * of nplm: the output's weights are the embedding's, behind a projection of the hidden layer;
   * default: false
   */
  tied: z
    .boolean({ error: "expected true or false" })
    .default(false)
    .describe(
      "of nplm: the output's weights are the embedding's, behind a projection of the hidden layer",
    ),
  /**
   * of nplm: first bias of the output, 0 or the logarithm of each word's share of the train split;
   * default: zero
   */
  bias: choice("zero", "unigram")
    .default("zero")
    .describe(
      "of nplm: first bias of the output, 0 or the logarithm of each word's share of the train split",
    ),
  /** examples per step; default: 32 */
  batchSize: whole(1, 10_000_000).default(32).describe("examples per step"),
  /** of examples: drawn with replacement, or each once per epoch; default: random */
  order: choice("random", "shuffled")
    .default("random")
    .describe("of examples: drawn with replacement, or each once per epoch"),
  /** training steps; default: 200000 */
  steps: whole(0, 1_000_000_000).default(200_000).describe("training steps"),
  /**
   * learning rates: VALUE@STEP,..., step:VALUE*FACTOR/STEPS, cosine:VALUE->VALUE, inverse:VALUE/R
   * or onecycle:VALUE/WARM-UP; default: 0.1@0,0.01@100000
   */
  lr: schedule
    .default("0.1@0,0.01@100000")
    .describe(
      "learning rates: VALUE@STEP,..., step:VALUE*FACTOR/STEPS, cosine:VALUE->VALUE, inverse:VALUE/R or onecycle:VALUE/WARM-UP",
    ),
  /** what moves the parameters; default: sgd */
  optimizer: choice("sgd", "adamw").default("sgd").describe("what moves the parameters"),
  /** of sgd: part of each step that the next one repeats; default: 0 */
  momentum: fraction(0, 1)
    .default(0)
    .describe("of sgd: part of each step that the next one repeats"),
  /**
   * pull of the parameters towards 0, as PyTorch's optimizers have it; of nplm all but the biases;
   * default: 0
   */
  weightDecay: fraction(0, 1e6)
    .default(0)
    .describe(
      "pull of the parameters towards 0, as PyTorch's optimizers have it; of nplm all but the biases",
    ),
  /** largest norm of all gradients together; 0: no limit; default: 0 */
  clip: fraction(0, 1e30)
    .default(0)
    .describe("largest norm of all gradients together; 0: no limit"),
  /** part of the hidden units left out at random in every training step; default: 0 */
  dropout: fraction(0, 1)
    .default(0)
    .describe("part of the hidden units left out at random in every training step"),
  /**
   * first parameters: standard normal, or W1 scaled for tanh and zeros for biases and W2; default:
   * normal
   */
  init: choice("normal", "kaiming")
    .default("normal")
    .describe(
      "first parameters: standard normal, or W1 scaled for tanh and zeros for biases and W2",
    ),
  /** seed of the parameters; default: 2147483647 */
  seed: seed().default(2147483647).describe("seed of the parameters"),
  /** seed of the shuffle before the 80/10/10 split; default: 42 */
  splitSeed: seed().default(42).describe("seed of the shuffle before the 80/10/10 split"),
  /** seed of the minibatches; default: 1 */
  batchSeed: seed().default(1).describe("seed of the minibatches"),
  /** seed of what dropout leaves out; default: 2 */
  dropoutSeed: seed().default(2).describe("seed of what dropout leaves out"),
  /** steps between the losses kept in metrics.jsonl; default: a 200th of steps */
  logEvery: whole(1, 1_000_000_000)
    .default(1000)
    .describe("steps between the losses kept in metrics.jsonl"),
  /**
   * steps between measurements of the dev split; the best model is kept; default: a 10th of steps
   */
  evalEvery: whole(1, 1_000_000_000)
    .default(20_000)
    .describe("steps between measurements of the dev split; the best model is kept"),
  /**
   * examples of train and of dev that losses are measured on at most, a fixed random part of a
   * larger split: a number, or all; default: 200000
   */
  evalExamples: z
    .union([z.literal("all"), z.number().int().min(1).max(1_000_000_000)], {
      error: "expected all, or a whole number from 1 to 1000000000",
    })
    .default(200_000)
    .describe(
      "examples of train and of dev that losses are measured on at most, a fixed random part of a larger split: a number, or all",
    ),
  /**
   * measurements of the dev split without a new best before training stops; 0: it does not;
   * default: 0
   */
  patience: whole(0, 1_000_000)
    .default(0)
    .describe(
      "measurements of the dev split without a new best before training stops; 0: it does not",
    ),
  /** steps between checkpoints, from which --resume goes on; default: a 10th of steps */
  checkpointEvery: whole(1, 1_000_000_000)
    .default(20_000)
    .describe("steps between checkpoints, from which --resume goes on"),
  /** words to make up at the end; default: 20 */
  samples: whole(0, 1_000_000).default(20).describe("words to make up at the end"),
  /** seed of the words made up at the end; default: 2147483657 */
  sampleSeed: seed().default(2147483657).describe("seed of the words made up at the end"),
};
export const configSchema = z.strictObject(SETTINGS);

/** Settings that follow `steps` where they are not given: which part of them. */
const PARTS_OF_STEPS = { logEvery: 200, evalEvery: 10, checkpointEvery: 10 } as const;

const isPartOfSteps = (key: string): key is keyof typeof PARTS_OF_STEPS =>
  Object.hasOwn(PARTS_OF_STEPS, key);

/** What a setting is where it is left out, in words. */
export function defaultText(key: keyof typeof SETTINGS): string {
  if (isPartOfSteps(key)) return `a ${PARTS_OF_STEPS[key]}th of steps`;
  return String(configSchema.shape[key].def.defaultValue ?? "a tenth of the text") || "none";
}

/** What each setting is where it is left out, in a run with the steps and the model of another. */
export function usualSettings({ steps, model }: Pick<TrainConfig, "steps" | "model">): TrainConfig {
  const defaults = configSchema.parse({});
  // A counted model takes no steps, and nothing follows them.
  return isCounted(model)
    ? defaults
    : { ...followSteps({ ...defaults, steps }, {}), steps: defaults.steps };
}

function followSteps(config: TrainConfig, given: Readonly<Record<string, unknown>>): TrainConfig {
  const followed = Object.entries(PARTS_OF_STEPS).filter(([key]) => !(key in given));
  return {
    ...config,
    ...Object.fromEntries(
      followed.map(([key, parts]) => [key, Math.max(1, Math.round(config.steps / parts))]),
    ),
  };
}

/** Every setting of a training run, complete; `parseConfig` fills in what is left out. */
// Not z.infer of the schema, whose emitted type has lost the docstrings: an editor shows them.
export type TrainConfig = { [K in keyof typeof SETTINGS]: z.infer<(typeof SETTINGS)[K]> };

/**
 * What the parameters and tokens of a model mean, and how they began: settings that a training from
 * a run takes from it.
 */
export const MODEL_SETTINGS = [
  "level",
  "tokens",
  "lines",
  "normalize",
  "model",
  "blockSize",
  "embedding",
  "hidden",
  "direct",
  "tied",
  "bias",
  "init",
] as const satisfies readonly (keyof TrainConfig)[];

/** What a run may be started with: settings, and the preset that stands in for those left out. */
export type Settings = Partial<TrainConfig> & {
  /** the settings that stand in for those left out; "lecture" where left out */
  preset?: PresetName;
};

/** `--block-size` for blockSize. */
export const optionName = (key: string): string =>
  `--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;

/**
 * Settings completed with those of their `preset`, if they name one, and with defaults.
 * @param nameOf how messages call a setting: by its key, or as an option of the command line
 * @throws UsageError naming the setting, what it expects and what came
 */
export function parseConfig(
  settings: Readonly<Record<string, unknown>>,
  nameOf: (key: string) => string = (key) => key,
): TrainConfig {
  checkFunction("parseConfig: nameOf", nameOf);
  const { preset = "lecture", ...given } = checkObject("parseConfig: settings", settings);
  if (typeof preset !== "string" || !Object.hasOwn(PRESETS, preset)) {
    const near = typeof preset === "string" ? nearest(preset, Object.keys(PRESETS)) : undefined;
    const hint = near === undefined ? "" : `; did you mean ${near}?`;
    throw new UsageError(
      `${nameOf("preset")}: expected ${Object.keys(PRESETS).join(", ")}, got ${quote(preset)}${hint}`,
    );
  }
  const chosen = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  );
  const ofPreset = PRESETS[preset as PresetName];
  const all = { ...ofPreset, ...chosen };
  const parsed = configSchema.safeParse(all);
  if (parsed.success) {
    // A setting that nobody typed is called by the preset that has it.
    const called = (key: string) =>
      key in ofPreset && !(key in chosen)
        ? `${nameOf("preset")} ${preset}: its ${nameOf(key)}`
        : nameOf(key);
    checkPreset(preset as PresetName, parsed.data, nameOf);
    return fitting(followSteps(parsed.data, all), called);
  }
  const issue = parsed.error.issues[0];
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(configSchema.shape);
    const near = nearest(issue.keys[0], known, 3);
    const hint =
      near !== undefined ? `did you mean ${near}?` : `expected one of ${known.join(", ")}`;
    throw new UsageError(`unknown setting ${quote(issue.keys[0])}: ${hint}`);
  }
  const key = String(issue.path[0]);
  const got = issue.message.includes(", got ") ? "" : `, got ${quote(given[key])}`;
  throw new UsageError(`${nameOf(key)}: ${issue.message}${got}`);
}

/** Weights ask for a table, and for minibatches that are drawn. */
function checkWeighted(config: TrainConfig, nameOf: (key: string) => string): void {
  const name = nameOf("weightColumn");
  if (config.column === "") throw new UsageError(`${name}: expected ${nameOf("column")} with it`);
  if (config.order === "shuffled")
    throw new UsageError(`${name}: expected ${nameOf("order")} random with it, got shuffled`);
  if (isCounted(config.model))
    throw new UsageError(
      `${name}: ${config.model} counts every word once, expected a model that is trained`,
    );
}

/** @throws UsageError for a preset of characters where the corpus is one of words */
function checkPreset(
  preset: PresetName,
  { data, level }: TrainConfig,
  nameOf: (key: string) => string,
): void {
  if (
    !OF_CHARACTERS.includes(preset) ||
    (level === "character" && brownVariant(data) === undefined)
  )
    return;
  const got = level === "word" ? `${nameOf("level")} word` : quote(data);
  throw new UsageError(
    `${nameOf("preset")} ${preset}: its settings are for characters, got ${got}; for words there are kn3 to kn5 and paper-best`,
  );
}

/** `config`, unless a setting in it would do nothing. */
function fitting(config: TrainConfig, nameOf: (key: string) => string): TrainConfig {
  const idle = (key: keyof TrainConfig, reason: string) =>
    new UsageError(`${nameOf(key)}: ${reason}, expected 0, got ${config[key]}`);
  for (const key of ["dropout", "momentum", "weightDecay", "clip"] as const) {
    if (config[key] !== 0 && isCounted(config.model))
      throw idle(key, `${config.model} is counted, not trained`);
  }
  if (config.momentum !== 0 && config.optimizer === "adamw")
    throw idle("momentum", "adamw has its own");
  if (config.dropout !== 0 && config.model === "bigram")
    throw idle("dropout", "a bigram model has no hidden units");
  if (config.dropout !== 0 && config.hidden === 0)
    throw idle("dropout", "without hidden units there is nothing to leave out");
  const level = brownVariant(config.data) === undefined ? config.level : "word";
  const only = (
    keys: readonly (keyof TrainConfig)[],
    of: "model" | "level",
    wanted: string,
    got: string,
  ) => {
    const idleKey =
      wanted === got
        ? undefined
        : keys.find((key) => config[key] !== configSchema.shape[key].def.defaultValue);
    if (idleKey !== undefined)
      throw new UsageError(
        `${nameOf(idleKey)}: expected ${nameOf(of)} ${wanted} with it, got ${quote(config[idleKey])} and ${got}`,
      );
  };
  only(["direct", "tied", "bias"], "model", "nplm", config.model);
  only(["init"], "model", "mlp", config.model);
  only(["classes"], "model", "class", config.model);
  only(
    ["tokens", "lines", "devData", "testData", "minCount", "maxWords", "countOn"],
    "level",
    "word",
    level,
  );
  only(["column", "weightColumn", "normalize", "unique"], "level", "character", level);
  if (config.weightColumn !== "") checkWeighted(config, nameOf);
  if (config.tied && config.direct)
    throw new UsageError(`${nameOf("tied")}: expected no ${nameOf("direct")} with it, got both`);
  if (config.hidden === 0 && config.model === "mlp")
    throw new UsageError(`${nameOf("hidden")}: expected a whole number from 1 to 1000000, got 0`);
  if (config.hidden === 0 && config.model === "nplm" && !config.direct)
    throw new UsageError(
      `${nameOf("hidden")}: expected 1 or more without ${nameOf("direct")}, got 0`,
    );
  if (config.model === "del-int" && config.blockSize < 2)
    throw new UsageError(
      `${nameOf("blockSize")}: expected 2 or more for del-int, got ${config.blockSize}`,
    );
  if (isCounted(config.model) && config.model !== "del-int" && config.blockSize >= LONGEST_NGRAM) {
    throw new UsageError(
      `${nameOf("blockSize")}: expected 1 to ${LONGEST_NGRAM - 1} for ${config.model}, got ${config.blockSize}`,
    );
  }
  // The Brown corpus is a text; what is counted takes no steps.
  const steps = isCounted(config.model) ? 0 : config.steps;
  return { ...config, steps, level };
}
