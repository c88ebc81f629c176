/**
 * Values that no function of the library asks for: wrong kinds, sizes, memory that went away,
 * objects that strike back when they are looked at.
 */
import { tensor, zeros } from "../../lib/index.js";
import type { Draw } from "./draw.js";

/**
 * Thrown by the hostile values themselves: a caller's own error, which the library lets through.
 */
export class Sabotage extends Error {}

/** An argument that says how much work to do: a huge one is no mistake, and would be done. */
export class Work {
  constructor(readonly value: number) {}
}

const NOT_COUNTS = [-1, -(2 ** 31), 0.5, 1.5, -0, Number.NaN, -Infinity, 1e-320];
const HUGE = [2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 53, 1e300, Infinity];
const TEXTS = [
  "",
  "\0",
  "3",
  "a\nb",
  "💥",
  "__proto__",
  "constructor",
  "toString",
  "x".repeat(1000),
];

const strike = (): never => {
  throw new Sabotage("a value struck back");
};

/** An object that calls the library, then throws or answers, whatever is asked of it. */
const ambush = (answer: () => unknown) =>
  new Proxy(
    {},
    {
      get() {
        zeros([3]).add(1).sum().item();
        return answer();
      },
    },
  );

function detached(): Float32Array {
  const array = new Float32Array(16);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}

/** A view that its memory has left: of a fixed length beyond the end, or following it. */
function shrunk(length?: number): Float32Array {
  // Node 20 has them, TypeScript's ES2023 does not know them.
  const buffer = Reflect.construct(ArrayBuffer, [64, { maxByteLength: 128 }]) as ArrayBuffer & {
    resize(bytes: number): void;
  };
  const array = new Float32Array(buffer, 0, length);
  buffer.resize(8);
  return array;
}

const MEMORY: (() => unknown)[] = [
  detached,
  () => shrunk(),
  () => shrunk(16),
  () => new Float32Array(new SharedArrayBuffer(64)),
  () => new SharedArrayBuffer(16),
  () => new Float64Array(4),
  () => new BigInt64Array(4),
  () => new Uint8Array(5),
  () => Buffer.from("buffer"),
  () => new ArrayBuffer(8),
  () => new DataView(new ArrayBuffer(8)),
  () => new Int32Array([-1, 2 ** 31 - 1, 0]),
  () => new Float32Array([Number.NaN, Infinity]),
  () => new Int32Array(0),
];

const OBJECTS: (() => unknown)[] = [
  () => ({}),
  () => [],
  () => [1],
  () => [[1], [2, 3]],
  () => [Number.NaN],
  () => [-1, 2],
  () => [undefined],
  () => new Array(3),
  () => ({ length: -1 }),
  () => ({ length: 2 ** 32, 0: 1 }),
  () => Object.create(null),
  () => new Map([["a", 1]]),
  () => new Set([1]),
  () => new Date(Number.NaN),
  () => /x/,
  () => Promise.resolve(1),
  () => ({ shape: [2], dtype: "float32" }),
  () => Object.assign([], { length: 4 }),
  () => ({ valueOf: strike, toString: strike }),
  () => ({
    get shape() {
      return strike();
    },
  }),
  () => ({ [Symbol.iterator]: strike }),
  () => ({ [Symbol.iterator]: 1 }),
  () => ambush(strike),
  () => ambush(() => undefined),
  () => ambush(() => 2),
  () => strike,
  () => () => undefined,
  () =>
    function* () {
      yield 1;
    },
  () => async () => 1,
];

const TENSORS: (() => unknown)[] = [
  () => zeros([]),
  () => zeros([0]),
  () => zeros([2, 0, 3]),
  () => zeros([1, 1, 1, 1, 1, 1, 1, 1, 1]),
  () => zeros([4, 3]).t(),
  () => zeros([1, 3]).expand([5, 3]),
  () => tensor([Number.NaN, Infinity, -Infinity]),
  () => tensor([-1, 99, 2 ** 31 - 1], { dtype: "int32" }),
  () => zeros([2], "int32"),
  () => Object.assign(zeros([3, 2]), { requiresGrad: true }),
  () => Object.assign(zeros([2]), { requiresGrad: true }).add(1),
];

/** Any of them, but no huge counts where `counts` is false. */
function hostile(draw: Draw, counts = true): unknown {
  const kind = draw.whole(0, 9);
  if (kind < 2) return draw.pick(NOT_COUNTS);
  if (kind < 3) return counts ? draw.pick(HUGE) : draw.pick(NOT_COUNTS);
  if (kind < 4)
    return draw.pick([
      undefined,
      null,
      true,
      false,
      1n,
      -1n,
      2n ** 64n,
      Symbol("s"),
      Symbol.iterator,
    ]);
  if (kind < 5) return draw.pick(TEXTS);
  if (kind < 6) return draw.pick(MEMORY)();
  if (kind < 8) return draw.pick(OBJECTS)();
  return draw.pick(TENSORS)();
}

/** An object that is only what it holds: nothing strikes when it is copied. */
const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value) as null) &&
  Object.values(Object.getOwnPropertyDescriptors(value)).every((property) => "value" in property);

/** The arguments with one of them, or something inside it, replaced; or one too few or too many. */
export function spoil(draw: Draw, args: unknown[]): unknown[] {
  const out = [...args];
  if (out.length === 0 || draw.chance(0.05))
    return draw.chance(0.5) ? out.slice(0, -1) : [...out, hostile(draw)];
  const at = draw.whole(0, out.length - 1);
  out[at] = spoilOne(draw, out[at]);
  return out;
}

function spoilOne(draw: Draw, value: unknown): unknown {
  if (value instanceof Work) return new Work(hostile(draw, false) as number);
  if (draw.chance(0.6)) {
    if (isPlain(value) && Object.keys(value).length > 0) {
      const key = draw.pick(Object.keys(value));
      return { ...value, [key]: spoilOne(draw, value[key]) };
    }
    if (Array.isArray(value) && value.length > 0)
      return value.with(draw.whole(0, value.length - 1), hostile(draw));
  }
  return hostile(draw);
}

/** What the call gets: work without its label. */
export function unlabelled(value: unknown): unknown {
  if (value instanceof Work) return value.value;
  return isPlain(value) && Object.values(value).some((x) => x instanceof Work)
    ? Object.fromEntries(Object.entries(value).map(([key, x]) => [key, unlabelled(x)]))
    : value;
}
