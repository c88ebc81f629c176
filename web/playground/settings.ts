/**
 * The settings that the playground shows, with the names, defaults and limits that `mm-train` has
 * (a test compares them), and what each does in a sentence.
 */
import { parseSchedule } from "../../lib/train/schedule.js";
import type { SettingValues } from "./protocol.js";

interface Common {
  readonly key: string;
  readonly label: string;
  /** what it does, in a sentence */
  readonly help: string;
}
export interface NumberSetting extends Common {
  readonly kind: "integer" | "fraction";
  readonly initial: number;
  readonly min: number;
  readonly max: number;
}
interface TextSetting extends Common {
  readonly kind: "text";
  readonly initial: string;
  /** @throws Error that says what is wrong with a text */
  readonly check: (text: string) => unknown;
  /** offered while one types */
  readonly examples: readonly string[];
}
interface ChoiceSetting extends Common {
  readonly kind: "choice";
  readonly initial: string;
  readonly choices: Readonly<Record<string, string>>;
}
interface FlagSetting extends Common {
  readonly kind: "flag";
  readonly initial: boolean;
}
export type Setting = NumberSetting | TextSetting | ChoiceSetting | FlagSetting;

const SEED = {
  kind: "integer",
  min: Number.MIN_SAFE_INTEGER,
  max: Number.MAX_SAFE_INTEGER,
} as const;

/** What one tries first. */
export const FIRST: readonly Setting[] = [
  {
    key: "blockSize",
    label: "Context",
    help: "Characters that the model sees when it predicts the next one.",
    kind: "integer",
    initial: 3,
    min: 1,
    max: 1000,
  },
  {
    key: "embedding",
    label: "Embedding",
    help: "Numbers that stand for a character; with 2 you see them as they are.",
    kind: "integer",
    initial: 10,
    min: 1,
    max: 100_000,
  },
  {
    key: "hidden",
    label: "Hidden units",
    help: "Units of the tanh layer: more learn more, and more slowly.",
    kind: "integer",
    initial: 200,
    min: 1,
    max: 1_000_000,
  },
  {
    key: "batchSize",
    label: "Batch size",
    help: "Examples in each step: more make it steadier, and slower.",
    kind: "integer",
    initial: 32,
    min: 1,
    max: 10_000_000,
  },
  {
    key: "lr",
    label: "Learning rate",
    help: "How far a step moves the parameters; 0.01@100000 is: 0.01 from that step on.",
    kind: "text",
    initial: "0.1@0,0.01@100000",
    check: (text) => parseSchedule(text, 1),
    examples: [
      "0.1@0,0.01@100000",
      "0.1",
      "cosine:0.1->0.001",
      "onecycle:0.1/0.3",
      "step:0.1*0.5/10000",
    ],
  },
  {
    key: "steps",
    label: "Steps",
    help: "Where the training ends; you can pause it at any time.",
    kind: "integer",
    initial: 200_000,
    min: 0,
    max: 1_000_000_000,
  },
  {
    ...SEED,
    key: "seed",
    label: "Seed",
    help: "Another number draws other first parameters; the same one, the same bits.",
    initial: 2147483647,
  },
];

/** What a second look brings. */
export const MORE: readonly Setting[] = [
  {
    key: "init",
    label: "First parameters",
    help: "Standard normal as in the lecture, or scaled so that no step is lost on wild guesses.",
    kind: "choice",
    initial: "normal",
    choices: { normal: "normal", kaiming: "scaled (Kaiming)" },
  },
  {
    key: "optimizer",
    label: "Optimizer",
    help: "What moves the parameters; AdamW wants rates about ten times smaller.",
    kind: "choice",
    initial: "sgd",
    choices: { sgd: "SGD", adamw: "AdamW" },
  },
  {
    key: "momentum",
    label: "Momentum",
    help: "Part of each step that the next one repeats; SGD only.",
    kind: "fraction",
    initial: 0,
    min: 0,
    max: 1,
  },
  {
    key: "weightDecay",
    label: "Weight decay",
    help: "Pull of the parameters towards 0, against learning by heart.",
    kind: "fraction",
    initial: 0,
    min: 0,
    max: 1e6,
  },
  {
    key: "dropout",
    label: "Dropout",
    help: "Part of the hidden units left out at random, against learning by heart.",
    kind: "fraction",
    initial: 0,
    min: 0,
    max: 1,
  },
  {
    key: "clip",
    label: "Gradient clip",
    help: "Largest norm of the gradient; 0: no limit.",
    kind: "fraction",
    initial: 0,
    min: 0,
    max: 1e30,
  },
  {
    key: "order",
    label: "Minibatches",
    help: "Drawn at random as in the lecture, or each example once per epoch.",
    kind: "choice",
    initial: "random",
    choices: { random: "random", shuffled: "shuffled" },
  },
  {
    ...SEED,
    key: "batchSeed",
    label: "Seed of the minibatches",
    help: "Another number draws other minibatches.",
    initial: 1,
  },
  {
    ...SEED,
    key: "splitSeed",
    label: "Seed of the split",
    help: "Which words are learned from (80 %) and which are kept to measure.",
    initial: 42,
  },
  {
    key: "unique",
    label: "Drop repeats",
    help: "Keeps each word once, so that dev words are not in train too.",
    kind: "flag",
    initial: false,
  },
];

export const SETTINGS: readonly Setting[] = [...FIRST, ...MORE];

export const INITIAL: SettingValues = Object.fromEntries(
  SETTINGS.map(({ key, initial }) => [key, initial]),
);

export const settingOf = (key: string): Setting | undefined =>
  SETTINGS.find((setting) => setting.key === key);

/** The setting that a message of the library is about, and what it says of it. */
export function aboutSetting(message: string): { setting: Setting; problem: string } | undefined {
  const setting = SETTINGS.find(({ key }) => message.startsWith(`${key}: `));
  return setting && { setting, problem: message.slice(setting.key.length + 2) };
}

/** The value that a text stands for; undefined where it stands for none. */
export function parseValue(setting: Setting, text: string): string | number | boolean | undefined {
  const given = text.trim();
  switch (setting.kind) {
    case "integer":
    case "fraction": {
      const value = given === "" ? Number.NaN : Number(given.replace(/(?<=\d)[,_ ](?=\d{3})/g, ""));
      const fits =
        value >= setting.min &&
        (setting.kind === "integer"
          ? Number.isInteger(value) && value <= setting.max
          : value < setting.max);
      return fits ? value : undefined;
    }
    case "text":
      return problemIn(setting, given) === undefined ? given : undefined;
    case "choice":
      return Object.hasOwn(setting.choices, given) ? given : undefined;
    case "flag":
      return given === "true" ? true : given === "false" ? false : undefined;
  }
}

function problemIn({ check }: TextSetting, text: string): string | undefined {
  try {
    check(text);
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^[^:]*: /, "");
  }
}

/** What is wrong with a text that stands for no value. */
export const wrongWith = (setting: Setting, text: string): string =>
  (setting.kind === "text" ? problemIn(setting, text.trim()) : undefined) ??
  `expected ${expected(setting)}`;

/** What a value must be, for a message. */
export function expected(setting: Setting): string {
  switch (setting.kind) {
    case "integer":
      return `a whole number from ${setting.min} to ${setting.max}`;
    case "fraction":
      return `a number from ${setting.min} to below ${setting.max}`;
    case "text":
      return `text such as ${setting.examples[0]}`;
    case "choice":
      return Object.keys(setting.choices).join(" or ");
    case "flag":
      return "true or false";
  }
}

/** Counts in groups of three digits, as on the rest of the page; a seed is no count. */
export const valueText = ({ key, kind }: Setting, value: string | number | boolean): string =>
  kind === "integer" && !/seed$/i.test(key) ? Number(value).toLocaleString("en") : String(value);

/** The settings that are not those to begin with. */
export const changed = (values: SettingValues, start = INITIAL): SettingValues =>
  Object.fromEntries(
    Object.entries(values).filter(([key, value]) => key in start && value !== start[key]),
  );
