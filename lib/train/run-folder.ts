/** A training run on disk: config.json, vocabulary.json, model.safetensors, metrics.jsonl, samples.txt. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, statSync, writeSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { z } from "zod";
import { Vocabulary } from "../data/index.js";
import { CheckpointError } from "../errors.js";
import { MLP, type MLPParameters } from "../models/index.js";
import { show } from "../tensor/shape.js";
import { configSchema } from "./config.js";
import { encodeSafetensors, readSafetensors } from "./safetensors.js";

/** What config.json holds beside the settings. */
const runSchema = configSchema.extend({
  version: z.literal(1),
  /** of the words, so that `evaluate` measures the words the run was split on */
  wordsSha256: z.string(),
  stepsDone: z.number().int().min(0),
});
export type RunConfig = z.infer<typeof runSchema>;

export interface Run {
  readonly config: RunConfig;
  readonly vocabulary: Vocabulary;
  readonly model: MLP;
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
    throw unusable(file, "cannot be written", error);
  }
}

const unusable = (file: string, what: string, error: unknown): CheckpointError =>
  new CheckpointError(file, `${what} (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`);

const isRun = (dir: string): boolean => existsSync(join(dir, "config.json"));

/** `runs/NAME` for a corpus, or `runs/NAME-2`, ... where that is taken. */
export function freshRunFolder(data: string): string {
  const stem = join("runs", basename(data, extname(data)) || "run");
  let dir = stem;
  for (let n = 2; existsSync(dir); n++) dir = `${stem}-${n}`;
  return dir;
}

/** The run folder in `runs/` that was written last. */
export function latestRunFolder(): string {
  const dirs = existsSync("runs") ? readdirSync("runs").map((name) => join("runs", name)).filter(isRun) : [];
  const written = (dir: string) => statSync(join(dir, "config.json")).mtimeMs;
  const latest = dirs.sort((a, b) => written(b) - written(a))[0];
  if (latest === undefined) throw new CheckpointError("runs", "holds no run folder; train first, or name one with --run");
  return latest;
}

/** Makes the folder. Refuses one that holds a run: nothing is overwritten. */
export function createRunFolder(dir: string): void {
  if (isRun(dir)) throw new CheckpointError(dir, "holds a run already; choose another folder with --out, or remove it");
  try {
    mkdirSync(dir, { recursive: true });
  } catch (error) {
    throw unusable(dir, "cannot be made", error);
  }
}

export function saveRun(dir: string, { config, vocabulary, model }: Run): void {
  writeFileAtomic(join(dir, "model.safetensors"), encodeSafetensors(model.parameters, { step: String(config.stepsDone) }));
  writeFileAtomic(join(dir, "vocabulary.json"), `${JSON.stringify(vocabulary)}\n`);
  writeFileAtomic(join(dir, "config.json"), `${JSON.stringify(config, null, 2)}\n`);
}

function readJson(file: string): unknown {
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

/** @throws CheckpointError naming the file that is missing or does not fit the others */
export function loadRun(dir: string): Run {
  const configFile = join(dir, "config.json");
  const parsed = runSchema.safeParse(readJson(configFile));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw new CheckpointError(configFile, `${path.join(".") || "the file"}: ${message}`);
  }
  const vocabularyFile = join(dir, "vocabulary.json");
  const vocabulary = Vocabulary.fromJSON(readJson(vocabularyFile), vocabularyFile);
  return { config: parsed.data, vocabulary, model: readModel(join(dir, "model.safetensors"), parsed.data, vocabulary.size) };
}

function readModel(file: string, { blockSize, embedding: E, hidden: H }: RunConfig, V: number): MLP {
  const tensors = readSafetensors(file);
  const expected = { C: [V, E], W1: [blockSize * E, H], b1: [H], W2: [H, V], b2: [V] };
  for (const [name, shape] of Object.entries(expected)) {
    const got = tensors[name];
    if (got === undefined || got.dtype !== "float32" || got.shape.join() !== shape.join()) {
      const what = got === undefined ? "no such tensor" : `${got.dtype} ${show(got.shape)}`;
      throw new CheckpointError(file, `tensor ${name}: expected float32 ${show(shape)} as config.json says, got ${what}`);
    }
  }
  return new MLP(tensors as MLPParameters);
}
