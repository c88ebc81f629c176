/** Runs as .zip of their folder: `npx mm-train --resume` goes on with one, and one of Node here. */
import { join } from "node:path";
import { UsageError } from "../../../lib/errors.js";
import { loadRunCorpus } from "../../../lib/run/corpus/run-corpus.js";
import { createTraining } from "../../../lib/run/create-training.js";
import { ensureFolder } from "../../../lib/run/disk/folder.js";
import { writeFileAtomic } from "../../../lib/run/disk/file.js";
import { RunFiles } from "../../../lib/run/disk/run-files.js";
import { restoreCheckpoint } from "../../../lib/run/folder/checkpoint.js";
import { Metrics } from "../../../lib/run/folder/metrics.js";
import { readConfig } from "../../../lib/run/folder/run-folder.js";
import { save } from "../../../lib/run/session/session.js";
import type { List } from "../protocol.js";
import { fileName, type Lists } from "./lists.js";
import { checkTraining, type Training } from "./training.js";
import { type Files, filesIn, unzipped, zipped } from "./zip.js";

/** The run's folder in the archive. */
const FOLDER = "mm-train-run";
/** Of the process that writes. */
const LOCK = "run.lock";

/** The folder of a run as it is now, and beside it the list that it learns from. */
export function savedRun(training: Training): { name: string; bytes: Uint8Array<ArrayBuffer> } {
  const { config, files, trainer } = training;
  save(training);
  const { data } = config;
  const list =
    data === null || data === "names"
      ? {}
      : { [fileName(data)]: filesIn(join(data, ".."), () => true)[fileName(data)] };
  const run = filesIn(files.dir, (name) => name !== LOCK);
  const inFolder = Object.entries(run).map(([name, bytes]) => [`${FOLDER}/${name}`, bytes]);
  const bytes = zipped({ ...list, ...(Object.fromEntries(inFolder) as Files) });
  return { name: `${FOLDER}-${trainer.step}.zip`, bytes };
}

/**
 * Makes an archive a run again, in a folder of its own.
 * @param list the one that the page has, for a run of a list that is not in the archive
 * @throws UsageError, CheckpointError or DataError with one line
 */
export function openedRun(
  archive: { readonly name: string; readonly bytes: Uint8Array },
  dir: string,
  { lists, list }: { readonly lists: Lists; readonly list: List },
): { training: Training; list: List } {
  const files = unzipped(archive.bytes, archive.name);
  unpackRun(files, dir, archive.name);
  const saved = readConfig(dir);
  const own =
    listIn(files, saved.data) ?? (saved.data === "names" ? { kind: "names" as const } : list);
  const config = { ...saved, data: lists.dataOf(own) };
  const corpus = loadRunCorpus(dir, config);
  const { model, trainer } = createTraining(config, corpus);
  if (trainer !== undefined) restoreCheckpoint(dir, trainer);
  const metrics = Metrics.before(dir, trainer?.step ?? 0, config.steps);
  const run = new RunFiles(dir);
  try {
    const training = checkTraining({ config, corpus, model, trainer, metrics, files: run });
    return { training, list: own };
  } catch (error) {
    run.close();
    throw error;
  }
}

/** Writes the files that stand beside config.json. */
function unpackRun(files: Files, dir: string, name: string): void {
  const configs = Object.keys(files).filter((path) => /(^|\/)config\.json$/.test(path));
  if (configs.length !== 1) {
    const what = configs.length === 0 ? "holds no config.json" : `holds ${configs.length} runs`;
    throw new UsageError(`${name}: ${what}; expected a .zip of one run folder of mm-train`);
  }
  const folder = configs[0].slice(0, -"config.json".length);
  ensureFolder(dir);
  for (const [path, bytes] of Object.entries(files)) {
    const inside = path.slice(folder.length);
    if (path.startsWith(folder) && !inside.includes("/") && inside !== LOCK)
      writeFileAtomic(join(dir, inside), bytes);
  }
}

/** The list that an archive has for its run. */
function listIn(files: Files, data: string | null): List | undefined {
  if (data === null || data === "names") return undefined;
  const name = fileName(data);
  const path = Object.keys(files).find((each) => fileName(each) === name);
  return path === undefined ? undefined : { kind: "file", name, bytes: files[path] };
}
