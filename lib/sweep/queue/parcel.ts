/** A run folder as bytes: how it travels where hosts share no files. */
import { deserialize, serialize } from "node:v8";
import * as z from "zod";
import { CheckpointError } from "../../errors.js";
import { ensureFolder } from "../../run/disk/folder.js";
import { withRunFiles } from "../../run/disk/run-files.js";
import { parseJson } from "../../run/folder/metrics.js";
import { parseSums, readSums, readVerified } from "../../run/disk/sums.js";

/** What files of runs are called: nothing that leads out of a folder. */
const NAME = /^[a-z][a-z-]*\.(json|jsonl|safetensors|txt)$/;

/** All files that the folder's sums list, whole, also while a training writes. */
export function packRun(dir: string): Buffer {
  const names = [...parseSums(dir, readSums(dir) ?? "").keys()];
  const files = names.flatMap((name) => {
    const file = readVerified(dir, name);
    return file === undefined ? [] : [[name, file.bytes] as const];
  });
  return serialize(new Map(files));
}

/**
 * Writes them as a run's one writer does: killed on the way, every file is whole.
 * @throws CheckpointError for bytes that are no run
 */
export function unpackRun(dir: string, parcel: Uint8Array): void {
  const files = filesIn(parcel);
  if (files === undefined) throw new CheckpointError(dir, "what came for it is no run folder");
  ensureFolder(dir);
  withRunFiles(dir, (writer) => writer.write(files));
}

const factsSchema = z.object({ stepsDone: z.number(), wordsSha256: z.string() });

/** What a parcel says of its run; undefined of one that is none. */
export function factsIn(parcel: Uint8Array): Readonly<z.output<typeof factsSchema>> | undefined {
  const config = filesIn(parcel)?.["config.json"] ?? new Uint8Array();
  return factsSchema.safeParse(parseJson(Buffer.from(config).toString("utf8"))).data;
}

function filesIn(parcel: Uint8Array): Record<string, Uint8Array> | undefined {
  let files: unknown;
  try {
    files = deserialize(parcel);
  } catch {
    return undefined;
  }
  if (!(files instanceof Map)) return undefined;
  const entries = [...files] as [unknown, unknown][];
  const good = entries.every(
    ([name, bytes]) => typeof name === "string" && NAME.test(name) && bytes instanceof Uint8Array,
  );
  return good ? (Object.fromEntries(entries) as Record<string, Uint8Array>) : undefined;
}
