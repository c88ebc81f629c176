/**
 * The safetensors format, so that a network opens in Python: 8 bytes little-endian header length, a JSON header of
 * `{name: {dtype, shape, data_offsets}}`, then the tensors' bytes.
 */
import { readFileSync } from "node:fs";
import { CheckpointError, quote } from "../errors.js";
import { numel } from "../tensor/shape.js";
import { type Tensor, tensor } from "../tensor/index.js";

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

const DTYPES = { float32: "F32", int32: "I32" } as const;

/** Bytes of a file with these tensors, in this order; `metadata` are strings kept in the header. */
export function encodeSafetensors(tensors: Readonly<Record<string, Tensor>>, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [["__metadata__", metadata]] : [];
  const blocks: Uint8Array[] = [];
  let at = 0;
  for (const [name, t] of Object.entries(tensors)) {
    const words = t.toTypedArray();
    blocks.push(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
    header.push([name, { dtype: DTYPES[t.dtype], shape: [...t.shape], data_offsets: [at, at + words.byteLength] }]);
    at += words.byteLength;
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const text = Buffer.concat([json, Buffer.alloc(-json.length & 7, " ")]); // so that the numbers start 8-byte aligned
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...blocks]);
}

/** The float32 and int32 tensors of a file. */
export function readSafetensors(file: string): Record<string, Tensor> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new CheckpointError(file, `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
  const length = bytes.length >= 8 ? Number(bytes.readBigUInt64LE()) : -1;
  if (length < 0 || length > bytes.length - 8) throw new CheckpointError(file, "not a safetensors file: it is too short for its header");
  let header: unknown;
  try {
    header = JSON.parse(bytes.toString("utf8", 8, 8 + length));
  } catch {
    throw new CheckpointError(file, "not a safetensors file: its header is not JSON");
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw new CheckpointError(file, `not a safetensors file: expected an object as header, got ${quote(header)}`);
  }
  const data = bytes.subarray(8 + length);
  const entries = Object.entries(header).filter(([name]) => name !== "__metadata__");
  return Object.fromEntries(entries.map(([name, entry]) => [name, decode(file, name, entry, data)]));
}

function decode(file: string, name: string, entry: unknown, data: Buffer): Tensor {
  const { dtype: code, shape, data_offsets: place } = (entry ?? {}) as Partial<Record<keyof Entry, unknown>>;
  const dtype = code === "F32" ? "float32" : code === "I32" ? "int32" : undefined;
  if (dtype === undefined) throw new CheckpointError(file, `tensor ${quote(name)}: expected dtype F32 or I32, got ${quote(code)}`);
  const [from, to] = sizes(place) ?? [];
  const dims = sizes(shape);
  if (dims === undefined || from === undefined || to === undefined || to > data.length || to - from !== 4 * numel(dims)) {
    throw new CheckpointError(file, `tensor ${quote(name)}: its shape and its place in the file do not fit (the file may be cut short)`);
  }
  const copy = new Uint8Array(data.subarray(from, to)).buffer;
  return tensor(dtype === "float32" ? new Float32Array(copy) : new Int32Array(copy), { shape: dims });
}

/** `value` if it is a list of whole numbers >= 0. */
const sizes = (value: unknown): number[] | undefined =>
  Array.isArray(value) && value.every((d) => Number.isSafeInteger(d) && d >= 0) ? (value as number[]) : undefined;
