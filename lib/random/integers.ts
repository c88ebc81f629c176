import { checkArguments, kind, typed } from "../check.js";
import { ValueError } from "../errors.js";
import { isBigInt64Array, isInt32Array } from "../typed-arrays.js";
import type { MT19937 } from "./mt19937.js";

/** What `randint` fills; BigInt64Array is PyTorch's int64. */
export type IntegerArray = Int32Array | BigInt64Array;

/** A range at least this wide takes two words per value (PyTorch 2.13; 2^32 in 1.13). */
const WIDE = 2 ** 28;

/** `torch.randint(low, high)`: low + word % (high - low), plain modulo without rejection. */
export function fillIntegers(
  out: IntegerArray,
  engine: MT19937,
  low: number | bigint,
  high: number | bigint,
): void {
  checkBounds("randint", out, low, high);
  if (isInt32Array(out) && isInt32(low) && isInt32(high) && high - low < WIDE) {
    engine.fillBelow(out, low, high - low); // the path of every minibatch
    return;
  }
  const start = BigInt(low);
  const width = BigInt(high) - start;
  const wide = width >= WIDE;
  for (let i = 0; i < out.length; i++) {
    let word = BigInt(engine.nextU32());
    if (wide) word = (word << 32n) | BigInt(engine.nextU32());
    const value = start + (word % width);
    if (isBigInt64Array(out)) out[i] = value;
    else out[i] = Number(value);
  }
}

function isInt32(x: number | bigint): x is number {
  return typeof x === "number" && x === (x | 0);
}

/** A whole number of any size. */
export const checkInteger64 = kind(
  "a whole number below 2^53, or a bigint",
  (x) => typeof x === "bigint" || Number.isSafeInteger(x),
);

const BOUNDS = {
  out: typed("Int32Array", "BigInt64Array"),
  low: checkInteger64,
  high: checkInteger64,
};

/**
 * @throws ValueError unless there are whole numbers from low to high - 1, and `out` can hold them
 */
export function checkBounds(
  operation: string,
  out: IntegerArray,
  low: number | bigint,
  high: number | bigint,
): void {
  // Memory that went away has no length.
  if (isInt32Array(out) && out.length > 0 && isInt32(low) && isInt32(high) && low < high) return;
  checkArguments(operation, { out, low, high }, BOUNDS);
  if (low >= high)
    throw new ValueError(
      `${operation}: expected low to be less than high, got low ${low} and high ${high}`,
    );
  const most = isInt32Array(out) ? 2 ** 31 : 2 ** 63;
  if (low < -most || high > most)
    throw new ValueError(
      `${operation}: ${out.constructor.name} cannot hold all of [${low}, ${high}); use a ` +
        "wider array",
    );
}

/**
 * Up to here PyTorch shuffles with 32-bit words; it switches to another scheme at floor((2^32 - 1)
 * / 20).
 */
export const LARGEST_PERMUTATION = Math.floor((2 ** 32 - 1) / 20) - 1;

/** `torch.randperm(n)`: Fisher-Yates from the front, n - 1 words. */
export function permutation(n: number, engine: MT19937): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < n - 1; i++) {
    const j = i + (engine.nextU32() % (n - i));
    const chosen = order[j];
    order[j] = order[i];
    order[i] = chosen;
  }
  return order;
}
