/**
 * A training run on disk: config.json, vocabulary.json, corpus.json (what was read),
 * model.safetensors (the last) and best.safetensors (lowest dev loss), state.safetensors
 * (checkpoint.ts), metrics.jsonl (metrics.ts), samples.txt, test-looks.json
 * (test-evaluations.ts), and SHA256SUMS of all these (disk/sums.ts). Charts, the report and events
 * for TensorBoard are made from them and never read here.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { checkText, refuse } from "../../check.js";
import { type Tokens, Vocabulary, WordVocabulary } from "../../data/index.js";
import { CheckpointError, DataError } from "../../errors.js";
import type { LanguageModel } from "../../models/index.js";
import { FAMILY_NAMES } from "../../models/registry.js";
import { flattened, grouped, groupSchemas } from "../settings/by-owner.js";
import { complete, type Hyperparameters } from "../settings/config.js";
import { shellWord } from "../../shell.js";
import { ensureFolder } from "../disk/folder.js";
import { RunFiles } from "../disk/run-files.js";
import { readListed, readVerified } from "../disk/sums.js";
import { originSchema } from "./origin.js";
import { readModel } from "./read-model.js";
import { encodeSafetensors } from "../disk/safetensors.js";

const [CONFIG, VOCABULARY, MODEL, BEST] = [
  "config.json",
  "vocabulary.json",
  "model.safetensors",
  "best.safetensors",
];

/** What was read, for the report. */
export const CORPUS = "corpus.json";

/** What config.json holds beside the settings. */
const besides = {
  /** of the format of run folders */
  version: z.literal(2),
  /** of the words, so that `evaluate` measures the words the run was split on */
  wordsSha256: z.string(),
  /** the run it started from; null: from fresh parameters */
  from: originSchema.nullable(),
  /** steps of the model in model.safetensors */
  stepsDone: z.number().int().min(0),
};
type Besides = z.infer<z.ZodObject<typeof besides>>;

/** The settings of a run, and what it needs to be gone on with. */
export interface RunConfig extends Hyperparameters, Besides {
  /** null: the words came from a program */
  readonly data: string | null;
}

/** A run folder, read. */
export interface Run {
  /** its settings */
  readonly config: RunConfig;
  /** what the model's integers stand for */
  readonly vocabulary: Tokens;
  /** with the parameters of the file that was asked for */
  readonly model: LanguageModel;
}

/** @throws CheckpointError for a folder that holds a run: nothing is overwritten */
export function refuseTaken(dir: string): void {
  if (existsSync(join(dir, CONFIG)))
    throw new CheckpointError(dir, "holds a run already; choose another folder with --out");
}

/**
 * Makes the folder and takes it for this run by writing config.json.
 * @param start what the run cannot be gone on with without, also when it is killed at once
 * @throws as `refuseTaken`
 */
export function claimRunFolder(
  dir: string,
  config: RunConfig,
  start?: Readonly<Record<string, string | Uint8Array>>,
): RunFiles {
  ensureFolder(dir);
  refuseTaken(dir);
  const files = new RunFiles(dir);
  try {
    refuseTaken(dir); // by a process that was faster
    // Without a start nothing is there yet that a power failure could take.
    files.write({ ...start, [CONFIG]: configText(config) }, { sync: start !== undefined });
  } catch (error) {
    files.discard();
    throw error;
  }
  return files;
}

/** Whether a model was saved in a claimed folder. */
export const holdsModel = (dir: string): boolean => existsSync(join(dir, MODEL));

function configText(config: RunConfig): string {
  const { version, wordsSha256, from, stepsDone } = config;
  const json = { version, ...grouped({ ...config }), wordsSha256, from, stepsDone };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** The file of the parameters that had the lowest dev loss so far. */
export const bestFile = (model: LanguageModel, step: number) => ({
  [BEST]: encodeSafetensors(model.stateDict(), { step: String(step) }),
});

export const vocabularyFile = (vocabulary: Tokens) => ({
  [VOCABULARY]: `${JSON.stringify(vocabulary)}\n`,
});

/** The files of a run that `loadRun` reads. */
export const runFiles = ({ config, vocabulary, model }: Run) => ({
  [MODEL]: encodeSafetensors(model.stateDict(), { step: String(config.stepsDone) }),
  ...vocabularyFile(vocabulary),
  [CONFIG]: configText(config),
});

/** undefined where the run has no such file. @throws CheckpointError */
export function readJson(dir: string, name: string): unknown {
  const bytes = readListed(dir, name);
  try {
    return bytes && JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new CheckpointError(join(dir, name), "is not JSON; the file is damaged");
  }
}

/** `content` of a file that no run is without. */
function required<T>(dir: string, name: string, content: T | undefined): T {
  if (content === undefined)
    throw new CheckpointError(
      join(dir, name),
      "cannot be read; expected a run folder made by mm-train (ENOENT)",
    );
  return content;
}

/**
 * The run in a folder: settings, vocabulary and one of its models, each file checked against the
 * folder's sums.
 * @param which the model after the last step, or the one of the lowest dev loss on the way
 * @throws CheckpointError naming the file that is missing or does not fit the others
 */
export function loadRun(dir: string, which: "last" | "best" = "last"): Run {
  checkText("loadRun: dir", dir);
  if (which !== "last" && which !== "best") refuse("loadRun: which", "last or best", which);
  const { config, vocabulary, model } = readRun(dir, which);
  return { config, vocabulary, model };
}

/** What the integers of a run stand for. @throws CheckpointError */
export function readVocabulary(dir: string, config: RunConfig): Tokens {
  const file = join(dir, VOCABULARY);
  const json = required(dir, VOCABULARY, readJson(dir, VOCABULARY));
  try {
    return (config.level === "word" ? WordVocabulary : Vocabulary).fromJSON(json, file);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    // Its line is a place in the list of tokens, not one of the file.
    const token = error.line === undefined ? "" : `token ${error.line}: `;
    throw new CheckpointError(file, `${token}${error.problem}`);
  }
}

/** `loadRun`, with the SHA-256 of the file of the parameters. */
export function readRun(dir: string, which: "last" | "best"): Run & { sha256: string } {
  const config = readConfig(dir);
  const vocabulary = readVocabulary(dir, config);
  const name = which === "best" ? BEST : MODEL;
  const file = readVerified(dir, name);
  if (file === undefined && which === "best") {
    throw new CheckpointError(
      join(dir, BEST),
      "no such file: the dev split was never measured in this run; leave out --best, or train on",
    );
  }
  const { bytes, digest } = required(dir, name, file);
  const model = readModel(join(dir, name), bytes, config, vocabulary);
  return { config, vocabulary, model, sha256: digest };
}

/** The settings of a run folder, also of one whose run never finished. */
export function readConfig(dir: string): RunConfig {
  const file = join(dir, CONFIG);
  const json = required(dir, CONFIG, readJson(dir, CONFIG));
  const whole = typeof json === "object" && json !== null ? json : {};
  if ("version" in whole && whole.version === 1) {
    const again = `npx mm-train --config ${shellWord(file)} --out FOLDER`;
    throw new CheckpointError(
      file,
      `is of version 1 of run folders, which is no longer read; train it again: ${again}`,
    );
  }
  const parsed = configSchema(whole).safeParse(whole);
  if (parsed.success) return complete(flattened(parsed.data)) as unknown as RunConfig;
  const { path, message } = parsed.error.issues[0];
  const name = path.join(".");
  if (path.length > 0 && valueAt(whole, path) === undefined)
    throw new CheckpointError(
      file,
      `${name} is missing; the file is damaged or not made by mm-train`,
    );
  throw new CheckpointError(file, `${name || "the file"}: ${message}`);
}

/** What the file must hold, by the model that it names. */
function configSchema(json: object): z.ZodObject {
  const name: unknown = valueAt(json, ["model", "name"]);
  const model = FAMILY_NAMES.find((known) => known === name) ?? "mlp";
  return z.strictObject({ ...besides, ...groupSchemas(model) });
}

const valueAt = (json: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], json);
