/**
 * How far the kernels are from the exact result: in ulp for functions, within bounds computed from
 * the operands for sums.
 */
import { rowMajorGemm } from "../../lib/backend/kernels.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exp, log, tanh } from "../../lib/backend/reference/math/float32.js";
import { loadNative } from "../../lib/backend/native/native.js";
import { reference } from "../../lib/backend/reference/index.js";
import { blank, floats, fromBits, type Memory, memory, ulp } from "./support.js";

const native = loadNative();
/** A kernel's results, for inputs of any number. */
function result({ storage, offset }: Memory, n: number): Float32Array {
  return storage.slab.f32.subarray(storage.start + offset, storage.start + offset + n);
}

/** Unit roundoff of float32 and of float64. */
const U = 2 ** -24;
const U64 = 2 ** -53;
/** Above this a rounded result overflows: the tie between the largest float32 and 2^128. */
const OVERFLOW = 2 ** 128 - 2 ** 103;

/**
 * The error of `got` in units of float32's spacing at the exact value. Math.* errs by 1 ulp of
 * float64: 2e-9 of such a unit.
 */
function error(got: number, exact: number): number {
  if (Math.abs(exact) >= OVERFLOW) return got === Math.sign(exact) * Infinity ? 0 : Infinity;
  if (!Number.isFinite(exact) || !Number.isFinite(got)) return Object.is(got, exact) ? 0 : Infinity;
  return Math.abs(got - exact) / ulp(exact);
}

/** Every `stride`-th float32 of a range of bit patterns. */
function pattern(low: number, high: number, stride: number): Float32Array {
  return Float32Array.from({ length: Math.ceil((high - low) / stride) }, (_, i) =>
    fromBits(low + i * stride),
  );
}
/** n evenly spaced numbers. */
function spread(low: number, high: number, n: number): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => low + ((high - low) * i) / n);
}
const both = (x: Float32Array): Float32Array => Float32Array.from([...x, ...x.map((v) => -v)]);

const [ZERO, NORMAL, HALF, TWO, INFINITE] = [0, 0x00800000, 0x3f000000, 0x40000000, 0x7f800000];

const functions = {
  exp: {
    ours: exp,
    exact: Math.exp,
    limit: 1,
    ranges: {
      "all that does not saturate": spread(-104, 89, 300_000),
      "every magnitude": both(pattern(ZERO, INFINITE, 16411)),
    },
  },
  log: {
    ours: log,
    exact: Math.log,
    limit: 1,
    ranges: {
      "every magnitude": pattern(1, INFINITE, 10007),
      "numbers around 1": pattern(HALF, TWO, 61),
      "subnormal numbers": pattern(1, NORMAL, 101),
    },
  },
  tanh: {
    ours: tanh,
    exact: Math.tanh,
    limit: 3,
    ranges: {
      "all that does not saturate": spread(-10, 10, 300_000),
      "every magnitude": both(pattern(ZERO, INFINITE, 16411)),
    },
  },
} as const;

describe.each(Object.entries(functions))("%s", (op, { ours, exact, limit, ranges }) => {
  it.each(Object.entries(ranges))(
    `errs by less than ${limit} ulp over %s, in both backends`,
    (_, x: Float32Array) => {
      const out = blank(x.length);
      native.unary({
        op: op as keyof typeof functions,
        shape: [x.length],
        a: memory(x),
        aStrides: [1],
        out,
        outStrides: [1],
      });
      const y = result(out, x.length);
      let worst = { x: 0, typescript: 0, native: 0 };
      for (let i = 0; i < x.length; i++) {
        const want = exact(x[i]);
        const [a, b] = [error(ours(x[i]), want), error(y[i], want)];
        if (Math.max(a, b) > Math.max(worst.typescript, worst.native))
          worst = { x: x[i], typescript: a, native: b };
      }
      expect(Math.max(worst.typescript, worst.native), `worst at ${worst.x}`).toBeLessThan(limit);
    },
  );
});

it("exp, log and tanh are exact where PyTorch users expect them to be", () => {
  expect([exp(0), exp(-0), exp(-Infinity), exp(Infinity)]).toEqual([1, 1, 0, Infinity]);
  expect([log(1), log(0), log(-0), log(Infinity)]).toEqual([0, -Infinity, -Infinity, Infinity]);
  expect([tanh(0), tanh(-0), tanh(Infinity), tanh(-Infinity), tanh(12), tanh(-12)]).toEqual([
    0, -0, 1, -1, 1, -1,
  ]);
  for (const x of [exp(NaN), log(NaN), log(-1), log(-Infinity), tanh(NaN)]) expect(x).toBeNaN();
});

it("tanh is odd, monotonic to its last bits, and never beyond 1", () => {
  // Neighbours may come out of order by the error itself (3 ulp); never more.
  const x = spread(0, 10, 100_000);
  let last = 0;
  for (const v of x) {
    const y = tanh(v);
    expect(tanh(-v)).toBe(-y);
    if (y > 1 || y < last - 6 * ulp(y)) expect.fail(`tanh(${v}) = ${y} after ${last}`);
    last = Math.max(last, y);
  }
});

describe.each([native, reference])("$name", (kernels) => {
  it("multiplies matrices within k roundings of |A| |B|", () => {
    const dims = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(
        dims,
        dims,
        fc.integer({ min: 1, max: 400 }),
        fc.boolean(),
        fc.integer(),
        (m, n, k, hasBias, seed) => {
          const [A, B, bias] = [m * k, k * n, n].map((words, i) =>
            floats(words, seed + i, "ordinary"),
          );
          const out = blank(m * n);
          kernels.gemm(
            rowMajorGemm({
              m,
              n,
              k,
              a: memory(A),
              b: memory(B),
              bias: hasBias ? memory(bias) : null,
              out,
            }),
          );
          const C = result(out, m * n);
          // k fused operations and an addition: at most (k + 1) u / (1 - (k + 1) u) times the sum
          // of magnitudes (Higham).
          const gamma = ((k + 1) * U) / (1 - (k + 1) * U);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < n; j++) {
              let exact = hasBias ? bias[j] : 0;
              let magnitude = Math.abs(exact);
              for (let p = 0; p < k; p++) {
                const product = A[i * k + p] * B[p * n + j];
                exact += product;
                magnitude += Math.abs(product);
              }
              // `exact` itself was summed in double: 2^29 times finer.
              if (!(Math.abs(C[i * n + j] - exact) <= (gamma + k * U64) * magnitude)) {
                expect.fail(
                  `[${m}, ${k}] @ [${k}, ${n}] at ${i},${j}: ${C[i * n + j]}, not ${exact}, beyond ${gamma * magnitude}`,
                );
              }
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([1, 3])(
    "sums with one rounding to float32, however long the sum (inner size %i)",
    (inner) => {
      for (const n of [1, 15, 16, 17, 1000, 100_003]) {
        const x = floats(n * inner, n, "ordinary");
        const out = blank(inner);
        kernels.sum({ outer: 1, reduce: n, inner, a: memory(x), out });
        const sums = result(out, inner);
        for (let i = 0; i < inner; i++) {
          let [exact, correction, magnitude] = [0, 0, 0]; // Neumaier: exact to a few double ulp
          for (let r = 0; r < n; r++) {
            const v = x[r * inner + i];
            const t = exact + v;
            correction += Math.abs(exact) >= Math.abs(v) ? exact - t + v : v - t + exact;
            exact = t;
            magnitude += Math.abs(v);
          }
          exact += correction;
          // The double chain errs by at most n 2^-53 of the magnitudes; then one rounding.
          expect(Math.abs(sums[i] - exact)).toBeLessThanOrEqual(
            U * Math.abs(exact) + n * U64 * magnitude,
          );
        }
      }
    },
  );

  it("sums a million times 0.1 as exactly as float32 can say it", () => {
    const n = 1_000_000;
    const out = blank(1);
    kernels.sum({ outer: 1, reduce: n, inner: 1, a: memory(new Float32Array(n).fill(0.1)), out });
    expect(result(out, 1)[0]).toBe(Math.fround(n * Math.fround(0.1)));
  });

  it("gives softmax rows that sum to 1, each probability within 4 ulp plus what rounding the logits costs", () => {
    const [rows, cols] = [50, 27];
    const x = floats(rows * cols, 3, "ordinary").map((v) => 4 * v);
    const [p, logp] = [blank(x.length), blank(x.length)];
    kernels.softmax({ rows, cols, a: memory(x), out: p, log: false });
    kernels.softmax({ rows, cols, a: memory(x), out: logp, log: true });
    const [P, L] = [result(p, x.length), result(logp, x.length)];
    for (let i = 0; i < rows; i++) {
      const row = x.subarray(i * cols, (i + 1) * cols);
      const max = Math.max(...row);
      const sum = row.reduce((s, v) => s + Math.exp(v - max), 0);
      for (let j = 0; j < cols; j++) {
        const exact = Math.exp(row[j] - max) / sum;
        const distance = max - row[j];
        // x - max is rounded (u * distance, relative, once exponentiated); then exp, sum and
        // division, 1 to 2 ulp each.
        expect(Math.abs(P[i * cols + j] - exact)).toBeLessThanOrEqual(
          exact * (U * distance + 8 * U),
        );
        // Rounding x - max, log(S) (1 ulp of at most log 27 < 4) and their difference; S is within
        // 4 u.
        const logExact = Math.log(exact);
        const allowed = U * distance + 2 * U * 4 + 4 * U + 2 * U * Math.abs(logExact);
        expect(Math.abs(L[i * cols + j] - logExact)).toBeLessThanOrEqual(allowed);
      }
      // The sum of 27 rounded probabilities: as far from 1 as their own errors together.
      expect(
        Math.abs(P.subarray(i * cols, (i + 1) * cols).reduce((s, v) => s + v, 0) - 1),
      ).toBeLessThan(40 * U);
    }
  });
});
