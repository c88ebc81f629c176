/**
 * What the kernel tests share: memory with guard words around it, numbers that are hard on kernels,
 * and comparison by bits.
 */
import { expect } from "vitest";
import type { Kernels } from "../../lib/backend/kernel-table.js";
import type { Operand } from "../../lib/backend/kernels.js";
import { allocate, type Storage } from "../../lib/backend/storage.js";

export type Words = Float32Array | Int32Array;

/**
 * A small generator of 32-bit words (mulberry32): fast-check draws its seed, so that a failure
 * replays.
 */
function words(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

const TINY = 2 ** -149;
const SPECIAL = [
  0,
  -0,
  1,
  -1,
  TINY,
  -TINY,
  2 ** -126,
  -(2 ** -126),
  2 ** -126 - TINY,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  2e38,
  1e19,
  -1e-23,
  Infinity,
  -Infinity,
  NaN,
  88.72284,
  88.72283,
  -103.97,
  -103.98,
  -87.34,
  0.70710677,
  10,
  -9.5,
  0.5,
  2 ** 24 + 2,
  1 / 3,
];

/**
 * How a kernel's input is filled: numbers of everyday size, every finite bit pattern, or half of
 * them special values.
 */
export type Kind = "ordinary" | "anyFinite" | "special";
export const KINDS: readonly Kind[] = ["ordinary", "anyFinite", "special"];

const bits = new Int32Array(1);
const single = new Float32Array(bits.buffer);
/** The float32 with the given bits. */
export function fromBits(word: number): number {
  bits[0] = word;
  return single[0];
}

export function floats(n: number, seed: number, kind: Kind): Float32Array {
  const next = words(seed);
  const ordinary = () => (next() / 2 ** 31 - 1) * 2 ** ((next() % 8) - 5);
  const finite = () => {
    const x = fromBits(next());
    return Number.isFinite(x) ? x : 1.5;
  };
  return Float32Array.from({ length: n }, () => {
    if (kind === "ordinary") return ordinary();
    if (kind === "anyFinite") return finite();
    return next() % 2 === 0 ? SPECIAL[next() % SPECIAL.length] : ordinary();
  });
}

/** n integers from low to high - 1. */
export function integers(n: number, seed: number, low: number, high: number): Int32Array {
  const next = words(seed);
  return Int32Array.from({ length: n }, () => low + (next() % (high - low)));
}

/** Words before and after every operand, which no kernel may touch. */
const GUARD = 19;
const CANARY = 0x7fbadbad; // a NaN: reading it by mistake shows too

export interface Memory extends Operand {
  readonly storage: Storage;
  readonly whole: Int32Array;
}

/**
 * A fresh storage that holds `values`, guard words around them; `shift` moves it off the cache
 * line.
 */
export function memory(values: Words, shift = 0): Memory {
  const storage = allocate(values.length + 2 * GUARD + shift);
  const whole = storage.slab.i32
    .subarray(storage.start, storage.start + storage.length)
    .fill(CANARY);
  const offset = GUARD + shift;
  whole.set(new Int32Array(values.buffer, values.byteOffset, values.length), offset);
  return { storage, offset, whole };
}

/** Memory for a result, full of canaries. */
export const blank = (n: number, shift = 0): Memory =>
  memory(new Int32Array(n).fill(CANARY), shift);

const isComputedNaN = (word: number): boolean =>
  (word & 0x7fffffff) > 0x7f800000 && word !== CANARY;
const hex = (word: number): string => `0x${(word >>> 0).toString(16)} (${fromBits(word)})`;

/**
 * Every word equal, guards included; as float32, all NaN are one value (sign and payload are not
 * specified).
 */
export function expectSameWords(
  got: Int32Array,
  want: Int32Array,
  as: "float32" | "int32" = "float32",
): void {
  for (let p = 0; p < want.length; p++) {
    if (got[p] === want[p]) continue;
    if (as === "float32" && isComputedNaN(got[p]) && isComputedNaN(want[p])) continue;
    expect.fail(
      `word ${p - GUARD} of the output (guards included): native ${hex(got[p])}, reference ${hex(want[p])}`,
    );
  }
}

/**
 * Runs `call` on two sets of kernels with outputs of their own and expects the same bits and the
 * same answer.
 */
export function expectSameBits(
  sets: readonly [Kernels, Kernels],
  outputs: () => Memory[],
  call: (kernels: Kernels, outputs: Memory[]) => number | void,
  as: readonly ("float32" | "int32")[] = [],
): void {
  const [got, want] = sets.map((kernels) => {
    const memories = outputs();
    return { answer: call(kernels, memories) ?? -1, memories };
  });
  expect(got.answer).toBe(want.answer);
  for (const [i, m] of want.memories.entries())
    expectSameWords(got.memories[i].whole, m.whole, as[i]);
}

/** The spacing of float32 at x: the unit of an error in ulp. */
export function ulp(x: number): number {
  const exponent = Math.floor(Math.log2(Math.abs(x)));
  const e =
    2 ** exponent > Math.abs(x)
      ? exponent - 1
      : 2 ** (exponent + 1) <= Math.abs(x)
        ? exponent + 1
        : exponent;
  return 2 ** (Math.max(Number.isFinite(e) ? e : -126, -126) - 23);
}
