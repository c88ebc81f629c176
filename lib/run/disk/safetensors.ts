/**
 * The safetensors format, so that a network opens in Python: 8 bytes little-endian header length, a
 * JSON header of `{name: {dtype, shape, data_offsets}}`, then the tensors' bytes.
 */
import { isUtf8 } from "node:buffer";
import { checkObject, checkText } from "../../check.js";
import { CheckpointError, ValueError } from "../../errors.js";
import { type DType, type Tensor, tensor } from "../../tensor/index.js";
import { isTooLarge, MOST_ELEMENTS, show } from "../../tensor/shape.js";
import { checkTensor } from "../../tensor/tensor.js";
import { notFinite } from "../../train/finite.js";
import { readWhole } from "./file.js";
import { brief, type Entry, parseHeader } from "./safetensors-header.js";

/** The format's name of each dtype, and its bytes per number. */
const DTYPES = {
  float32: { named: "F32", bytes: 4 },
  int32: { named: "I32", bytes: 4 },
  bool: { named: "BOOL", bytes: 1 },
} as const;

const dtypeOf = (named: string): DType | undefined =>
  (Object.keys(DTYPES) as DType[]).find((dtype) => DTYPES[dtype].named === named);

const METADATA = "__metadata__";

/**
 * Bytes of a file with these tensors, in this order; `metadata` are strings kept in the header.
 * @throws ValueError for what is none
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const texts = { ...checkObject("encodeSafetensors: metadata", metadata) };
  for (const [name, text] of Object.entries(texts))
    checkText(`encodeSafetensors: metadata.${name}`, text);
  const header: [string, unknown][] = Object.keys(texts).length > 0 ? [[METADATA, texts]] : [];
  const blocks: Uint8Array[] = [];
  let at = 0;
  for (const [name, t] of Object.entries(checkObject("encodeSafetensors: tensors", tensors))) {
    if (name === METADATA)
      throw new ValueError(
        `encodeSafetensors: tensors: expected other names than ${METADATA}, which the format ` +
          "has for itself",
      );
    checkTensor(`encodeSafetensors: tensors.${name}`, t);
    const numbers = t.toTypedArray();
    const words = t.dtype === "bool" ? Uint8Array.from(numbers) : numbers;
    blocks.push(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
    header.push([
      name,
      {
        dtype: DTYPES[t.dtype].named,
        shape: [...t.shape],
        data_offsets: [at, at + words.byteLength],
      },
    ]);
    at += words.byteLength;
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  // So that the numbers start 8-byte aligned.
  const text = Buffer.concat([json, Buffer.alloc(-json.length & 7, " ")]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const parts = [length, text, ...blocks];
  // In memory of its own: small Buffers share theirs.
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let to = 0;
  for (const part of parts) {
    bytes.set(part, to);
    to += part.length;
  }
  return bytes;
}

/**
 * The float32, int32 and bool tensors of a file.
 * @throws CheckpointError unless all of it is as the format says: no hole, no overlap, no name
 *   twice
 */
export function readSafetensors(file: string): Record<string, Tensor> {
  const bytes = readWhole(checkText("readSafetensors: file", file));
  if (bytes === undefined) throw new CheckpointError(file, "cannot be read (ENOENT)");
  return decodeSafetensors(bytes, file);
}

/** As in the format's reference implementation, in bytes. */
const LONGEST_HEADER = 100_000_000;

/** `readSafetensors` of bytes that are in memory; errors name `file`. */
function decodeSafetensors(contents: Uint8Array, file: string): Record<string, Tensor> {
  const bytes = Buffer.from(contents.buffer, contents.byteOffset, contents.byteLength);
  const damaged = (what: string) => new CheckpointError(file, `not a safetensors file: ${what}`);
  const length = bytes.length >= 8 ? Number(bytes.readBigUInt64LE()) : -1;
  if (length < 0 || length > bytes.length - 8) throw damaged("it is too short for its header");
  if (length > LONGEST_HEADER) throw damaged(`its header is longer than ${LONGEST_HEADER} bytes`);
  const header = bytes.subarray(8, 8 + length);
  if (!isUtf8(header)) throw damaged("its header is not UTF-8");
  const entries = parseHeader(header.toString("utf8"), damaged);
  const data = bytes.subarray(8 + length);
  let end = 0;
  for (const [name, entry] of [...entries].sort(([, a], [, b]) => a.from - b.from || a.to - b.to)) {
    check(entry, end, (what) => new CheckpointError(file, `tensor ${brief(name)}: ${what}`));
    end = entry.to;
  }
  if (end !== data.length)
    throw damaged(
      `its tensors are ${end} bytes, and it has ${data.length} for them (it may be cut short)`,
    );
  return Object.fromEntries([...entries].map(([name, entry]) => [name, decode(entry, data)]));
}

/** Each tensor begins where the one before it ended. */
function check(
  { dtype, shape, from, to }: Entry,
  end: number,
  wrong: (what: string) => CheckpointError,
): void {
  const kind = dtypeOf(dtype);
  if (kind === undefined) throw wrong(`expected dtype F32, I32 or BOOL, got ${brief(dtype)}`);
  if (from !== end || to < from)
    throw wrong(
      `its place does not follow on the one before, expected ${end} as its first offset, got ` +
        `[${from}, ${to}]`,
    );
  if (isTooLarge(shape))
    throw wrong(`expected at most ${MOST_ELEMENTS} numbers, got shape ${show(shape)}`);
  // Beyond 2^53 a product is not exact, and larger than any file; but not where a size is 0.
  const bytes = shape.includes(0)
    ? 0
    : shape.reduce((product, size) => product * size, DTYPES[kind].bytes);
  if (bytes !== to - from)
    throw wrong(
      `its shape and its place in the file do not fit, expected ${bytes} bytes, got ${to - from}`,
    );
}

function decode({ dtype, shape, from, to }: Entry, data: Buffer): Tensor {
  const bytes = new Uint8Array(data.subarray(from, to));
  const kind = dtypeOf(dtype) as DType;
  const numbers = {
    float32: () => new Float32Array(bytes.buffer),
    int32: () => new Int32Array(bytes.buffer),
    bool: () => Int32Array.from(bytes),
  };
  return tensor(numbers[kind](), { shape, dtype: kind });
}

/**
 * The tensors of a run's file.
 * @throws CheckpointError also for one that is not finite: none is ever saved
 */
export function decodeFinite(bytes: Uint8Array, file: string): Record<string, Tensor> {
  const tensors = decodeSafetensors(bytes, file);
  const flaw = notFinite(tensors);
  if (flaw === undefined) return tensors;
  throw new CheckpointError(file, `tensor ${flaw}; the file is damaged`);
}
