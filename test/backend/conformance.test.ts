/**
 * The compiled kernels give the reference's bits: for every kernel of the contract, on shapes,
 * strides and values that are hard on SIMD code; then the same again on every other instruction set
 * of this machine, and on large shapes for every number of threads.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { inUse } from "../../lib/backend/index.js";
import {
  ACTIVATION,
  BINARY,
  type Dims,
  MAX_RANK,
  rowMajorGemm,
  UNARY,
} from "../../lib/backend/kernels.js";
import type { Kernels } from "../../lib/backend/kernel-table.js";
import { reference } from "../../lib/backend/reference/index.js";
import { fma32 } from "../../lib/backend/reference/math/fma.js";
import { loadWasm } from "../../lib/backend/wasm/wasm.js";
import { digests } from "./digest.js";
import { hazards } from "./fma-hazards.js";
import { embeddingLinearConforms } from "./embedding-linear.js";
import { linearShardsConform } from "./linear-shards.js";
import {
  blank,
  expectSameBits,
  expectSameWords,
  floats,
  integers,
  type Kind,
  KINDS,
  type Memory,
  memory,
} from "./support.js";
import { watched } from "./watched.js";

/** The native one, or what MM_BACKEND names. */
const backend = inUse();
const { kernels: compared, uncalled } = watched(backend);
const sets: readonly [Kernels, Kernels] = [compared, reference];

const size = fc.constantFrom(0, 1, 2, 3, 7, 15, 16, 17, 23, 31, 32, 33, 47, 48, 49, 61);
/** with more than one block of a softmax */
const classes = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(0, 1, 5, 15, 16, 17, 31, 32, 33, 64, 97, 127, 128, 129, 257),
  },
  { weight: 1, arbitrary: fc.constantFrom(512, 513, 1041, 8705) },
);
const wide = fc.constantFrom(0, 1, 5, 15, 16, 17, 31, 32, 33, 64, 97, 127, 128, 129, 257);
const seed = fc.integer();
const kind = fc.constantFrom(...KINDS);
const shift = fc.integer({ min: 0, max: 17 });
const pad = fc.constantFrom(0, 0, 1, 5);
const run = (numRuns: number) => ({ numRuns });

/** Strides of a matrix [rows, cols], and the words it covers. */
function matrix(
  rows: number,
  cols: number,
  layout: "rows" | "columns" | "oneRow" | "oneColumn" | "spread",
  padding: number,
) {
  const [row, col] = {
    rows: [cols + padding, 1],
    columns: [1, rows + padding],
    oneRow: [0, 1 + padding],
    oneColumn: [1 + padding, 0],
    spread: [2 * cols + padding, 2],
  }[layout];
  return { row, col, words: rows * cols === 0 ? 0 : (rows - 1) * row + (cols - 1) * col + 1 };
}

const layout = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("rows" as const, "columns" as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("oneRow" as const, "oneColumn" as const, "spread" as const),
  },
);

/**
 * Strides over `shape` for one operand: dimensions in any order in memory, gaps, repeats (stride 0)
 * and reversed dimensions.
 */
interface Layout {
  strides: number[];
  words: number;
  /** of the first element, from the first word */
  start: number;
}

function strided(shape: Dims, order: Dims, gaps: Dims, repeat: number, reverse: number): Layout {
  const strides = new Array<number>(shape.length).fill(0);
  let step = 1;
  let start = 0;
  for (const d of [...order].filter((d) => d < shape.length)) {
    if ((repeat >> d) & 1) continue;
    strides[d] = step;
    step *= Math.max(shape[d], 1);
    step += gaps[d];
    if ((reverse >> d) & 1) {
      start += Math.max(shape[d] - 1, 0) * strides[d];
      strides[d] = -strides[d];
    }
  }
  return { strides, words: step, start };
}

const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: MAX_RANK });
const rowMajor = fc.constant([7, 6, 5, 4, 3, 2, 1, 0]);
const everyDim = { minLength: MAX_RANK, maxLength: MAX_RANK };
const gaps = fc.oneof(
  fc.constant([0, 0, 0, 0, 0, 0, 0, 0]),
  fc.array(fc.constantFrom(0, 0, 1, 3), everyDim),
);
const mask = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 255 }) },
);
const layoutOf = { order: fc.oneof(rowMajor, order), gaps, repeat: mask, reverse: mask };

/** Ranks 0 to 8: at most one dimension is longer than 3, at any place. */
const shape = fc
  .tuple(
    fc.array(fc.constantFrom(1, 2, 2, 3), { maxLength: MAX_RANK - 1 }),
    fc.option(fc.tuple(wide, fc.nat(MAX_RANK - 1))),
  )
  .map(([dims, long]: [number[], [length: number, at: number] | null]) =>
    long === null ? dims : dims.toSpliced(Math.min(long[1], dims.length), 0, long[0]),
  );

const count = (dims: readonly number[]): number => dims.reduce((n, d) => n * d, 1);

const scenario = fc
  .record({
    shape,
    a: fc.record(layoutOf),
    b: fc.record(layoutOf),
    out: fc.record(layoutOf),
    seed,
    kind,
    shift,
  })
  .filter((s) => count(s.shape) <= 4000)
  .map(({ shape, seed, kind, shift, ...operands }) => {
    const make = ({ order, gaps, repeat, reverse }: typeof operands.a) =>
      strided(shape, order, gaps, repeat, reverse);
    return {
      shape,
      seed,
      kind,
      shift,
      a: make(operands.a),
      b: make(operands.b),
      out: make({ ...operands.out, repeat: 0 }),
    };
  });

/** The operand that starts where the layout says. */
const from = (m: Memory, { start }: Layout) => ({ storage: m.storage, offset: m.offset + start });

describe(`${backend.name} (${backend.isa}) and reference`, () => {
  it("multiply matrices to the same bits, in every layout, with and without bias, tanh and its gradient", () => {
    const product = fc.record({
      m: size,
      n: size,
      k: size,
      la: layout,
      lb: layout,
      pa: pad,
      pb: pad,
      po: pad,
      hasBias: fc.boolean(),
      activation: fc.constantFrom(...ACTIVATION, "gradient" as const),
      seed,
      kind,
      shift,
    });
    fc.assert(
      fc.property(
        product,
        ({ m, n, k, la, lb, pa, pb, po, hasBias, activation, seed, kind, shift }) => {
          const a = matrix(m, k, la, pa);
          const b = matrix(k, n, lb, pb);
          const A = memory(floats(a.words, seed, kind), shift);
          const B = memory(floats(b.words, seed + 1, kind), shift >> 1);
          const bias = hasBias ? memory(floats(n, seed + 2, kind), 3) : null;
          const y =
            activation === "gradient" ? memory(floats(m * (n + po), seed + 3, kind), 5) : undefined;
          expectSameBits(
            sets,
            () => [blank(m * (n + po), shift)],
            (kernels, [out]) =>
              kernels.gemm({
                m,
                n,
                k,
                a: A,
                aRow: a.row,
                aCol: a.col,
                b: B,
                bRow: b.row,
                bCol: b.col,
                bias,
                out,
                outRow: n + po,
                activation: activation === "gradient" ? "none" : activation,
                y: y ?? null,
              }),
          );
        },
      ),
      run(1500),
    );
  });

  it.each([
    ["NN", "rows", "rows"],
    ["NT", "rows", "columns"],
    ["TN", "columns", "rows"],
    ["TT", "columns", "columns"],
  ] as const)(
    "multiply matrices %s of the lecture's sizes, and with a long k, to the same bits",
    (_, la, lb) => {
      const lecture = [
        [32, 200, 30],
        [32, 27, 200],
        [30, 200, 32],
        [200, 27, 32],
        [1, 27, 200],
        [32, 30, 200],
      ];
      const long = [256, 257, 512, 1031, 2048, 2049, 2305, 6400].map((k) => [5, 3, k]);
      for (const [m, n, k] of [...lecture, ...long, [67, 131, 19], [270, 5, 2500]]) {
        const a = matrix(m, k, la, 0);
        const b = matrix(k, n, lb, 0);
        const [A, B, bias] = [
          [a.words, m],
          [b.words, n],
          [n, k],
        ].map(([n, seed]) => memory(floats(n, seed, "ordinary")));
        for (const activation of ACTIVATION) {
          expectSameBits(
            sets,
            () => [blank(m * n)],
            (kernels, [out]) =>
              kernels.gemm({
                m,
                n,
                k,
                a: A,
                aRow: a.row,
                aCol: a.col,
                b: B,
                bRow: b.row,
                bCol: b.col,
                bias,
                out,
                outRow: n,
                activation,
                y: null,
              }),
          );
        }
      }
    },
  );

  it.each(UNARY)("apply %s to the same bits, ranks 0 to 8, any strides", (op) => {
    fc.assert(
      fc.property(scenario, (s) => {
        const values =
          op === "toFloat"
            ? integers(s.a.words, s.seed, -(2 ** 31), 2 ** 31)
            : floats(s.a.words, s.seed, s.kind);
        const a = from(memory(values, s.shift), s.a);
        expectSameBits(
          sets,
          () => [blank(s.out.words, s.shift >> 1)],
          (kernels, [out]) =>
            kernels.unary({
              op,
              shape: s.shape,
              a,
              aStrides: s.a.strides,
              out: from(out, s.out),
              outStrides: s.out.strides,
            }),
        );
      }),
      run(150),
    );
  });

  it.each(UNARY)("apply %s to the same bits over all of float32", (op) => {
    const n = 1 << 16;
    for (const start of [0, 12345]) {
      const a = memory(
        Int32Array.from({ length: n }, (_, i) => (i << 16) + start + (Math.imul(i, 7919) % 60000)),
      );
      expectSameBits(
        sets,
        () => [blank(n)],
        (kernels, [out]) =>
          kernels.unary({ op, shape: [n], a, aStrides: [1], out, outStrides: [1] }),
      );
    }
  });

  it.each(BINARY)("apply %s to the same bits, ranks 0 to 8, any strides", (op) => {
    fc.assert(
      fc.property(scenario, (s) => {
        const a = from(memory(floats(s.a.words, s.seed, s.kind), s.shift), s.a);
        const b = from(memory(floats(s.b.words, s.seed + 1, s.kind), 17 - s.shift), s.b);
        expectSameBits(
          sets,
          () => [blank(s.out.words, s.shift >> 1)],
          (kernels, [out]) =>
            kernels.binary({
              op,
              shape: s.shape,
              a,
              aStrides: s.a.strides,
              b,
              bStrides: s.b.strides,
              out: from(out, s.out),
              outStrides: s.out.strides,
            }),
        );
      }),
      run(150),
    );
  });

  const onFloats = UNARY.filter((op) => op !== "toFloat");

  it("update in place, where output and input are the same memory, to the same bits", () => {
    fc.assert(
      fc.property(
        scenario,
        fc.constantFrom(...BINARY),
        fc.constantFrom(...onFloats),
        (s, binary, unary) => {
          const b = from(memory(floats(s.b.words, s.seed + 1, s.kind), s.shift), s.b);
          expectSameBits(
            sets,
            () => [memory(floats(s.out.words, s.seed, s.kind), s.shift)],
            (kernels, [out]) => {
              const o = from(out, s.out);
              kernels.binary({
                op: binary,
                shape: s.shape,
                a: o,
                aStrides: s.out.strides,
                b,
                bStrides: s.b.strides,
                out: o,
                outStrides: s.out.strides,
              });
              kernels.unary({
                op: unary,
                shape: s.shape,
                a: o,
                aStrides: s.out.strides,
                out: o,
                outStrides: s.out.strides,
              });
            },
          );
        },
      ),
      run(200),
    );
  });

  it("copy any 32-bit words, ranks 0 to 8, any strides", () => {
    fc.assert(
      fc.property(scenario, (s) => {
        const a = from(memory(integers(s.a.words, s.seed, -(2 ** 31), 2 ** 31), s.shift), s.a);
        expectSameBits(
          sets,
          () => [blank(s.out.words, s.shift >> 1)],
          (kernels, [out]) =>
            kernels.copy({
              shape: s.shape,
              a,
              aStrides: s.a.strides,
              out: from(out, s.out),
              outStrides: s.out.strides,
            }),
          ["int32"],
        );
      }),
      run(300),
    );
  });

  it.each([
    [257, 129],
    [16, 16],
    [33, 1000],
    [1, 65],
    [17, 15],
  ])("copy the transpose of [%i, %i]", (rows, cols) => {
    const a = memory(integers(rows * cols, 5, -(2 ** 31), 2 ** 31));
    expectSameBits(
      sets,
      () => [blank(rows * cols)],
      (kernels, [out]) =>
        kernels.copy({ shape: [cols, rows], a, aStrides: [1, cols], out, outStrides: [rows, 1] }),
      ["int32"],
    );
  });

  it("fill with any number", () => {
    fc.assert(
      fc.property(
        wide,
        fc.constantFrom(0, -0, 1, 0.1, 2 ** -149, 1e39, NaN, -Infinity),
        shift,
        (n, value, shift) => {
          expectSameBits(
            sets,
            () => [blank(n, shift)],
            (kernels, [out]) => kernels.fill({ n, value, out }),
          );
        },
      ),
    );
  });

  const reduction = fc.record({
    outer: size,
    reduce: wide,
    inner: fc.oneof(fc.constant(1), size),
    seed,
    kind,
    shift,
  });

  it("sum rows in sixteen lanes and columns in one chain", () => {
    fc.assert(
      fc.property(reduction, ({ outer, reduce, inner, seed, kind, shift }) => {
        const a = memory(floats(outer * reduce * inner, seed, kind), shift);
        expectSameBits(
          sets,
          () => [blank(outer * inner, shift >> 1)],
          (kernels, [out]) => kernels.sum({ outer, reduce, inner, a, out }),
        );
      }),
      run(250),
    );
  });

  it.each([false, true])("sum up to each element (reverse: %s)", (reverse) => {
    fc.assert(
      fc.property(reduction, ({ outer, reduce, inner, seed, kind, shift }) => {
        const n = outer * reduce * inner;
        const a = memory(floats(n, seed, kind), shift);
        expectSameBits(
          sets,
          () => [blank(n, shift >> 1)],
          (kernels, [out]) => kernels.cumsum({ outer, reduce, inner, a, out, reverse }),
        );
      }),
      run(150),
    );
  });

  it("find the same maxima at the same places, with ties and NaN", () => {
    fc.assert(
      fc.property(reduction, fc.boolean(), ({ outer, reduce, inner, seed, kind, shift }, ties) => {
        if (reduce === 0) return; // the contract starts at 1
        const n = outer * reduce * inner;
        const tied = () =>
          Float32Array.from(integers(n, seed, -2, 2), (x, i) => (x === 0 && i % 2 === 0 ? -0 : x));
        const a = memory(ties ? tied() : floats(n, seed, kind), shift);
        expectSameBits(
          sets,
          () => [blank(outer * inner, shift), blank(outer * inner)],
          (kernels, [out, index]) => kernels.max({ outer, reduce, inner, a, out, index }),
          ["float32", "int32"],
        );
      }),
      run(300),
    );
  });

  const rowsByIndex = fc.record({
    n: wide,
    rows: fc.constantFrom(1, 2, 5, 27, 100),
    width: size,
    seed,
    kind,
    shift,
    /**
     * how far the table's rows are apart; a width more or less: padded rows, or windows that
     * overlap
     */
    apart: fc.constantFrom("width", "1", "0", "width + 3"),
    /** where an index out of range stands (beyond n: nowhere), and which */
    badAt: fc.oneof(fc.constant(1000), fc.nat(40)),
    bad: fc.constantFrom("rows", "below", "largest", "smallest"),
  });

  function indices(n: number, rows: number, seed: number, badAt: number, bad: string): Memory {
    const values = integers(n, seed, -rows, rows);
    if (badAt < n)
      values[badAt] =
        { rows, below: -rows - 1, largest: 2 ** 31 - 1, smallest: -(2 ** 31) }[bad] ?? rows;
    return memory(values, 1);
  }

  it("gather rows: repeated and negative indices, any words; an index out of range writes nothing", () => {
    fc.assert(
      fc.property(rowsByIndex, ({ n, rows, width, seed, shift, badAt, bad, apart }) => {
        const tableRow =
          apart === "width" ? width : apart === "width + 3" ? width + 3 : Number(apart);
        const table = memory(
          integers((rows - 1) * tableRow + width, seed, -(2 ** 31), 2 ** 31),
          shift,
        );
        const index = indices(n, rows, seed + 1, badAt, bad);
        const fromEnd = seed % 2 === 0;
        const low = fromEnd ? -rows : 0;
        const words = [...index.whole.subarray(index.offset, index.offset + n)];
        let answer = 0;
        expectSameBits(
          sets,
          () => [blank(n * width)],
          (kernels, [out]) => {
            answer = kernels.gatherRows({ n, rows, width, tableRow, table, index, fromEnd, out });
            if (answer >= 0) expectSameWords(out.whole, blank(n * width).whole, "int32");
            return answer;
          },
          ["int32"],
        );
        expect(answer).toBe(words.findIndex((i) => i < low || i >= rows));
      }),
      run(300),
    );
  });

  it("scatter and add rows in order; an index out of range writes nothing", () => {
    fc.assert(
      fc.property(rowsByIndex, ({ n, rows, width, seed, kind, shift, badAt, bad }) => {
        const a = memory(floats(n * width, seed, kind), shift);
        const before = () => memory(floats(rows * width, seed + 2, kind));
        const index = indices(n, rows, seed + 1, badAt, bad);
        let answer = 0;
        expectSameBits(
          sets,
          () => [before()],
          (kernels, [table]) => {
            answer = kernels.scatterAddRows({ n, rows, width, a, index, table });
            if (answer >= 0) expectSameWords(table.whole, before().whole, "int32");
            return answer;
          },
        );
        expect(answer).toBe(badAt < n ? badAt : -1);
      }),
      run(300),
    );
  });

  it.each([
    [257, 1, 3],
    [600, 2, 70],
    [5000, 2, 17],
  ])("scatter and add %i rows to %i, of %i columns, in blocks", (n, rows, width) => {
    const a = memory(floats(n * width, 1, "ordinary"));
    const index = memory(integers(n, 2, -rows, rows));
    expectSameBits(
      sets,
      () => [memory(floats(rows * width, 3, "ordinary"))],
      (kernels, [table]) => kernels.scatterAddRows({ n, rows, width, a, index, table }),
    );
  });

  const logits = fc.record({
    rows: size,
    cols: classes,
    seed,
    kind,
    shift,
    far: fc.constantFrom(1, 1, 30, 1e4, 1e38),
  });
  const scaled = (n: number, seed: number, kind: Kind, far: number) =>
    floats(n, seed, kind).map((x) => x * far);

  it.each([false, true])("compute softmax to the same bits (log: %s)", (log) => {
    fc.assert(
      fc.property(logits, ({ rows, cols, seed, kind, shift, far }) => {
        const a = memory(scaled(rows * cols, seed, kind, far), shift);
        expectSameBits(
          sets,
          () => [blank(rows * cols, shift >> 1)],
          (kernels, [out]) => kernels.softmax({ rows, cols, a, out, log }),
        );
      }),
      run(200),
    );
  });

  it("compute cross-entropy and its gradient to the same bits; a target out of range writes nothing", () => {
    const badTarget = fc.option(
      fc.tuple(fc.nat(70), fc.constantFrom(-1, 8705, 2 ** 31 - 1, -(2 ** 31))),
      { nil: undefined },
    );
    fc.assert(
      fc.property(
        logits,
        badTarget,
        fc.constantFrom(1, 1 / 32, 1 / 3, 1e30, 0),
        (drawn, bad, scale) => {
          const { rows, cols, seed, kind, shift, far } = drawn;
          if (cols === 0) return; // no target is in range
          const x = memory(scaled(rows * cols, seed, kind, far), shift);
          const ids = integers(rows, seed + 1, 0, cols);
          if (bad !== undefined && bad[0] < rows) ids[bad[0]] = bad[1];
          const targets = memory(ids, 2);
          const outputs = () => [blank(rows, shift >> 1), blank(rows * cols)];
          let answer = 0;
          expectSameBits(sets, outputs, (kernels, [loss, grad]) => {
            answer = kernels.crossEntropy({ rows, cols, logits: x, targets, scale, loss, grad });
            if (answer >= 0)
              for (const [i, m] of outputs().entries())
                expectSameWords([loss, grad][i].whole, m.whole, "int32");
            return answer;
          });
          expect(answer).toBe(bad !== undefined && bad[0] < rows ? bad[0] : -1);
        },
      ),
      run(300),
    );
  });

  it("compute linear layer and cross-entropy as one, and their gradients, to the same bits; a target out of range writes nothing", () => {
    const layer = fc.record({
      rows: size,
      inner: fc.constantFrom(0, 1, 3, 16, 19),
      cols: fc.constantFrom(1, 2, 27, 48, 511, 512, 513, 1041),
      seed,
      kind,
      shift,
      far: fc.constantFrom(1, 1, 30, 1e4),
      scale: fc.constantFrom(1, 1 / 32, 1 / 3),
      each: fc.boolean(),
      kept: fc.boolean(),
      bad: fc.option(fc.tuple(fc.nat(70), fc.constantFrom(-1, 1041, 2 ** 31 - 1, -(2 ** 31))), {
        nil: undefined,
        freq: 5,
      }),
    });
    fc.assert(
      fc.property(
        layer,
        ({ rows, inner, cols, seed, kind, shift, far, scale, each, kept, bad }) => {
          const x = memory(scaled(rows * inner, seed, kind, far), shift);
          const [weight, bias, up] = [inner * cols, cols, each ? rows : 1].map((n, i) =>
            memory(floats(n, seed + 1 + i, kind), i),
          );
          const ids = integers(rows, seed + 5, 0, cols);
          if (bad !== undefined && bad[0] < rows) ids[bad[0]] = bad[1];
          const targets = memory(ids, 2);
          const outputs = () => [
            blank(rows, shift),
            blank(2 * rows),
            blank(rows * inner),
            blank(inner * cols, shift >> 1),
            blank(cols),
          ];
          let answer = 0;
          expectSameBits(sets, outputs, (kernels, [loss, stats, gradX, gradWeight, gradBias]) => {
            answer = kernels.linearCrossEntropy({
              rows,
              inner,
              cols,
              x,
              weight,
              bias,
              targets,
              loss,
              stats,
              spare: kept ? gradWeight : null,
            });
            const second = kernels.linearCrossEntropyBackward({
              rows,
              inner,
              cols,
              x,
              weight,
              bias,
              targets,
              stats,
              kept,
              scale,
              upstream: up,
              upstreamStride: each ? 1 : 0,
              gradX,
              gradWeight,
              gradBias,
            });
            expect(second).toBe(answer);
            const written = [loss, stats, gradX, gradWeight, gradBias];
            if (answer >= 0)
              for (const [i, m] of outputs().entries())
                expectSameWords(written[i].whole, m.whole, "int32");
            return answer;
          });
          expect(answer).toBe(bad !== undefined && bad[0] < rows ? bad[0] : -1);
        },
      ),
      run(80),
    );
  });

  it.each([
    [300, 20, 530],
    [520, 5, 70],
    [2100, 3, 30],
    [40, 3, 4700],
  ])("and over several blocks of rows: %i x %i x %i", (rows, inner, cols) => {
    const [x, weight, bias, up] = [rows * inner, inner * cols, cols, rows].map((n, i) =>
      memory(floats(n, i, "ordinary"), i),
    );
    const targets = memory(integers(rows, 5, 0, cols));
    for (const kept of [false, true]) {
      const outputs = () => [rows, 2 * rows, rows * inner, inner * cols, cols].map((n) => blank(n));
      expectSameBits(sets, outputs, (kernels, [loss, stats, gradX, gradWeight, gradBias]) => {
        kernels.linearCrossEntropy({
          rows,
          inner,
          cols,
          x,
          weight,
          bias,
          targets,
          loss,
          stats,
          spare: kept ? gradWeight : null,
        });
        return kernels.linearCrossEntropyBackward({
          rows,
          inner,
          cols,
          x,
          weight,
          bias,
          targets,
          stats,
          kept,
          scale: 1 / 3,
          upstream: up,
          upstreamStride: 1,
          gradX,
          gradWeight,
          gradBias,
        });
      });
    }
  });

  it("step parameters by -rate * gradient to the same bits", () => {
    fc.assert(
      fc.property(
        wide,
        seed,
        kind,
        shift,
        fc.constantFrom(0.1, 0.01, -1, 0, 2 ** -140, 1e30),
        (n, seed, kind, shift, rate) => {
          const grad = memory(floats(n, seed, kind), shift);
          const lr = memory(Float32Array.of(rate), 1);
          expectSameBits(
            sets,
            () => [memory(floats(n, seed + 1, kind), shift >> 1)],
            (kernels, [param]) => kernels.sgd({ n, param, grad, rate: lr }),
          );
        },
      ),
      run(200),
    );
  });

  const share = fc.constantFrom(0, 0.1, 0.9, 1, 2 ** -140, 3e38);

  it("step with momentum and weight decay to the same bits", () => {
    const scalars = fc.tuple(fc.constantFrom(-0.1, -1, 0, 1e30), share, share, share);
    fc.assert(
      fc.property(
        wide,
        seed,
        kind,
        shift,
        scalars,
        fc.boolean(),
        fc.boolean(),
        (n, seed, kind, shift, scalars, nesterov, keeps) => {
          const grad = memory(floats(n, seed, kind), shift);
          const outputs = () => [
            memory(floats(n, seed + 1, kind), shift >> 1),
            memory(floats(n, seed + 2, kind), 3),
          ];
          expectSameBits(sets, outputs, (kernels, [param, buf]) =>
            kernels.sgdMomentum({
              n,
              param,
              grad,
              buf: keeps ? buf : null,
              scalars: memory(Float32Array.from(scalars), 1),
              nesterov,
            }),
          );
        },
      ),
      run(200),
    );
  });

  it("step as AdamW to the same bits", () => {
    const scalars = fc.tuple(
      share,
      share,
      share,
      share,
      fc.constantFrom(1, 0.03, 2 ** -140, 0),
      share,
      fc.constantFrom(-0.01, -1, 0, -1e30),
    );
    fc.assert(
      fc.property(wide, seed, kind, shift, scalars, (n, seed, kind, shift, scalars) => {
        const grad = memory(floats(n, seed, kind), shift);
        const outputs = () =>
          [1, 2, 3].map((k) =>
            memory(
              floats(n, seed + k, kind).map((x) => (k === 3 ? Math.abs(x) : x)),
              shift >> k,
            ),
          );
        expectSameBits(sets, outputs, (kernels, [param, avg, sq]) =>
          kernels.adamw({
            n,
            param,
            grad,
            avg,
            sq,
            scalars: memory(Float32Array.from(scalars), 1),
          }),
        );
      }),
      run(200),
    );
  });

  embeddingLinearConforms(sets);

  linearShardsConform(sets);

  it.each(Object.keys(hazards))("round a product and its sum once: %s", (kind) => {
    const n = 4096;
    const [a, b, c] = hazards[kind](n);
    const [left, right, out] = [memory(new Float32Array(2)), memory(new Float32Array(2)), blank(1)];
    const floats = (m: Memory) =>
      new Float32Array(m.whole.buffer, m.whole.byteOffset + 4 * m.offset);
    const [x, y, sum] = [left, right, out].map(floats);
    const wrong: number[][] = [];
    for (let i = 0; i < n; i++) {
      // c * 1 + a * b, from 0
      [x[0], x[1], y[0], y[1]] = [c[i], a[i], 1, b[i]];
      compared.gemm(rowMajorGemm({ m: 1, n: 1, k: 2, a: left, b: right, out }));
      const want = fma32(a[i], b[i], c[i] + 0);
      if (!Object.is(sum[0], want)) wrong.push([a[i], b[i], c[i], sum[0], want]);
    }
    expect(wrong.slice(0, 3)).toEqual([]);
  });

  it("were compared in every kernel of the contract", () => {
    expect(uncalled()).toEqual([]);
  });
});

const root = fileURLToPath(new URL("../..", import.meta.url));
/** This process's environment without vitest's own variables, on another instruction set. */
const environment = ({ backend, isa }: Set) => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST$|NODE_OPTIONS$)/.test(name)),
  ),
  MM_BACKEND: backend,
  MM_ISA: isa,
});
async function node(set: Set, ...args: string[]): Promise<string> {
  try {
    return (await promisify(execFile)(process.execPath, args, { cwd: root, env: environment(set) }))
      .stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${set.isa}: node ${args.join(" ")}\n${stdout}${stderr}`, { cause: error });
  }
}

interface Set {
  readonly backend: string;
  readonly isa: string;
}
/** Below, this file starts itself again; there MM_ISA is set, and the rest is left out. */
const isChild = Boolean(process.env.MM_ISA);
const SETS: readonly Set[] = (isChild ? [] : [backend, loadWasm()]).flatMap(
  ({ name, supportedIsas }) => supportedIsas.map((isa) => ({ backend: name, isa })),
);

describe.skipIf(isChild)("every instruction set of this machine", () => {
  const expected = digests(backend, 2);
  afterAll(() => backend.setThreads(1));

  it("gives the reference's bits on shapes that are large enough for threads", () => {
    expect(expected).toEqual(digests(reference, 1));
  });

  it.each([1, 2, 3])("gives the same bits on %i threads", (threads) => {
    expect(digests(backend, threads)).toEqual(expected);
  });

  it.each(SETS)("$backend: $isa gives the same digests on 1 and 2 threads", async (set) => {
    const printed = await node(set, "--import", "tsx", "test/backend/digest.ts");
    expect(JSON.parse(printed)).toEqual({ isa: set.isa, threads: { 1: expected, 2: expected } });
  });

  it.each(SETS.filter(({ isa }) => isa !== backend.isa))(
    "$backend: $isa passes this suite",
    async (set) => {
      const vitest = ["node_modules/vitest/vitest.mjs", "run", "--reporter=verbose"];
      const report = await node(set, ...vitest, "test/backend/conformance.test.ts");
      expect(report).toContain(`${set.backend} (${set.isa})`);
    },
  );
});
