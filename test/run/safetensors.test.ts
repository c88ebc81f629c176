/**
 * The file format: what is written comes back to the bit and opens in Python; what others wrote
 * never surprises.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CheckpointError,
  encodeSafetensors,
  Generator,
  randn,
  readSafetensors,
  type Tensor,
  tensor,
} from "../../lib/index.js";
import { errorOf, scratch } from "../train/support.js";

const folder = scratch();

const shape = fc.array(fc.nat(4), { maxLength: 4 });
const anyTensor = shape.chain((sizes) => {
  const length = sizes.reduce((product, size) => product * size, 1);
  const exactly = { minLength: length, maxLength: length };
  return fc
    .oneof(fc.float32Array(exactly), fc.int32Array(exactly)) // NaN, infinities and -0 among them
    .map((numbers) => tensor(numbers, { shape: sizes }));
});
const anyName = fc
  .string({ unit: "binary", maxLength: 12 })
  .filter((name) => name !== "__metadata__" && name !== "__proto__");
const anyTensors = fc.dictionary(anyName, anyTensor, { maxKeys: 5, noNullPrototype: true });

const bitsOf = (t: Tensor) => {
  const { buffer, byteOffset, byteLength } = t.toTypedArray();
  return {
    dtype: t.dtype,
    shape: [...t.shape],
    bits: Buffer.from(buffer, byteOffset, byteLength).toString("hex"),
  };
};
const allBits = (tensors: Readonly<Record<string, Tensor>>) =>
  Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, bitsOf(t)]));

/** The format as its authors describe it, in Python without packages. */
const READER = `
import json, struct, sys
with open(sys.argv[1], "rb") as f:
    data = f.read()
(length,) = struct.unpack("<Q", data[:8])
assert length % 8 == 0, "the numbers are not aligned"
header = json.loads(data[8 : 8 + length].decode("utf-8"))
metadata = header.pop("__metadata__", {})
assert all(isinstance(v, str) for v in metadata.values())
body, end, tensors = data[8 + length :], 0, {}
for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
    first, last = entry["data_offsets"]
    assert first == end, "a hole between two tensors"
    end = last
    kind = {"F32": "f", "I32": "i"}[entry["dtype"]]
    values = struct.unpack("<%d%s" % ((last - first) // 4, kind), body[first:last])
    tensors[name] = {"shape": entry["shape"], "values": [repr(v) for v in values]}
assert end == len(body), "bytes after the last tensor"
print(json.dumps({"metadata": metadata, "tensors": tensors}))
`;
interface InPython {
  metadata: Record<string, string>;
  tensors: Record<string, { shape: number[]; values: string[] }>;
}
const readInPython = (file: string) =>
  JSON.parse(execFileSync("python3", ["-c", READER, file], { encoding: "utf8" })) as InPython;

describe("a file of tensors", () => {
  const file = join(folder(), "tensors.safetensors");

  it("gives back every bit, dtype, shape and name", () => {
    fc.assert(
      fc.property(anyTensors, (tensors) => {
        writeFileSync(file, encodeSafetensors(tensors));
        expect(allBits(readSafetensors(file))).toEqual(allBits(tensors));
      }),
    );
  });

  it("starts its numbers at a multiple of 8 bytes, whatever the header", () => {
    fc.assert(
      fc.property(
        anyTensors,
        fc.dictionary(anyName, fc.string(), { maxKeys: 2 }),
        (tensors, metadata) => {
          const bytes = encodeSafetensors(tensors, metadata);
          expect(Number(Buffer.from(bytes).readBigUInt64LE()) % 8).toBe(0);
          expect(bytes[8]).toBe("{".charCodeAt(0));
        },
      ),
    );
  });

  it("holds a view of a larger tensor as its own elements, in row-major order", () => {
    const all = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    writeFileSync(
      file,
      encodeSafetensors({
        turned: all.t(),
        row: all.select(0, 1),
        repeated: tensor(7).expand([2, 2]),
      }),
    );
    const { turned, row, repeated } = readSafetensors(file);
    expect(turned.toArray()).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    expect(row.toArray()).toEqual([4, 5, 6]);
    expect(repeated.toArray()).toEqual([
      [7, 7],
      [7, 7],
    ]);
  });

  it("opens in Python with the same numbers", () => {
    const tensors = {
      C: randn([27, 10], { generator: new Generator(1) }),
      b1: randn([7], { generator: new Generator(2) }),
      "größe 🦊": tensor(0.1),
      none: tensor([], { shape: [0, 3] }),
      ids: tensor(Int32Array.of(-(2 ** 31), 2 ** 31 - 1)),
    };
    writeFileSync(file, encodeSafetensors(tensors, { step: "200000" }));
    const python = readInPython(file);
    expect(python.metadata).toEqual({ step: "200000" });
    expect(Object.keys(python.tensors).sort()).toEqual(Object.keys(tensors).sort());
    for (const [name, t] of Object.entries(tensors)) {
      expect(python.tensors[name].shape).toEqual([...t.shape]);
      expect(python.tensors[name].values.map(Number)).toEqual(Array.from(t.toTypedArray()));
    }
  });

  it("written by Python's own library opens here", () => {
    const stored = fileURLToPath(new URL("../reference/mlp_e10_h200.safetensors", import.meta.url));
    const python = readInPython(stored);
    const here = readSafetensors(stored);
    for (const [name, t] of Object.entries(here))
      expect(python.tensors[name].values.map(Number)).toEqual(Array.from(t.toTypedArray()));
    expect(Object.fromEntries(Object.entries(here).map(([name, t]) => [name, t.shape]))).toEqual({
      C: [27, 10],
      W1: [30, 200],
      b1: [200],
      W2: [200, 27],
      b2: [27],
    });
  });

  it("keeps a tensor called __proto__", () => {
    writeFileSync(file, encodeSafetensors({ ["__proto__"]: tensor([1, 2]), b: tensor(3) }));
    expect(Object.keys(readSafetensors(file)).sort()).toEqual(["__proto__", "b"]);
  });
});

describe("a damaged file", () => {
  const file = join(folder(), "damaged.safetensors");
  const whole = encodeSafetensors(
    { C: randn([3, 2]), ids: tensor(Int32Array.of(1, 2, 3)), empty: tensor([]) },
    { step: "7" },
  );
  const headerEnd = 8 + Number(Buffer.from(whole).readBigUInt64LE());

  /**
   * Reads bytes as a file: tensors, or the CheckpointError of one line that names the file.
   * Anything else fails the test.
   */
  async function read(bytes: Uint8Array): Promise<Record<string, Tensor> | CheckpointError> {
    writeFileSync(file, bytes);
    let tensors: Record<string, Tensor> | undefined;
    try {
      tensors = readSafetensors(file);
      for (const t of Object.values(tensors)) expect(t.toTypedArray()).toHaveLength(t.numel);
      return tensors;
    } catch (error) {
      return await errorOf(CheckpointError, () => {
        throw error;
      });
    }
  }

  it("that is cut anywhere is refused", async () => {
    // Only the last tensor is empty: every byte of the file belongs to something.
    for (let length = 0; length < whole.length; length++) {
      const result = await read(whole.subarray(0, length));
      expect(result, `cut to ${length} bytes`).toBeInstanceOf(CheckpointError);
      expect((result as CheckpointError).file).toBe(file);
      expect((result as CheckpointError).message).toContain(file);
    }
  });

  it("gives tensors or a CheckpointError when bytes change", async () => {
    const inHeader = fc.nat(headerEnd - 1);
    const change = fc.tuple(
      fc.oneof(
        { weight: 4, arbitrary: inHeader },
        { weight: 1, arbitrary: fc.nat(whole.length - 1) },
      ),
      fc.nat(255),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.option(fc.nat(whole.length), { freq: 5 }),
        async (changes, cut) => {
          const bytes = Buffer.from(whole);
          for (const [at, value] of changes) bytes[at] = value;
          await read(bytes.subarray(0, cut ?? bytes.length));
        },
      ),
      { numRuns: 1500 },
    );
  });

  it("gives tensors or a CheckpointError when digits and letters of the header change", async () => {
    // Still JSON more often than with any byte: offsets, shapes and names that do not fit.
    const character = fc.constantFrom(...'0123456789-eE.[]{},:"FI32 nul\\');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 8, max: headerEnd - 1 }), character), {
          minLength: 1,
          maxLength: 3,
        }),
        async (changes) => {
          const bytes = Buffer.from(whole);
          for (const [at, value] of changes) bytes.write(value, at);
          await read(bytes);
        },
      ),
      { numRuns: 1500 },
    );
  });

  const framed = (header: string | Uint8Array, body = Buffer.alloc(16)) => {
    const text = Buffer.from(header);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    return Buffer.concat([length, text, body]);
  };
  const entry = (fields: object) =>
    JSON.stringify({ a: { dtype: "F32", shape: [4], data_offsets: [0, 16], ...fields } });

  const outcome = async (bytes: Uint8Array) =>
    (await read(bytes)) instanceof CheckpointError ? "refused" : "read";
  const tensors = (...list: [name: string, size: number, from: number, to: number][]) =>
    `{${list.map(([name, size, from, to]) => `"${name}":{"dtype":"F32","shape":[${size}],"data_offsets":[${from},${to}]}`).join()}}`;

  it.each<[string, Uint8Array]>([
    ["is empty", Buffer.alloc(0)],
    ["has a header longer than any file", Buffer.from("ffffffffffffffff7b7d", "hex")],
    ["has a header of 2^53 + 1 bytes", Buffer.from("01000000000020007b7d", "hex")],
    ["has the header null", framed("null")],
    ["has a list as header", framed("[]")],
    ["has a number as header", framed("5")],
    ["has a text as header", framed('"tensors"')],
    ["has a header that is not UTF-8", framed(Buffer.from("7b22ff223a317d", "hex"))],
    ["has ten thousand brackets", framed("[".repeat(10_000) + "]".repeat(10_000))],
    ["has no entry for a tensor", framed('{"a":null}')],
    ["has a number for a tensor", framed('{"a":1}')],
    ["has a list for a tensor", framed('{"a":[]}')],
    ["has another dtype", framed(entry({ dtype: "BF16" }))],
    ["has no dtype", framed(entry({ dtype: undefined }))],
    ["has an object as dtype", framed(entry({ dtype: { toString: 1, valueOf: 1 } }))],
    ["has a dtype of two lines", framed(entry({ dtype: "F32\nmm-train: all is well" }))],
    [
      "has a name of two lines",
      framed(
        JSON.stringify({ "a\nb\u001b[2J": { dtype: "F16", shape: [8], data_offsets: [0, 16] } }),
      ),
    ],
    ["has a negative size", framed(entry({ shape: [-4] }))],
    ["has two negative sizes", framed(entry({ shape: [-2, -2] }))],
    ["has a size of one half", framed(entry({ shape: [8, 0.5] }))],
    ["has a size beyond counting", framed(entry({ shape: [1e300, 1e300] }))],
    [
      "has sizes whose product is beyond counting",
      framed(entry({ shape: [2 ** 53 - 1, 2 ** 53 - 1] })),
    ],
    [
      "has an empty tensor of a huge size",
      framed(entry({ shape: [0, 2 ** 53 - 1], data_offsets: [0, 0] }), Buffer.alloc(0)),
    ],
    ["has a text as shape", framed(entry({ shape: "4" }))],
    ["has an object as shape", framed(entry({ shape: { length: 1, 0: 4 } }))],
    ["has no shape", framed(entry({ shape: undefined }))],
    ["has offsets the wrong way round", framed(entry({ data_offsets: [16, 0] }))],
    ["has offsets before the numbers", framed(entry({ data_offsets: [-8, 8] }))],
    ["has offsets behind the end", framed(entry({ data_offsets: [4, 20] }))],
    ["has no offsets", framed(entry({ data_offsets: undefined }))],
    ["has one offset", framed(entry({ data_offsets: [0] }))],
    ["has offsets that are null", framed(entry({ data_offsets: [null, null] }))],
    ["has an offset of one half", framed(entry({ shape: [3], data_offsets: [0.5, 12.5] }))],
    [
      "has an offset with an exponent",
      framed('{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16e0]}}'),
    ],
    [
      "has an offset of 2^63",
      framed('{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,9223372036854775808]}}'),
    ],
    [
      "has a size of 2^53",
      framed('{"a":{"dtype":"F32","shape":[9007199254740992],"data_offsets":[0,16]}}'),
    ],
    [
      "has sizes whose product is 4 again, modulo 2^64",
      framed('{"a":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,16]}}'),
    ],
    [
      "has two tensors in one place",
      framed(JSON.stringify({ a: JSON.parse(entry({})).a, b: JSON.parse(entry({})).a })),
    ],
    ["has tensors that overlap by a number", framed(tensors(["a", 3, 0, 12], ["b", 2, 8, 16]))],
    ["has a hole between tensors", framed(tensors(["a", 1, 0, 4], ["b", 2, 8, 16]))],
    ["has a hole before the first", framed(tensors(["a", 3, 4, 16]))],
    ["has a hole behind the last", framed(tensors(["a", 3, 0, 12]))],
    ["has bytes behind the last tensor", Buffer.concat([whole, Buffer.from("more")])],
    ["has no tensors for its bytes", framed("{}")],
    ["has a tensor twice", framed(tensors(["a", 4, 0, 16], ["a", 4, 0, 16]))],
    [
      "has a tensor twice, once in escapes",
      framed(tensors(["a", 2, 0, 8], ["b", 2, 8, 16]).replace('"b"', '"\\u0061"')),
    ],
    [
      "has two shapes of a tensor",
      framed('{"a":{"dtype":"F32","shape":[9],"shape":[4],"data_offsets":[0,16]}}'),
    ],
    [
      "has metadata twice",
      framed(`{"__metadata__":{},"__metadata__":{},${tensors(["a", 4, 0, 16]).slice(1)}`),
    ],
    [
      "has metadata that is no text",
      framed(`{"__metadata__":{"a":1},${tensors(["a", 4, 0, 16]).slice(1)}`),
    ],
    ["has spaces before its header", framed(` ${entry({})}`)],
    ["has something behind its header", framed(`${entry({})}x`)],
    ["has a comma too many", framed(entry({}).replace("}}", "},}"))],
    ["has a text that does not end", framed('{"a')],
    ["has a text with a wrong escape", framed(entry({}).replace('"a"', '"\\x"'))],
    ["has a text with a line break", framed(entry({}).replace('"a"', '"\n"'))],
    ["has a hundred dimensions", framed(entry({ shape: [...new Array<number>(99).fill(1), 4] }))],
    ["has an unknown field", framed(entry({ offset: 0 }))],
  ])("that %s is refused", async (_, bytes) => {
    expect(await outcome(bytes)).toBe("refused");
  });

  it.each<[string, Uint8Array]>([
    ["has fifty dimensions", framed(entry({ shape: [...new Array<number>(50).fill(1), 4] }))],
    [
      "has the name __proto__",
      framed('{"__proto__":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}'),
    ],
    ["has no tensors and no bytes", framed("{}", Buffer.alloc(0))],
    [
      "names its tensors in another order than it holds them",
      framed(tensors(["b", 2, 8, 16], ["a", 2, 0, 8])),
    ],
    [
      "has an empty tensor between others",
      framed(tensors(["a", 2, 0, 8], ["b", 0, 8, 8], ["c", 2, 8, 16])),
    ],
    [
      "has spaces wherever JSON allows them",
      framed(JSON.stringify(JSON.parse(entry({})), null, 2) + " \t\r\n "),
    ],
    [
      "has metadata",
      framed(`{"__metadata__":{"format":"pt"},${tensors(["a", 4, 0, 16]).slice(1)}`),
    ],
  ])("that only looks odd is read: it %s", async (_, bytes) => {
    expect(await outcome(bytes)).toBe("read");
  });

  it("is told by what is wrong, and in a line of some length", async () => {
    const messages = [
      framed(tensors(["a", 4, 0, 16], ["a", 4, 0, 16])),
      framed(tensors(["a".repeat(1e6), 3, 0, 16])),
      framed("[1]"),
    ].map(read);
    expect(
      (await Promise.all(messages)).map((error) => (error as CheckpointError).message),
    ).toEqual([
      `${file}: not a safetensors file: its header has "a" twice`,
      `${file}: tensor "${"a".repeat(40)}...": its shape and its place in the file do not ` +
        "fit, expected 12 bytes, got 16",
      `${file}: not a safetensors file: its header is no JSON of tensors: expected { at ` +
        `character 0, got "[1]"`,
    ]);
  });

  it("that is missing, or a folder, is refused by name", async () => {
    const missing = join(folder(), "no.safetensors");
    expect((await errorOf(CheckpointError, () => readSafetensors(missing))).message).toBe(
      `${missing}: cannot be read (ENOENT)`,
    );
    mkdirSync(missing);
    expect((await errorOf(CheckpointError, () => readSafetensors(missing))).message).toContain(
      "EISDIR",
    );
  });
});
