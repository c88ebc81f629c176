/**
 * A training run on disk: config.json, vocabulary.json, model.safetensors (the last) and best.safetensors (lowest dev loss),
 * state.safetensors (checkpoint.ts), metrics.jsonl (metrics.ts), samples.txt, test-looks.json (test-looks.ts).
 */
import {
  closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync, writeSync,
} from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { z } from "zod";
import { type Tokens, Vocabulary, WordVocabulary } from "../data/index.js";
import { CheckpointError, DataError } from "../errors.js";
import { Bigram, type LanguageModel, MLP, type MLPParameters, NPLM } from "../models/index.js";
import { show } from "../tensor/shape.js";
import { configSchema } from "./config.js";
import { isCounted, readCounted } from "./counted.js";
import { encodeSafetensors, readSafetensors } from "./safetensors.js";

/** What config.json holds beside the settings. */
const runSchema = configSchema.extend({
  version: z.literal(1),
  /** null: the words came from a program */
  data: z.string().nullable(),
  /** of the words, so that `evaluate` measures the words the run was split on */
  wordsSha256: z.string(),
  stepsDone: z.number().int().min(0),
});
export type RunConfig = z.infer<typeof runSchema>;

export interface Run {
  readonly config: RunConfig;
  readonly vocabulary: Tokens;
  readonly model: LanguageModel;
}

/** Writes under a temporary name, flushes to the disk, renames: a reader sees the old file or the new one, whole. */
export function writeFileAtomic(file: string, content: string | Uint8Array): void {
  const temporary = `${file}.tmp`;
  try {
    const handle = openSync(temporary, "w");
    try {
      const bytes = typeof content === "string" ? Buffer.from(content) : content;
      for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw unusable(file, "cannot be written", error);
  }
}

const unusable = (file: string, what: string, error: unknown): CheckpointError =>
  new CheckpointError(file, `${what} (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`);

/** Makes `runs/NAME` for a corpus, or `runs/NAME-2`, ... where that is taken (also by a run that starts at the same time). */
export function freshRunFolder(data: string, suffix = ""): string {
  const name = basename(data, extname(data)).replaceAll(":", "-");
  const stem = join("runs", (/^\.*$/.test(name) ? "run" : name) + suffix);
  for (let n = 1; ; n++) {
    const dir = n === 1 ? stem : `${stem}-${n}`;
    try {
      makeFolders("runs");
      mkdirSync(dir);
      return dir;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !existsSync(dir)) throw unusable(dir, "cannot be made", error);
    }
  }
}

/** The folder in `runs/` whose `file` was written last: model.safetensors to use it, config.json to go on with it. */
export function latestRunFolder(file: "model.safetensors" | "config.json" = "model.safetensors"): string {
  const dirs = existsSync("runs") ? readdirSync("runs").map((name) => join("runs", name)).filter((dir) => existsSync(join(dir, file))) : [];
  const written = (dir: string) => statSync(join(dir, file)).mtimeMs;
  const latest = dirs.sort((a, b) => written(b) - written(a)).at(0);
  if (latest === undefined) throw new CheckpointError("runs", "holds no run folder; train first, or name one with --run");
  return latest;
}

/** Makes a folder, and those above it, where they are not there. */
export function ensureFolder(dir: string): void {
  try {
    makeFolders(dir);
  } catch (error) {
    throw unusable(dir, "cannot be made", error);
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Node's own `recursive` goes on for ever where a folder exists and takes none below it (/proc). */
function makeFolders(dir: string): void {
  if (isFolder(dir)) return;
  if (dirname(dir) !== dir) makeFolders(dirname(dir));
  try {
    mkdirSync(dir);
  } catch (error) {
    // Another process was faster.
    if (!isFolder(dir)) throw error;
  }
}

/** Makes the folder and takes it for this run by writing config.json. Refuses one that holds a run: nothing is overwritten. */
export function claimRunFolder(dir: string, config: RunConfig): void {
  try {
    makeFolders(dir);
    writeFileSync(join(dir, "config.json"), configText(config), { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST" && existsSync(dir)) {
      const what = isFolder(dir) ? "holds a run already" : "is a file";
      throw new CheckpointError(dir, `${what}; choose another folder with --out`);
    }
    throw unusable(dir, "cannot be made", error);
  }
}

/** Whether a model was saved in a claimed folder. */
export const holdsModel = (dir: string): boolean => existsSync(join(dir, "model.safetensors"));

/** Gives up a claimed folder if nothing was saved in it yet. */
export function releaseRunFolder(dir: string): void {
  if (holdsModel(dir)) return;
  rmSync(join(dir, "config.json"), { force: true });
  if (readdirSync(dir).length === 0) rmdirSync(dir);
}

const configText = (config: RunConfig): string => `${JSON.stringify(config, null, 2)}\n`;

const BEST = "best.safetensors";

/** Keeps the parameters that had the lowest dev loss so far. */
export function saveBest(dir: string, model: LanguageModel, step: number): void {
  writeFileAtomic(join(dir, BEST), encodeSafetensors(model.parameters, { step: String(step) }));
}

export function saveRun(dir: string, { config, vocabulary, model }: Run): void {
  writeFileAtomic(join(dir, "model.safetensors"), encodeSafetensors(model.parameters, { step: String(config.stepsDone) }));
  writeFileAtomic(join(dir, "vocabulary.json"), `${JSON.stringify(vocabulary)}\n`);
  writeFileAtomic(join(dir, "config.json"), configText(config));
}

export function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw unusable(file, "cannot be read; expected a run folder made by mm-train", error);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new CheckpointError(file, "is not JSON; the file is damaged");
  }
}

/**
 * @param which the model after the last step, or the one of the lowest dev loss on the way
 * @throws CheckpointError naming the file that is missing or does not fit the others
 */
export function loadRun(dir: string, which: "last" | "best" = "last"): Run {
  const config = readConfig(dir);
  const file = join(dir, "vocabulary.json");
  let vocabulary: Tokens;
  try {
    vocabulary = (config.level === "word" ? WordVocabulary : Vocabulary).fromJSON(readJson(file), file);
  } catch (error) {
    if (error instanceof DataError) throw new CheckpointError(file, error.message.slice(file.length + 2));
    throw error;
  }
  const model = join(dir, which === "best" ? BEST : "model.safetensors");
  if (which === "best" && !existsSync(model)) {
    throw new CheckpointError(model, "no such file: the dev split was never measured in this run; leave out --best, or train on");
  }
  return { config, vocabulary, model: readModel(model, config, vocabulary.size) };
}

/** The settings of a run folder, also of one whose run never finished. */
export function readConfig(dir: string): RunConfig {
  const file = join(dir, "config.json");
  const json = readJson(file);
  // A setting left out is damage here: its default need not be what the run used.
  const missing = Object.keys(runSchema.shape).find((key) => typeof json !== "object" || json === null || !(key in json));
  if (missing !== undefined) throw new CheckpointError(file, `${missing} is missing; the file is damaged or not made by mm-train`);
  const parsed = runSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0];
  throw new CheckpointError(file, `${path.join(".") || "the file"}: ${message}`);
}

function readModel(file: string, config: RunConfig, V: number): LanguageModel {
  const tensors = readSafetensors(file);
  if (isCounted(config.model)) return readCounted(file, config, tensors, V);
  const expected = shapesOf(config, V);
  for (const [name, shape] of Object.entries(expected)) {
    const got = tensors[name];
    if (got === undefined || got.dtype !== "float32" || got.shape.join() !== shape.join()) {
      const what = got === undefined ? "no such tensor" : `${got.dtype} ${show(got.shape)}`;
      throw new CheckpointError(file, `tensor ${name}: expected float32 ${show(shape)} as config.json says, got ${what}`);
    }
  }
  const parameters = Object.fromEntries(Object.keys(expected).map((name) => [name, tensors[name]]));
  if (config.model === "nplm") return new NPLM(parameters, config.blockSize);
  return config.model === "bigram" ? new Bigram(tensors.W) : new MLP(parameters as MLPParameters);
}

function shapesOf({ model, blockSize, embedding: E, hidden: H, direct, tied }: RunConfig, V: number): Record<string, number[]> {
  if (model === "nplm") return NPLM.shapes({ vocabularySize: V, blockSize, embedding: E, hidden: H, direct, tied });
  return model === "bigram" ? { W: [V, V] } : { C: [V, E], W1: [blockSize * E, H], b1: [H], W2: [H, V], b2: [V] };
}
