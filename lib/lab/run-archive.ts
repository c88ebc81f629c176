/**
 * A run folder as one .zip, for the playground of the same page: the files that SHA256SUMS lists,
 * and the list of words that the run learned from, where the playground looks for it.
 */
import { zipSync } from "fflate";
import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { UsageError } from "../errors.js";
import { familyOf } from "../models/registry.js";
import { loadRunWords } from "../run/corpus/run-corpus.js";
import { readWhole } from "../run/disk/file.js";
import { isAtWork } from "../run/disk/lock.js";
import { parseSums, readSums, readVerified, SUMS } from "../run/disk/sums.js";
import { holdsModel, readConfig, type RunConfig } from "../run/folder/run-folder.js";

/** Bytes that are sent at most: a page holds all of them in memory. */
const MOST = 64 * 2 ** 20;
/** Bytes of a list that goes with its run. */
const MOST_OF_LIST = 8 * 2 ** 20;

/** Why the playground cannot open a run; undefined where it can. */
export function notForPlayground(dir: string, config: RunConfig): string | undefined {
  const { model, level } = config;
  const what = "the playground trains mlp over characters";
  if (level === "word") return `${what}; this run is over words`;
  if (familyOf(config).counted) return `${what}; this run is ${model}, which is counted`;
  if (model !== "mlp") return `${what}; this run is ${model}`;
  if (isAtWork(dir)) return "it is still training: open it when that has ended";
  if (!holdsModel(dir)) return "it holds no model: it ended before its first checkpoint";
  return undefined;
}

/**
 * @throws UsageError where it is too large, or nothing for the playground; CheckpointError where a
 *   file of it is damaged
 */
export function runArchive(dir: string): Uint8Array {
  const config = readConfig(dir);
  const refused = notForPlayground(dir, config);
  if (refused !== undefined) throw new UsageError(refused);
  const files: Record<string, Uint8Array> = {};
  let size = 0;
  const add = (name: string, bytes: Uint8Array | undefined): void => {
    if (bytes === undefined) return;
    size += bytes.length;
    if (size > MOST)
      throw new UsageError(
        `${basename(dir)}: holds more than ${MOST / 2 ** 20} MiB, too much for the playground`,
      );
    files[name] = bytes;
  };
  for (const name of parseSums(dir, readSums(dir) ?? "").keys())
    if (PLAIN.test(name)) add(name, readVerified(dir, name)?.bytes);
  add(SUMS, readWhole(join(dir, SUMS)));
  const { data } = config;
  if (data !== null && data !== "names") add(`list/${basename(data)}`, listOf(dir, config, data));
  return zipSync(files, { level: 0 });
}

/** Names of files in the folder itself: SHA256SUMS is a text, and may hold any. */
const PLAIN = /^[a-z][\w.-]*$/i;

/**
 * The file with the words of a run; undefined where it is too large, or is not what the run learned
 * from. So no file leaves the machine but one whose content the run folder knows.
 */
function listOf(dir: string, config: RunConfig, data: string): Uint8Array | undefined {
  try {
    const { size } = statSync(data);
    if (size > MOST_OF_LIST) return undefined;
    loadRunWords(dir, config);
    return readWhole(data);
  } catch {
    return undefined; // moved, changed, or no list any more: the playground asks for it
  }
}
