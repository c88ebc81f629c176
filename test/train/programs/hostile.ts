/**
 * Reads safetensors files that were made to do harm, each in a process of its own: `hostile.ts
 * FOLDER` prints for each the error's name and by how many megabytes the most memory that the
 * process ever had grew.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readSafetensors } from "../../../lib/index.js";

const MB = 1 << 20;
const framed = (header: string, length = BigInt(Buffer.byteLength(header)), body = 16): Buffer => {
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(length);
  return Buffer.concat([size, Buffer.from(header), Buffer.alloc(body)]);
};
const entry = (name: string, size: number | string, from: number | string, to: number | string) =>
  `${JSON.stringify(name)}:{"dtype":"F32","shape":[${size}],"data_offsets":[${from},${to}]}`;
const repeated = (text: string, megabytes: number) => text.repeat((megabytes * MB) / text.length);

const CASES: Record<string, () => Buffer> = {
  "a header of 2^63 bytes": () => framed("{}", 2n ** 63n),
  "a header of 2^64 - 1 bytes": () => framed("{}", 2n ** 64n - 1n),
  "a tensor of 2^40 numbers": () => framed(`{${entry("a", 2 ** 40, 0, 2 ** 42)}}`),
  "a tensor of 2^63 numbers": () =>
    framed(`{${entry("a", "9223372036854775808", 0, "9223372036854775808")}}`),
  "a negative offset": () => framed(`{${entry("a", 4, -16, 0)}}`),
  "100,000 overlapping tensors of the whole file": () =>
    framed(
      `{${Array.from({ length: 100_000 }, (_, i) => entry(String(i), MB, 0, 4 * MB)).join()}}`,
      undefined,
      4 * MB,
    ),
  "brackets 8 MB deep": () => framed(repeated("[", 8)),
  "objects 8 MB deep": () => framed(repeated('{"a":', 8)),
  "brackets in a tensor 8 MB deep": () => framed(`{"a":${repeated("[", 8)}`),
  "8 MB of small objects": () => framed(`{"a":[${repeated("{},", 8)}{}]}`),
  "8 MB of sizes": () =>
    framed(`{"a":{"dtype":"F32","shape":[${repeated("0,", 8)}0],"data_offsets":[0,0]}}`),
  "a name of 8 MB": () => framed(`{${entry(repeated("a", 8), 5, 0, 16)}}`),
  "a name of 8 MB, twice": () =>
    framed(`{${entry(repeated("a", 4), 4, 0, 16)},${entry(repeated("a", 4), 4, 0, 16)}}`),
  "a text of 8 MB of escapes": () => framed(`{"${repeated("\\n", 8)}`),
  "8 MB of metadata": () =>
    framed(
      `{"__metadata__":{${Array.from({ length: MB / 2 }, (_, i) => `"${i}":"x"`).join()}}}`,
      undefined,
      1,
    ),
  "8 MB of spaces": () => framed(`${repeated(" ", 8)}{}`),
};

const [folder, made] = process.argv.slice(2);
const file = join(folder, "hostile.safetensors");
if (made === undefined) {
  const cases = Object.entries(CASES).map(([name, make]) => {
    const bytes = make();
    writeFileSync(file, bytes);
    const read = execFileSync(
      process.execPath,
      ["--import", "tsx", fileURLToPath(import.meta.url), folder, "made"],
      { encoding: "utf8" },
    );
    return { name, megabytes: bytes.length / MB, ...(JSON.parse(read) as object) };
  });
  process.stdout.write(JSON.stringify(cases));
} else {
  const most = () => process.resourceUsage().maxRSS / 1024;
  const before = most();
  let error = "none";
  try {
    readSafetensors(file);
  } catch (e) {
    error = (e as Error).name;
  }
  process.stdout.write(JSON.stringify({ grown: most() - before, error }));
}
