/**
 * SHA256SUMS, in the format of `sha256sum`: a line for each file of a run. Where a file is being
 * replaced, comments (which `sha256sum -c` skips) say what was there before, so that a process that
 * is killed between two files leaves none that its line does not know.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { CheckpointError } from "../../errors.js";
import { shellPath } from "../../shell.js";
import { readWhole } from "./file.js";

export const SUMS = "SHA256SUMS";

/** In place of a digest: there is no such file. */
export const NONE = "-";

/** Per file what it may hold: the digest of its line, then those of comments. */
export type Sums = Map<string, readonly string[]>;

export const sha256 = (bytes: string | Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex");
export const digestOf = (bytes: Uint8Array | undefined): string =>
  bytes === undefined ? NONE : sha256(bytes);

/** undefined where the folder has none. */
export const readSums = (dir: string): string | undefined =>
  readWhole(join(dir, SUMS))?.toString("utf8");

export function parseSums(dir: string, text: string): Sums {
  const sums = new Map<string, string[]>();
  const lines = text.split("\n");
  const damage = (line: number) =>
    new CheckpointError(
      join(dir, SUMS),
      `line ${line} is none that sha256sum writes; the file is damaged (${remedy(dir)})`,
    );
  if (lines.pop() !== "") throw damage(lines.length + 1);
  for (const [i, line] of lines.entries()) {
    const [, digest, name] =
      /^# before: (-|[0-9a-f]{64}) {2}(.+)$/.exec(line) ??
      /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ??
      [];
    if (line.startsWith("#") && name === undefined) continue;
    if (name === undefined) throw damage(i + 1);
    sums.set(name, [...(sums.get(name) ?? []), digest]);
  }
  return sums;
}

export const formatSums = (sums: Sums): string =>
  [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, [digest, ...before]]) => [
      ...(digest === NONE ? [] : [`${digest}  ${name}\n`]),
      ...before.map((old) => `# before: ${old}  ${name}\n`),
    ])
    .join("");

/**
 * How a person accepts what the files hold. A second line for a file is one more that it may have.
 */
function remedy(dir: string, name?: string): string {
  const [what, files] =
    name === undefined
      ? ["the files as they are", "*.json* *.safetensors *.txt >"]
      : ["it as it is", `${name} >>`];
  return `to accept ${what}: cd ${shellPath(dir)} && sha256sum ${files} ${SUMS}`;
}

/** The bytes alone of `readVerified`. */
export const readListed = (dir: string, name: string): Buffer | undefined =>
  readVerified(dir, name)?.bytes;

/**
 * The bytes of a file of a run, which are those that SHA256SUMS says, and their SHA-256; undefined
 * where the run has no such file. Another process may be writing.
 * @throws CheckpointError naming the file, or SHA256SUMS where that is missing or damaged
 */
export function readVerified(
  dir: string,
  name: string,
): { bytes: Buffer; digest: string } | undefined {
  const file = join(dir, name);
  for (let sums = readSums(dir); ;) {
    const bytes = readWhole(file);
    const digest = digestOf(bytes);
    const listed = sums === undefined ? [] : (parseSums(dir, sums).get(name) ?? []);
    if (listed.includes(digest) || (bytes === undefined && listed.length === 0))
      return bytes && { bytes, digest };
    const now = readSums(dir);
    if (now !== sums) {
      sums = now; // a process replaced files meanwhile
      continue;
    }
    if (sums === undefined)
      throw new CheckpointError(
        join(dir, SUMS),
        `no such file: lost, or the run is of an older version; ${remedy(dir)}`,
      );
    if (bytes === undefined) throw new CheckpointError(file, `is lost (ENOENT): ${SUMS} lists it`);
    const what =
      listed.length === 0 ? `${SUMS} does not list it` : `its SHA-256 is not the one in ${SUMS}`;
    throw new CheckpointError(file, `${what}: it was damaged, or edited; ${remedy(dir, name)}`);
  }
}
