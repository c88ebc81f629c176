/** Options that commands share, and how they are read. */
import { type Command, Option } from "commander";
import * as z from "zod";
import { type BackendName, checkSteps, kernels, setBackend, setThreads } from "../backend/index.js";
import { CheckpointError, quote, UsageError } from "../errors.js";
import {
  ALL_SETTINGS,
  defaultText,
  optionName,
  settingsOf,
  type TrainConfig,
} from "../run/settings/config.js";
import { FAMILY_NAMES, type FamilyName } from "../models/registry.js";
import { PRESETS } from "../run/settings/presets.js";
import type { SettingKinds } from "../setting-kinds.js";
import { latestRunFolder } from "../run/folder/runs.js";
import { loadRun, type Run } from "../run/folder/run-folder.js";
import { tell } from "./terminal/say.js";

/**
 * A number as typed; anything else stays text, for the check that knows what the option expects.
 */
export const asNumber = (text: string): number | string =>
  text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text);

/** A whole number within limits. @throws UsageError naming the option */
export function wholeNumber(option: string, value: unknown, min: number, max: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max)
    return value;
  throw new UsageError(
    `${option}: expected a whole number from ${min} to ${max}, got ${quote(value)}`,
  );
}

/** Values of `addBackendOptions` and `addJsonOption`. */
export interface CommonOptions {
  json?: true;
  backend?: BackendName;
  threads?: unknown;
}

export function addBackendOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--backend <name>",
        "kernels: native (C++), wasm (WebAssembly) or reference (TypeScript); the same numbers",
      )
        .choices(["native", "wasm", "reference"])
        .helpGroup(HEADING.machine),
    )
    .addOption(
      new Option("--threads <n>", "threads of large kernels; the same numbers for every count")
        .argParser(asNumber)
        .helpGroup(HEADING.machine),
    );
}

/**
 * @throws BackendError where the backend cannot be used, or not for so many steps without being
 *   asked for
 */
export function applyBackendOptions({ backend, threads }: CommonOptions, steps = 0): void {
  if (backend !== undefined) setBackend(backend);
  checkSteps(steps);
  kernels(); // a backend that cannot be used is said before anything is written
  if (threads !== undefined) setThreads(wholeNumber("--threads", threads, 1, 256));
}

const PLACEHOLDERS: Readonly<Partial<Record<keyof TrainConfig, string>>> = {
  data: "corpus",
  lr: "schedule",
  column: "name|n",
  weightColumn: "name|n",
};

/** Headings of settings in --help, each from the first of its settings on, in their order. */
const HEADINGS: Partial<Record<keyof TrainConfig, string>> = {
  data: "Corpus:",
  model: "Model:",
  optimizer: "Optimizer:",
  batchSize: "Training:",
  logEvery: "Measuring and saving:",
  evalExamples: "Measuring and saving:",
  samples: "Samples:",
};
/** Headings of what is no setting. */
export const HEADING = { settings: "Settings by name:", run: "Run folder:", machine: "Machine:" };

/** Options of the settings of all models, but some. */
export function addSettingOptions(command: Command, except: readonly string[] = []): Command {
  for (const option of optionsOf(ALL_SETTINGS))
    if (!except.includes(option.attributeName())) command.addOption(option);
  return command;
}

function optionsOf(settings: SettingKinds): Option[] {
  let heading = "";
  return Object.entries(settings).map(([key, kind]) => {
    heading = HEADINGS[key as keyof TrainConfig] ?? heading;
    return settingOption(key, kind).helpGroup(heading);
  });
}

/** Of a command's options those that --help lists: of settings, what the chosen model has. */
export function shownOptions(command: Command, options: readonly Option[]): Option[] {
  const given: { model?: unknown; preset?: unknown } = command.opts();
  if (!options.some(({ long }) => long === "--model")) return [...options];
  const settings = settingsOf({ model: chosenModel(given) });
  const own = new Map(optionsOf(settings).map((option) => [option.long, option]));
  return options.flatMap((option) => {
    if (!Object.hasOwn(ALL_SETTINGS, option.attributeName())) return [option];
    return own.get(option.long) ?? [];
  });
}

function chosenModel({ model, preset }: { model?: unknown; preset?: unknown }): FamilyName {
  const presets: Readonly<Record<string, Readonly<Partial<TrainConfig>>>> = PRESETS;
  const ofPreset = Object.hasOwn(presets, String(preset)) ? presets[String(preset)].model : "mlp";
  return FAMILY_NAMES.find((name) => name === model) ?? ofPreset ?? "mlp";
}

/** The option of a setting; numbers are checked by `parseConfig`, with all other settings. */
function settingOption(key: string, kind: z.ZodDefault): Option {
  const { description, def } = kind;
  if (def.innerType instanceof z.ZodBoolean) return new Option(optionName(key), description);
  const choices = def.innerType instanceof z.ZodEnum ? def.innerType.options.join("|") : undefined;
  // A longer list would push the descriptions of all options aside: it is in the option's own.
  const listed = choices !== undefined && choices.length > 30 ? "name" : choices;
  const placeholder =
    listed ??
    PLACEHOLDERS[key as keyof TrainConfig] ??
    (def.innerType instanceof z.ZodNullable ? "file" : "n");
  const option = new Option(
    `${optionName(key)} <${placeholder}>`,
    `${description} (default: ${defaultText(key, kind)})`,
  );
  return placeholder === "n" ? option.argParser(asNumber) : option;
}

export const addPresetOption = (command: Command): Command =>
  command.addOption(
    new Option(
      "--preset <name>",
      `a set of settings: ${Object.keys(PRESETS).join(", ")}; options given here win`,
    ).helpGroup(HEADING.settings),
  );

/**
 * The corpus that a command was given, as an argument or by --data; undefined for none.
 * @throws UsageError for more
 */
export function oneCorpus(args: readonly string[], data: unknown): unknown {
  const corpora = data === undefined ? args : [...args, data];
  if (corpora.length > 1)
    throw new UsageError(`expected one corpus, got ${corpora.map(quote).join(" and ")}`);
  return corpora.at(0);
}

/** A folder's name. @throws UsageError for an empty one: an unset shell variable */
export function folderName(option: string, value: string | undefined): string | undefined {
  if (value === "") throw new UsageError(`${option}: expected a folder, got ""`);
  return value;
}

/** Values of `addRunOptions`. */
export interface RunOptions {
  run?: string;
  best?: true;
}

export function addRunOptions(command: Command): Command {
  return command
    .option("--run <folder>", "run folder (default: the newest in runs/)")
    .option("--best", "the model of the lowest dev loss, not the last one");
}

/** The run that the options name, or the newest. */
export function openRun({ run, best }: RunOptions): Run & { dir: string } {
  const dir = folderName("--run", run) ?? latestRunFolder();
  return { dir, ...loadRun(dir, best ? "best" : "last") };
}

/** Says which run was taken where nobody named it; a result in JSON has a field for it. */
export function tellRun(dir: string, { run, json }: RunOptions & CommonOptions): void {
  if (run === undefined && !json) tell(`run ${dir}, the newest: --run names another`);
}

/**
 * A loss to print.
 * @throws CheckpointError for NaN and Infinity, which are no result, and which JSON does not have
 */
export function finiteLoss(dir: string, what: string, loss: number): number {
  if (Number.isFinite(loss)) return loss;
  const why = "its parameters are finite, but too large for the arithmetic";
  throw new CheckpointError(
    dir,
    `${what} is ${loss}: ${why}; train again with a lower learning rate`,
  );
}

export const addJsonOption = (command: Command): Command =>
  command.option("--json", "print JSON lines and nothing else");
