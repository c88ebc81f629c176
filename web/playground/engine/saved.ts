/** Runs as .zip of their folder: `npx mm-train --resume` goes on with one, and one of Node here. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CheckpointError, DataError } from "../../../lib/errors.js";
import type { Corpus } from "../../../lib/run/corpus/corpus.js";
import { loadRunCorpus } from "../../../lib/run/corpus/run-corpus.js";
import { createTraining } from "../../../lib/run/create-training.js";
import { RunFiles } from "../../../lib/run/disk/run-files.js";
import { restoreCheckpoint } from "../../../lib/run/folder/checkpoint.js";
import { Metrics } from "../../../lib/run/folder/metrics.js";
import { readConfig, type RunConfig } from "../../../lib/run/folder/run-folder.js";
import { save } from "../../../lib/run/session/session.js";
import { putFile } from "../../files/folder.js";
import { unzipInto, zipFolder } from "../../files/zip.js";
import type { List } from "../protocol.js";
import { fileName, type Lists } from "./lists.js";
import { checkTraining, type Training } from "./training.js";

/** In a run folder: the list that it learns from, which may be nowhere else. */
const LIST = "list";

/** The folder of a run as it is now, with its list. */
export function savedRun(training: Training): { name: string; bytes: Uint8Array<ArrayBuffer> } {
  const { config, files, trainer } = training;
  save(training);
  const { data } = config;
  if (data !== null && data !== "names")
    putFile(join(files.dir, LIST, fileName(data)), readFileSync(data));
  const bytes = new Uint8Array(zipFolder(files.dir));
  return { name: `${fileName(files.dir)}-${trainer.step}.zip`, bytes };
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
  const files = unzipInto(archive.bytes, dir, archive.name);
  if (!files.includes("config.json"))
    throw new DataError(archive.name, "holds no config.json: expected a run folder of mm-train");
  const saved = readConfig(dir);
  const own = listIn(dir, saved.data);
  const config = { ...saved, data: lists.dataOf(own ?? list) };
  const corpus = corpusOf(dir, config, own === undefined ? archive.name : undefined);
  const { model, trainer } = createTraining(config, corpus);
  if (trainer !== undefined) restoreCheckpoint(dir, trainer);
  const metrics = Metrics.before(dir, trainer?.step ?? 0, config.steps);
  const run = new RunFiles(dir);
  try {
    const training = checkTraining({ config, corpus, model, trainer, metrics, files: run });
    return { training, list: own ?? list };
  } catch (error) {
    run.close();
    throw error;
  }
}

/** @param alone the archive of a run without its list: the one of the page need not be it */
function corpusOf(dir: string, config: RunConfig, alone: string | undefined): Corpus {
  try {
    return loadRunCorpus(dir, config);
  } catch (error) {
    if (alone === undefined || !(error instanceof CheckpointError)) throw error;
    const remedy = "choose that list here first, then open the run again";
    throw new DataError(alone, `comes without its list, and was trained on other words: ${remedy}`);
  }
}

/** The list that a run has with it, or that everybody has. */
function listIn(dir: string, data: string | null): List | undefined {
  if (data === null) return undefined;
  if (data === "names") return { kind: "names" };
  const name = fileName(data);
  const file = join(dir, LIST, name);
  return existsSync(file) ? { kind: "file", name, bytes: readFileSync(file) } : undefined;
}
