import fc from "fast-check";
import { expect, test } from "vitest";
import { fma32, fma64 } from "../../lib/backend/reference/math/fma.js";

/** A finite double as an exact fraction, integer * 2^-1074. */
function exact(x: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = bits & (2n ** 52n - 1n);
  const magnitude = exponent === 0n ? fraction : (fraction | (2n ** 52n)) << (exponent - 1n);
  return x < 0 ? -magnitude : magnitude;
}

/**
 * |value| * 2^-scale, rounded to `precision` bits, ties to even; only for results in the normal
 * range.
 */
function rounded(value: bigint, scale: number, precision: number): number {
  const magnitude = value < 0n ? -value : value;
  const surplus = BigInt(Math.max(0, magnitude.toString(2).length - precision));
  const half = surplus === 0n ? 0n : 1n << (surplus - 1n);
  let kept = magnitude >> surplus;
  const rest = magnitude - (kept << surplus);
  if (surplus > 0n && (rest > half || (rest === half && (kept & 1n) === 1n))) kept += 1n;
  let result = Number(kept);
  for (let exponent = Number(surplus) - scale; exponent !== 0;) {
    // 2 ** exponent alone would under- or overflow.
    const step = Math.max(-1000, Math.min(1000, exponent));
    result *= 2 ** step;
    exponent -= step;
  }
  return value < 0n ? -result : result;
}

function exactFma(a: number, b: number, c: number, precision: number): number {
  return rounded(exact(a) * exact(b) + (exact(c) << 1074n), 2148, precision);
}

/** A normal number whose low bits are often all equal, so that ties and near ties come up. */
function operand(bits: number): fc.Arbitrary<number> {
  const fraction = fc.oneof(
    fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((n) => n * 2 ** -32),
    fc
      .tuple(fc.integer({ min: 0, max: bits - 1 }), fc.integer({ min: 0, max: bits - 1 }))
      .map(([i, j]) => 2 ** -i - 2 ** -j),
    fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  );
  return fc
    .tuple(fraction, fc.integer({ min: -30, max: 30 }), fc.boolean())
    .map(([f, exponent, negative]) => {
      const x = (1 + Math.abs(f)) * 2 ** exponent * (negative ? -1 : 1);
      return bits === 24 ? Math.fround(x) : x;
    });
}

test("fma32 rounds once", () => {
  fc.assert(
    fc.property(operand(24), operand(24), operand(24), (a, b, c) => {
      expect(fma32(a, b, c)).toBe(exactFma(a, b, c, 24));
    }),
    { numRuns: 20000 },
  );
});

test("fma64 rounds once", () => {
  fc.assert(
    fc.property(operand(53), operand(53), operand(53), (a, b, c) => {
      expect(fma64(a, b, c)).toBe(exactFma(a, b, c, 53));
    }),
    { numRuns: 20000 },
  );
});

test("a float32 sum just below a tie, which two roundings get wrong", () => {
  // A * b = 2^-24 - 2^-70.
  const [a, b, c] = [2 ** -24 * (1 + 2 ** -23), 1 - 2 ** -23, 1 + 2 ** -23];
  expect(fma32(a, b, c)).toBe(c);
  expect(Math.fround(a * b + c)).toBe(1 + 2 ** -22);
  expect(fma32(2 ** -24, 1, c)).toBe(1 + 2 ** -22); // a true tie goes to even
});

test("float64 sums just beside a tie, which a rounding of the error terms alone would get wrong", () => {
  const [a, b] = [2 ** -53 * (1 + 2 ** -30), 1 - 2 ** -30]; // a * b = 2^-53 - 2^-113
  const odd = 1 + 2 ** -52;
  expect(fma64(a, b, 1)).toBe(1);
  expect(fma64(a, b, odd)).toBe(odd);
  expect(fma64(-a, b, -odd)).toBe(-odd);
  expect(fma64(2 ** -53, 1, odd)).toBe(1 + 2 ** -51); // a true tie goes to even
  const tiny = 2 ** -53 * (1 + 2 ** -52);
  expect(fma64(tiny, 1 + 2 ** -52, 1)).toBe(odd);
  expect(fma64(-tiny, 1 + 2 ** -52, -1)).toBe(-odd);
});

test("no negative zero comes out of a sum with zero", () => {
  expect(Object.is(fma32(-0, 1, 0), 0)).toBe(true);
  expect(Object.is(fma64(-0, 1, 0), 0)).toBe(true);
});

test("infinities and nan pass through fma64", () => {
  expect(fma64(Infinity, 1, 0)).toBe(Infinity);
  expect(fma64(1, 2, -Infinity)).toBe(-Infinity);
  expect(fma64(Number.NaN, 1, 0)).toBeNaN();
});
