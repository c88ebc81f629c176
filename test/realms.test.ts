/** What comes from another realm (a vm context, as jest has one per test file) is what it is. */
import vm from "node:vm";
import { expect, it } from "vitest";
import {
  compile,
  CompileError,
  Generator,
  noGrad,
  PythonRandom,
  tensor,
  toBatch,
  ValueError,
  windows,
  zeros,
} from "../lib/index.js";
import { quote } from "../lib/errors.js";

const foreign = <T>(code: string): T => vm.runInNewContext(code) as T;

it("typed arrays keep their dtype", () => {
  const t = tensor(foreign<Int32Array>("new Int32Array([1, 2, 3])"));
  expect([t.dtype, t.toArray()]).toEqual(["int32", [1, 2, 3]]);
  expect(tensor(foreign<Float32Array>("new Float32Array([1.5])")).dtype).toBe("float32");
  expect(zeros([3]).index(t.sub(1)).toArray()).toEqual([0, 0, 0]);
  expect(tensor(foreign<number[][]>("[[1, 2], [3, 4]]")).toArray()).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

it("functions that take or fill arrays take theirs", () => {
  const [own, theirs] = [new Int32Array(5), foreign<Int32Array>("new Int32Array(5)")];
  new Generator(1).randint(own, 0, 100);
  new Generator(1).randint(theirs, 0, 100);
  expect([...theirs]).toEqual([...own]);
  expect([...new Generator(1).randn(foreign<Float32Array>("new Float32Array(20)"))]).toEqual([
    ...new Generator(1).randn(new Float32Array(20)),
  ]);
  const lists = [[1, 2, 3, 4], foreign<Int32Array>("Int32Array.of(1, 2, 3, 4)")];
  for (const list of lists) new PythonRandom(1).shuffle(list);
  expect([...lists[1]]).toEqual(lists[0]);
  expect(
    new Generator(1)
      .setState(
        foreign<(bytes: number[]) => Uint8Array>("(bytes) => new Uint8Array(bytes)")([
          ...new Generator(2).getState(),
        ]),
      )
      .initialSeed(),
  ).toBe(2n);
  expect(windows(foreign<Int32Array>("Int32Array.of(1, 2, 3)"), 2).Y.toArray()).toEqual([1, 2, 3]);
  const examples = {
    contexts: foreign<Int32Array<ArrayBuffer>>("Int32Array.of(1, 2)"),
    targets: Int32Array.of(3, 4),
    count: 2,
    blockSize: 1,
  };
  expect(toBatch(examples).X.toArray()).toEqual([[1], [2]]);
});

it("what is no typed array is refused, whatever it calls itself", () => {
  expect(() => tensor(foreign<Float32Array>("new DataView(new ArrayBuffer(8))"))).toThrow(
    ValueError,
  );
  expect(() => tensor(foreign<Float32Array>("new BigInt64Array(2)"))).toThrow(ValueError);
  const liar = { [Symbol.toStringTag]: "Int32Array", length: 1, 0: 1 };
  expect(() => windows(liar as unknown as Int32Array, 1)).toThrow(ValueError);
  expect(quote(foreign("new Uint16Array(2)"))).toBe("Uint16Array");
});

it("async functions are refused, and their promises are not left unheard", () => {
  const x = zeros([1]);
  const step = compile(() => x.mul(2), { inputs: [x] });
  for (const [name, body] of [
    ["async", foreign<() => void>("async () => { throw new Error('unheard'); }")],
    ["thenable", () => ({ then: () => undefined })],
  ] as const) {
    expect(() => step.run(3, body as () => void), name).toThrow(CompileError);
    expect(() => noGrad(body), name).toThrow(ValueError);
  }
  expect([...step.run(2)]).toEqual([0, 0]);
});
