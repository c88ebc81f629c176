/**
 * A run for TensorBoard: an event file (TFRecord frames of protobuf messages) made from
 * metrics.jsonl and samples.txt.
 */
import { join } from "node:path";
import { append, isLink, readWhole, writeFileAtomic } from "../run/disk/file.js";
import { readConfig } from "../run/folder/run-folder.js";
import { shownSample } from "../run/folder/samples-file.js";
import { type Measurement, readMetrics } from "../run/folder/metrics.js";
import { readSamples } from "./record.js";

/**
 * TensorBoard knows event files by "tfevents" in the name. One name per run: a second file would be
 * read beside the first.
 */
export const eventFile = (dir: string): string => join(dir, "events.out.tfevents.0.mm-train");

/**
 * Writes the event file of a run, or adds to it what was measured since: TensorBoard keeps a file
 * open and follows it. A file that says something else (the run was resumed from before its end) is
 * replaced.
 * @throws CheckpointError
 */
export function writeEvents(dir: string): string {
  const file = eventFile(dir);
  // A link is replaced, as those of all files of a run are: what it points to is not ours.
  const old = (isLink(file) ? undefined : readWhole(file)) ?? Buffer.alloc(0);
  // metrics.jsonl holds no times, so that a resumed run has the bits of any other. All events carry
  // the time of the first.
  const time = firstTime(old) ?? Date.now() / 1000;
  const events = encodeEvents(readMetrics(dir), shownSamples(dir), time);
  const follows = old.length > 0 && events.subarray(0, old.length).equals(old);
  if (follows) append(file, events.subarray(old.length));
  else writeFileAtomic(file, events);
  return file;
}

/** The time of the first event, if the file begins as ours do. */
function firstTime(file: Buffer): number | undefined {
  const [at, size] = [
    13 /* behind the frame's length (8), its checksum (4) and the field's key (1) */, 8,
  ];
  if (file.length < at + size) return undefined;
  const time = file.readDoubleLE(at);
  const start = frame(versionEvent(time));
  return file.subarray(0, start.length).equals(start) ? time : undefined;
}

const shownSamples = (dir: string): string[] => {
  const { level } = readConfig(dir);
  return readSamples(dir).map((sample) => shownSample(sample, level));
};

const versionEvent = (time: number): Buffer => event(time, 0, bytes(3, "brain.Event:2"));

function encodeEvents(
  metrics: readonly Measurement[],
  samples: readonly string[],
  time: number,
): Buffer {
  const events = [versionEvent(time)];
  for (const { step, loss, lr, trainLoss, devLoss } of metrics) {
    if (step === undefined) continue;
    const scalars = { "loss/minibatch": loss, lr, "loss/train": trainLoss, "loss/dev": devLoss };
    for (const [tag, value] of Object.entries(scalars))
      if (value !== undefined) events.push(event(time, step, scalar(tag, value)));
  }
  if (samples.length > 0) {
    // Markdown: code keeps a word that is written like a mark of it.
    const list = samples.map((sample) => `    ${sample}`).join("\n");
    events.push(
      event(time, metrics.findLast((m) => m.step !== undefined)?.step ?? 0, text("samples", list)),
    );
  }
  return Buffer.concat(events.map(frame));
}

/** tensorflow.Event: 1 wall_time, 2 step, then 3 file_version or 5 summary. */
const event = (time: number, step: number, what: Buffer): Buffer =>
  Buffer.concat([double(1, time), integer(2, step), what]);
/** Summary of one Value: 1 tag, 2 simple_value. */
const scalar = (tag: string, value: number): Buffer =>
  bytes(5, bytes(1, Buffer.concat([bytes(1, tag), float(2, value)])));
/** Value: 1 tag, 9 metadata (of the plugin that shows it), 8 tensor of one string (7). */
function text(tag: string, content: string): Buffer {
  const metadata = bytes(9, bytes(1, bytes(1, "text")));
  const shape = bytes(2, bytes(2, integer(1, 1)));
  const tensor = bytes(8, Buffer.concat([integer(1, 7), shape, bytes(8, content)]));
  return bytes(5, bytes(1, Buffer.concat([bytes(1, tag), metadata, tensor])));
}

// Protobuf fields: a key (number and wire type), then the value.
const integer = (field: number, value: number): Buffer =>
  Buffer.from([field << 3, ...varint(value)]);
function double(field: number, value: number): Buffer {
  const buffer = Buffer.from([(field << 3) | 1, ...new Uint8Array(8)]);
  buffer.writeDoubleLE(value, 1);
  return buffer;
}
function float(field: number, value: number): Buffer {
  const buffer = Buffer.from([(field << 3) | 5, ...new Uint8Array(4)]);
  buffer.writeFloatLE(value, 1);
  return buffer;
}
function bytes(field: number, value: string | Buffer): Buffer {
  const content = Buffer.from(value as string);
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...varint(content.length)]), content]);
}
/** Seven bits a byte, lowest first; the highest bit says that more follow. */
function varint(value: number): number[] {
  const digits: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) digits.push((value % 128) | 128);
  return [...digits, value];
}

/** TFRecord: length, its checksum, data, its checksum. */
function frame(data: Buffer): Buffer {
  const out = Buffer.alloc(data.length + 16);
  out.writeBigUInt64LE(BigInt(data.length));
  out.writeUInt32LE(masked(crc32c(out.subarray(0, 8))), 8);
  data.copy(out, 12);
  out.writeUInt32LE(masked(crc32c(data)), 12 + data.length);
  return out;
}

/** As TensorFlow stores checksums: a checksum of data that holds checksums would be weak. */
const masked = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;

/** Castagnoli's polynomial, reflected. */
const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0x82f63b78 : n >>> 1;
  return n;
});
const crc32c = (data: Uint8Array): number =>
  ~data.reduce((crc, byte) => TABLE[(crc ^ byte) & 255] ^ (crc >>> 8), -1) >>> 0;
