/** What a tensor shows of itself: its numbers, and nothing of the memory around them. */
import { inspect } from "node:util";
import { serialize } from "node:v8";
import { MessageChannel } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import {
  CompileError,
  compile,
  Generator,
  MLP,
  ones,
  SGD,
  tensor,
  zeros,
} from "../../lib/index.js";
import { allocate } from "../../lib/backend/storage.js";

const model = MLP.create(
  { vocabularySize: 27, blockSize: 3, embedding: 2, hidden: 4 },
  new Generator(1),
);
const optimizer = new SGD(model.parameters(), 0.1);
const onTape = () => {
  const w = ones([2]);
  w.requiresGrad = true;
  return w.mul(2).tanh();
};

describe("JSON.stringify", () => {
  it("gives the nested numbers, which make the tensor again", () => {
    const t = tensor([
      [1, 2, 3],
      [4, 5, 6.5],
    ]);
    expect(JSON.stringify({ loss: t, n: tensor(7, { dtype: "int32" }) })).toBe(
      '{"loss":[[1,2,3],[4,5,6.5]],"n":7}',
    );
    expect(tensor(JSON.parse(JSON.stringify(t.t())) as number[][]).equal(t.t())).toBe(true);
  });

  it("gives no more than numbers of whatever holds tensors", () => {
    for (const holder of [zeros([2]), onTape(), model, optimizer]) {
      const text = JSON.stringify(holder);
      expect(text.length).toBeLessThan(8000);
      expect(text).not.toMatch(/slab|f32|i32|buffer/);
    }
    // Without toJSON, as some loggers copy objects: no memory either.
    expect(JSON.stringify({ ...zeros([2]) }).length).toBeLessThan(200);
  });

  it("is refused in a recorded step, as every look at numbers", () => {
    const w = ones([2]);
    expect(() =>
      compile(() => {
        JSON.stringify(w);
        return w.sum();
      }).run(1),
    ).toThrow(CompileError);
  });
});

describe("a clone", () => {
  const refused = /a tensor \(send its toTypedArray\(\) and shape instead\)/;
  it.each([
    ["a tensor", zeros([2])],
    ["one on the tape", onTape()],
    ["a model", { ...model }],
    ["an optimizer", optimizer],
  ])("of %s is refused, with what to send", (_, value) => {
    expect(() => structuredClone(value)).toThrow(refused);
    expect(() => serialize(value)).toThrow(refused);
    const { port1 } = new MessageChannel();
    expect(() => {
      port1.postMessage(value);
    }).toThrow(refused);
    port1.close();
  });

  it("of the numbers is what was said to send", () => {
    const t = tensor([
      [1, 2],
      [3, 4],
    ]);
    const { data, shape } = structuredClone({ data: t.toTypedArray(), shape: t.shape }) as {
      data: Float32Array;
      shape: number[];
    };
    expect(data.buffer.byteLength).toBe(16);
    expect(tensor(data, { shape }).equal(t)).toBe(true);
  });
});

it("console.log shows what PyTorch prints", () => {
  expect(inspect({ loss: tensor([1.5]) })).toBe("{ loss: tensor([1.5000]) }");
});

it("memory is zeros where nothing was written", () => {
  const secret = "SECRET-PASSWORD-";
  for (let i = 0; i < 200; i++) Buffer.allocUnsafeSlow(65600).fill(secret);
  for (const words of [1, 100, 70_000]) {
    const { slab, start } = allocate(words);
    expect(slab.i32.subarray(start).every((word) => word === 0)).toBe(true);
  }
});

it("two tensors of other numbers are not the same to a test that compares properties", () => {
  expect(zeros([2])).not.toEqual(ones([2]));
  const t = tensor([
    [1, 2],
    [3, 4],
  ]);
  for (const other of [t.t(), t.view([4]), t.detach()]) expect(t).not.toEqual(other);
});
