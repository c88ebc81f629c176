/** The event file for TensorBoard, read by a decoder that shares nothing with the writer. */
import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CheckpointError } from "../../lib/errors.js";
import { eventFile, writeEvents } from "../../lib/report/tensorboard.js";
import { errorOf, scratch, writeRun } from "../train/support.js";
import { curve, fakeRun } from "./support.js";

const folder = scratch();

/** CRC-32C a bit at a time, by long division of the reflected polynomial. */
function crc(data: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of data) {
    for (let bit = 0; bit < 8; bit++) {
      const odd = (rest ^ (byte >> bit)) & 1;
      rest = (rest >>> 1) ^ (odd === 1 ? 0x82f63b78 : 0);
    }
  }
  return (rest ^ 0xffffffff) >>> 0;
}
/** TensorFlow's mask taken off. */
const unmask = (masked: number): number => {
  const rotated = (masked - 0xa282ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
};

/** The payloads of TFRecord frames; fails where a checksum does not fit. */
function records(file: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(unmask(file.readUInt32LE(at + 8))).toBe(crc(file.subarray(at, at + 8)));
    expect(unmask(file.readUInt32LE(at + 12 + length))).toBe(crc(data));
    found.push(data);
    at += 16 + length;
  }
  return found;
}

/** The fields of a protobuf message by number: numbers, or bytes for the caller to read. */
function fields(message: Buffer): Map<number, number | Buffer> {
  const found = new Map<number, number | Buffer>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++];
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const type = key % 8;
    if (type === 0) found.set(key >> 3, varint());
    else if (type === 1) found.set(key >> 3, message.readDoubleLE((at += 8) - 8));
    else if (type === 5) found.set(key >> 3, message.readFloatLE((at += 4) - 4));
    else {
      expect(type).toBe(2);
      const length = varint();
      found.set(key >> 3, message.subarray(at, (at += length)));
    }
  }
  return found;
}
const message = (parent: Map<number, number | Buffer>, field: number) =>
  fields(parent.get(field) as Buffer);

/** Every event but the first as [tag, step, value]; a text as its text. */
function read(dir: string): {
  version: string;
  time: number;
  events: [string, number, number | string][];
} {
  const [first, ...rest] = records(readFileSync(eventFile(dir))).map(fields);
  const events = rest.map((event): [string, number, number | string] => {
    const value = message(message(event, 5), 1);
    expect(event.get(1)).toBe(first.get(1));
    const scalar = value.get(2);
    const tag = String(value.get(1));
    if (scalar !== undefined) return [tag, event.get(2) as number, scalar as number];
    expect(String(message(message(value, 9), 1).get(1))).toBe("text");
    const tensor = message(value, 8);
    expect(tensor.get(1)).toBe(7); // DT_STRING
    expect(message(message(tensor, 2), 2).get(1)).toBe(1); // of one string
    return [tag, event.get(2) as number, String(tensor.get(8))];
  });
  return { version: String(first.get(3)), time: first.get(1) as number, events };
}

const METRICS = [
  { step: 0, loss: 3.5, lr: 0.125 },
  { step: 300, loss: 2.5, lr: 0.125 },
  { step: 400, devLoss: 2.75 },
  { step: 1_000_000_000, trainLoss: 2.25, devLoss: 2.375, bigramDevLoss: 2.5 },
  { seconds: 1, stepsPerSecond: 400 },
];
const SCALARS = [
  ["loss/minibatch", 0, 3.5],
  ["lr", 0, 0.125],
  ["loss/minibatch", 300, 2.5],
  ["lr", 300, 0.125],
  ["loss/dev", 400, 2.75],
  ["loss/train", 1_000_000_000, 2.25],
  ["loss/dev", 1_000_000_000, 2.375],
];

describe("the event file", () => {
  it("holds losses, rates and samples with their steps", () => {
    const before = Date.now() / 1000;
    const dir = fakeRun(folder(), { metrics: METRICS, samples: ["anna", "größe"] });
    expect(writeEvents(dir)).toBe(eventFile(dir));
    const { version, time, events } = read(dir);
    expect(version).toBe("brain.Event:2");
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now() / 1000);
    expect(events).toEqual([...SCALARS, ["samples", 1_000_000_000, "    anna\n    größe"]]);
  });

  it("is followed: what was written stays where it is, and new measurements come behind", () => {
    const dir = fakeRun(folder(), { metrics: METRICS.slice(0, 2) });
    const file = readFileSync(writeEvents(dir));
    const lines = METRICS.map((line) => `${JSON.stringify(line)}\n`).join("");
    writeRun(dir, { "metrics.jsonl": lines });
    const longer = readFileSync(writeEvents(dir));
    expect(longer.length).toBeGreaterThan(file.length);
    expect(longer.subarray(0, file.length).equals(file)).toBe(true);
    expect(readFileSync(writeEvents(dir)).equals(longer)).toBe(true);
    // The end of it lost, as by a full disk: completed.
    writeFileSync(eventFile(dir), longer.subarray(0, file.length + 9));
    expect(readFileSync(writeEvents(dir)).equals(longer)).toBe(true);
    expect(read(dir).events).toEqual(SCALARS);
  });

  it("is replaced when the run went back to a checkpoint, and whatever else has its name", () => {
    const dir = fakeRun(folder(), { metrics: METRICS });
    writeEvents(dir);
    writeRun(dir, {
      "metrics.jsonl": `${JSON.stringify(METRICS[0])}\n{"step":300,"loss":1.5,"lr":0.125}\n`,
    });
    writeEvents(dir);
    expect(read(dir).events).toEqual([
      ...SCALARS.slice(0, 2),
      ["loss/minibatch", 300, 1.5],
      ["lr", 300, 0.125],
    ]);
    writeFileSync(eventFile(dir), "something else that is long enough");
    writeEvents(dir);
    expect(read(dir).events).toHaveLength(4);
    expect(readdirSync(dir).filter((name) => /tfevents/.test(name))).toHaveLength(1);
  });

  it("is neither read nor written through a link, which could lead anywhere", () => {
    const dir = fakeRun(folder(), { metrics: METRICS });
    const other = writeEvents(fakeRun(folder(), { metrics: METRICS.slice(0, 2) }));
    const before = readFileSync(other);
    symlinkSync(other, eventFile(dir));
    writeEvents(dir);
    expect(readFileSync(other).equals(before)).toBe(true);
    expect(lstatSync(eventFile(dir)).isFile()).toBe(true);
    expect(read(dir).events).toEqual(SCALARS);
  });

  it("of many measurements is one frame per value", () => {
    const dir = fakeRun(folder(), { metrics: curve(1000) });
    writeEvents(dir);
    expect(read(dir).events).toHaveLength(2002);
  });

  it("is not written from damaged measurements", async () => {
    const dir = fakeRun(folder());
    writeRun(dir, { "metrics.jsonl": "{" });
    expect((await errorOf(CheckpointError, () => writeEvents(dir))).file).toBe(
      join(dir, "metrics.jsonl"),
    );
    writeRun(dir, { "metrics.jsonl": "" });
    writeEvents(dir);
    expect(read(dir).events).toEqual([]);
  });
});
