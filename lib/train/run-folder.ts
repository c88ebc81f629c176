/**
 * A training run on disk: config.json, vocabulary.json, model.safetensors (the last) and best.safetensors (lowest dev loss),
 * state.safetensors (checkpoint.ts), metrics.jsonl (metrics.ts), samples.txt, test-looks.json (test-looks.ts), and of all these SHA256SUMS
 * (disk/sums.ts). Charts, the report and events for TensorBoard are drawn from them and read by no one here.
 */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { z } from "zod";
import { checkText, refuse } from "../check.js";
import { type Tokens, Vocabulary, WordVocabulary } from "../data/index.js";
import { CheckpointError, DataError } from "../errors.js";
import { Bigram, type LanguageModel, MLP, type MLPParameters, NPLM } from "../models/index.js";
import { show } from "../tensor/shape.js";
import { configSchema } from "./config.js";
import { isCounted, readCounted } from "./counted.js";
import { codeOf, isLink, quietly, unusable } from "./disk/file.js";
import { RunFiles } from "./disk/run-files.js";
import { readListed } from "./disk/sums.js";
import { decodeFinite } from "./finite.js";
import { encodeSafetensors } from "./safetensors.js";

const RUNS = "runs";
const [CONFIG, VOCABULARY, MODEL, BEST] = ["config.json", "vocabulary.json", "model.safetensors", "best.safetensors"];

/** What config.json holds beside the settings. */
const runSchema = configSchema.extend({
  /** of the format of run folders */
  version: z.literal(1),
  /** null: the words came from a program */
  data: z.string().nullable(),
  /** of the words, so that `evaluate` measures the words the run was split on */
  wordsSha256: z.string(),
  /** steps of the model in model.safetensors */
  stepsDone: z.number().int().min(0),
});
/** What config.json holds: the settings of the run, and what it needs to be gone on with. */
export type RunConfig = z.infer<typeof runSchema>;

/** A run folder, read. */
export interface Run {
  /** its settings */
  readonly config: RunConfig;
  /** what the model's integers stand for */
  readonly vocabulary: Tokens;
  /** with the parameters of the file that was asked for */
  readonly model: LanguageModel;
}

/** Makes `runs/NAME` for a corpus, or `runs/NAME-2`, ... where that is taken (also by a run that starts at the same time). */
export function freshRunFolder(data: string, suffix = ""): string {
  const name = basename(data, extname(data)).replaceAll(":", "-");
  const stem = join(RUNS, (/^\.*$/.test(name) ? "run" : name) + suffix);
  ensureFolder(RUNS);
  for (let n = 1; ; n++) {
    const dir = n === 1 ? stem : `${stem}-${n}`;
    try {
      mkdirSync(dir);
      return dir;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw unusable(dir, "cannot be made", error);
    }
  }
}

/** The folder in `runs/` whose `file` was written last: model.safetensors to use it, config.json to go on with it. */
export function latestRunFolder(file: "model.safetensors" | "config.json" = "model.safetensors"): string {
  const latest = runFolders(file).at(0);
  if (latest !== undefined) return latest;
  throw new CheckpointError(RUNS, "holds no run folder; train first, or name a run folder");
}

/**
 * The folders in `runs/` that hold `file`, the one written last first.
 * @throws CheckpointError where `runs` is no folder that can be read
 */
export function runFolders(file: string): string[] {
  let names: string[];
  try {
    names = readdirSync(RUNS);
  } catch (error) {
    const obstacle = inTheWay(RUNS);
    if (codeOf(error) === "ENOENT" && obstacle === undefined) return [];
    const what = obstacle ?? `cannot be read (${codeOf(error)})`;
    throw new CheckpointError(RUNS, `${what}; name a run folder`);
  }
  const found = names.map((name) => join(RUNS, name)).flatMap((dir) => {
    const written = writtenAt(join(dir, file));
    return written === undefined ? [] : [{ dir, written }];
  });
  return found.sort((a, b) => b.written - a.written).map(({ dir }) => dir);
}

/** When a file was written; undefined for none, and for one that cannot be seen. */
function writtenAt(file: string): number | undefined {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return undefined;
  }
}

/**
 * Does what a run does in `runs/` (makes a folder, takes its lock, writes), and undoes all of it.
 * @throws CheckpointError saying what a run would stop with
 */
export function tryRunFolder(): void {
  const name = `.doctor-${randomBytes(16).toString("hex")}`;
  // Where there is no runs/, a folder of another name stands for it: a run that starts at the same
  // time may be making it.
  const top = existsSync(RUNS) || inTheWay(RUNS) !== undefined ? RUNS : name;
  const dir = join(top, top === RUNS ? name : "run");
  try {
    ensureFolder(dir);
    const files = new RunFiles(dir);
    try {
      files.write({ "doctor.txt": "written by mm-train doctor\n" });
    } finally {
      files.discard();
    }
  } finally {
    quietly(() => rmdirSync(dir));
    if (top !== RUNS) quietly(() => rmdirSync(top));
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** What stands where a folder is wanted; undefined for nothing, a folder, what cannot be seen. */
function inTheWay(path: string): string | undefined {
  try {
    return statSync(path).isDirectory() ? undefined : "is a file";
  } catch (error) {
    const nothing = ["ENOENT", "ELOOP"].includes(codeOf(error));
    return nothing && isLink(path) ? "is a link to nothing" : undefined;
  }
}

/**
 * Makes a folder, and those above it, where they are not there. (Node's own `recursive` goes on for
 * ever where a folder exists and takes none below it, as /proc.)
 * @throws CheckpointError naming the folder that cannot be made
 */
export function ensureFolder(dir: string): void {
  if (isFolder(dir)) return;
  if (dirname(dir) !== dir) ensureFolder(dirname(dir));
  try {
    mkdirSync(dir);
  } catch (error) {
    if (isFolder(dir)) return; // Another process was faster.
    const obstacle = inTheWay(dir);
    if (obstacle === undefined) throw unusable(dir, "cannot be made", error);
    throw new CheckpointError(dir, `${obstacle}; choose another folder with --out`);
  }
}

/** @throws CheckpointError for a folder that holds a run: nothing is overwritten */
export function refuseTaken(dir: string): void {
  if (existsSync(join(dir, CONFIG))) throw new CheckpointError(dir, "holds a run already; choose another folder with --out");
}

/** Makes the folder and takes it for this run by writing config.json. @throws as `refuseTaken` */
export function claimRunFolder(dir: string, config: RunConfig): RunFiles {
  ensureFolder(dir);
  refuseTaken(dir);
  const files = new RunFiles(dir);
  try {
    refuseTaken(dir); // by a process that was faster
    files.write({ [CONFIG]: configText(config) }, { sync: false }); // nothing is trained yet that a power failure could take
  } catch (error) {
    files.discard();
    throw error;
  }
  return files;
}

/** Whether a model was saved in a claimed folder. */
export const holdsModel = (dir: string): boolean => existsSync(join(dir, MODEL));

const configText = (config: RunConfig): string => `${JSON.stringify(config, null, 2)}\n`;

/** The file of the parameters that had the lowest dev loss so far. */
export const bestFile = (model: LanguageModel, step: number) => ({ [BEST]: encodeSafetensors(model.parameters, { step: String(step) }) });

/** The files of a run that `loadRun` reads. */
export const runFiles = ({ config, vocabulary, model }: Run) => ({
  [MODEL]: encodeSafetensors(model.parameters, { step: String(config.stepsDone) }),
  [VOCABULARY]: `${JSON.stringify(vocabulary)}\n`,
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
  if (content === undefined) throw new CheckpointError(join(dir, name), "cannot be read; expected a run folder made by mm-train (ENOENT)");
  return content;
}

/**
 * The run in a folder: settings, vocabulary and one of its models, each file checked against the folder's sums.
 * @param which the model after the last step, or the one of the lowest dev loss on the way
 * @throws CheckpointError naming the file that is missing or does not fit the others
 */
export function loadRun(dir: string, which: "last" | "best" = "last"): Run {
  checkText("loadRun: dir", dir);
  if (which !== "last" && which !== "best") refuse("loadRun: which", "last or best", which);
  const config = readConfig(dir);
  const file = join(dir, VOCABULARY);
  const json = required(dir, VOCABULARY, readJson(dir, VOCABULARY));
  let vocabulary: Tokens;
  try {
    vocabulary = (config.level === "word" ? WordVocabulary : Vocabulary).fromJSON(json, file);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    // Its line is a place in the list of tokens, not one of the file.
    const token = error.line === undefined ? "" : `token ${error.line}: `;
    throw new CheckpointError(file, `${token}${error.problem}`);
  }
  const name = which === "best" ? BEST : MODEL;
  const bytes = readListed(dir, name);
  if (bytes === undefined && which === "best") {
    throw new CheckpointError(join(dir, BEST), "no such file: the dev split was never measured in this run; leave out --best, or train on");
  }
  return { config, vocabulary, model: readModel(join(dir, name), required(dir, name, bytes), config, vocabulary.size) };
}

/** Settings that older runs do not have, and what those did. */
const BEFORE: Readonly<Partial<RunConfig>> = { evalExamples: "all" };

/** The settings of a run folder, also of one whose run never finished. */
export function readConfig(dir: string): RunConfig {
  const file = join(dir, CONFIG);
  const written = required(dir, CONFIG, readJson(dir, CONFIG));
  const json: unknown = typeof written === "object" && written !== null ? { ...BEFORE, ...written } : written;
  // A setting left out is damage here: its default need not be what the run used.
  const missing = Object.keys(runSchema.shape).find((key) => typeof json !== "object" || json === null || !(key in json));
  if (missing !== undefined) throw new CheckpointError(file, `${missing} is missing; the file is damaged or not made by mm-train`);
  const parsed = runSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0];
  throw new CheckpointError(file, `${path.join(".") || "the file"}: ${message}`);
}

function readModel(file: string, bytes: Buffer, config: RunConfig, V: number): LanguageModel {
  const tensors = decodeFinite(bytes, file);
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
  return model === "bigram" ? { W: [V, V] } : MLP.shapes({ vocabularySize: V, blockSize, embedding: E, hidden: H });
}
