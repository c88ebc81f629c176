/** Plans at the native border: wrong arguments and lost memory are errors, never wrong memory. */
import { describe, expect, it } from "vitest";
import { KERNEL_NAMES } from "../../lib/backend/kernel-table.js";
import { MAX_OPERANDS } from "../../lib/backend/native/marshal.js";
import { backend } from "../../lib/index.js";
import { binding } from "./native-binding.js";

const FILL = KERNEL_NAMES.indexOf("fill");
const GATHER = KERNEL_NAMES.indexOf("gatherRows");
const ROW = 1 + MAX_OPERANDS + 64;

/** A command's row: kernel, positions of its buffers, their offsets, the other words. */
function row(kernel: number, buffers: number[], offsets: number[], words: number[]): number[] {
  const out = new Array<number>(ROW).fill(0);
  out[0] = kernel;
  for (let i = 0; i < MAX_OPERANDS; i++) out[1 + i] = buffers[i] ?? -1;
  for (const [i, word] of offsets.entries()) out[1 + MAX_OPERANDS + i] = word;
  for (const [i, word] of words.entries()) out[1 + 2 * MAX_OPERANDS + i] = word;
  return out;
}
const ints = (...numbers: number[]) => Int32Array.from(numbers);
const bits = (x: number) => new Int32Array(Float32Array.of(x).buffer)[0];
/** out[offset, offset + n) = 2 */
const fill = (offset: number, n: number) => row(FILL, [0], [offset], [n, bits(2)]);

describe.skipIf(backend() !== "native")("a plan", () => {
  const words = () => new ArrayBuffer(64);

  it("runs its commands between its inputs and outputs", () => {
    const memory = words();
    const plan = binding.createPlan(ints(...fill(1, 2)), ints(0, 0, 1), ints(0, 0, 3), [memory]);
    const out = new Float32Array(6);
    expect(
      binding.runPlan(plan, [memory], 2, ints(bits(7), bits(8)), new Int32Array(out.buffer)),
    ).toBeUndefined();
    expect([...out]).toEqual([7, 2, 2, 8, 2, 2]);
  });

  it("keeps the place of commands that have nothing to do", () => {
    const memory = words();
    const gather = row(GATHER, [0, 0, 0], [0, 8, 12], [1, 4, 1]);
    const plan = binding.createPlan(ints(...fill(0, 0), ...gather), ints(0, 8, 1), ints(), [
      memory,
    ]);
    expect(binding.runPlan(plan, [memory], 3, ints(0, 3, 4), ints())).toEqual([2, 1, 0]);
  });

  it.each<[string, () => unknown]>([
    ["half a row", () => binding.createPlan(ints(1, 2), ints(), ints(), [])],
    ["no buffers", () => binding.createPlan(ints(), ints(), ints(), undefined as never)],
    [
      "a buffer that is none",
      () => binding.createPlan(ints(), ints(), ints(), [{} as ArrayBuffer]),
    ],
    [
      "floats for rows",
      () => binding.createPlan(new Float32Array(ROW) as never, ints(), ints(), []),
    ],
    [
      "an unknown kernel",
      () => binding.createPlan(ints(...row(99, [], [], [])), ints(), ints(), []),
    ],
    [
      "a negative kernel",
      () => binding.createPlan(ints(...row(-1, [], [], [])), ints(), ints(), []),
    ],
    [
      "a command outside its buffer",
      () => binding.createPlan(ints(...fill(15, 2)), ints(), ints(), [words()]),
    ],
    [
      "a command without its buffer",
      () => binding.createPlan(ints(...fill(0, 2)), ints(), ints(), []),
    ],
    [
      "an input outside its buffer",
      () => binding.createPlan(ints(), ints(0, 15, 2), ints(), [words()]),
    ],
    [
      "an input of a negative size",
      () => binding.createPlan(ints(), ints(0, 0, -1), ints(), [words()]),
    ],
    ["an output of no buffer", () => binding.createPlan(ints(), ints(), ints(1, 0, 1), [words()])],
  ])("is not made of %s", (_, make) => {
    expect(make).toThrow();
  });

  const memory = words();
  const plan =
    backend() === "native"
      ? binding.createPlan(ints(...fill(0, 4)), ints(0, 0, 1), ints(0, 0, 2), [memory])
      : {};
  it.each<[string, () => unknown]>([
    ["something else", () => binding.runPlan({}, [memory], 1, ints(0), ints(0, 0))],
    ["other buffers", () => binding.runPlan(plan, [words()], 1, ints(0), ints(0, 0))],
    ["fewer buffers", () => binding.runPlan(plan, [], 1, ints(0), ints(0, 0))],
    ["short inputs", () => binding.runPlan(plan, [memory], 2, ints(0), ints(0, 0, 0, 0))],
    ["short outputs", () => binding.runPlan(plan, [memory], 2, ints(0, 0), ints(0, 0, 0))],
    ["a negative number of steps", () => binding.runPlan(plan, [memory], -1, ints(0), ints(0, 0))],
    ["too many steps", () => binding.runPlan(plan, [memory], 2 ** 40, ints(0), ints(0, 0))],
    [
      "no numbers",
      () => binding.runPlan(plan, [memory], 1, undefined as never, undefined as never),
    ],
  ])("does not run with %s", (_, run) => {
    expect(run).toThrow();
  });

  /** The list with its last element read through a function that first takes `victim` away. */
  const taking = (list: ArrayBuffer[], victim: ArrayBuffer): ArrayBuffer[] =>
    Object.defineProperty([...list], list.length - 1, {
      get: () => {
        if (victim.byteLength > 0) structuredClone(victim, { transfer: [victim] });
        return list[list.length - 1];
      },
    });

  it("does not run on memory that goes away while its buffers are read", () => {
    const [first, last] = [words(), words()];
    const own = binding.createPlan(ints(...fill(0, 4)), ints(0, 0, 1), ints(), [first, last]);
    const fed = ints(1);
    expect(() => binding.runPlan(own, taking([first, last], fed.buffer), 1, fed, ints())).toThrow(
      /shorter/,
    );
    expect(() => binding.runPlan(own, taking([first, last], first), 1, ints(1), ints())).toThrow(
      /detached/,
    );
  });

  it("does not run on detached memory", () => {
    const lost = words();
    const own = binding.createPlan(ints(...fill(0, 4)), ints(), ints(), [lost]);
    structuredClone(lost, { transfer: [lost] });
    expect(() => binding.runPlan(own, [lost], 1, ints(), ints())).toThrow(/detached/);
  });
});
