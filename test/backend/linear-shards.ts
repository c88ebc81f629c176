/** The conformance of shards of the linear layer under a loss, for conformance.test.ts. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Kernels } from "../../lib/backend/kernel-table.js";
import { addParts, blockWords, partsOf } from "../../lib/backend/layers/shards.js";
import { SOFTMAX_BLOCK } from "../../lib/backend/sums.js";
import {
  blank,
  expectSameBits,
  expectSameWords,
  floats,
  integers,
  KINDS,
  type Memory,
  memory,
} from "./support.js";

const words = (m: Memory, n: number): Int32Array => m.whole.slice(m.offset, m.offset + n);

interface Layer {
  readonly rows: number;
  readonly inner: number;
  readonly classes: number;
  readonly x: Memory;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly targets: Memory;
  readonly up: Memory;
  readonly kept: boolean;
}

function layerOf(rows: number, inner: number, classes: number, kept: boolean): Layer {
  return {
    ...{ rows, inner, classes, kept },
    x: memory(floats(rows * inner, 1, "ordinary"), 3),
    weight: floats(inner * classes, 2, "ordinary"),
    bias: floats(classes, 3, "ordinary"),
    targets: memory(integers(rows, 4, 0, classes)),
    up: memory(floats(rows, 5, "ordinary")),
  };
}

/** loss, stats, gradX, gradWeight and gradBias of the layer as one. */
function whole(kernels: Kernels, l: Layer): Int32Array[] {
  const { rows, inner, classes: cols, x, targets, kept } = l;
  const layer = {
    ...{ rows, inner, cols, x, targets },
    ...{ weight: memory(l.weight), bias: memory(l.bias) },
  };
  const sizes = [rows, 2 * rows, rows * inner, inner * cols, cols];
  const [loss, stats, gradX, gradWeight, gradBias] = sizes.map((n) => blank(n));
  const spare = kept ? gradWeight : null;
  kernels.linearCrossEntropy({ ...layer, loss, stats, spare });
  const upstream = { scale: 1 / 3, upstream: l.up, upstreamStride: 1 } as const;
  const gradients = { gradX, gradWeight, gradBias };
  kernels.linearCrossEntropyBackward({ ...layer, stats, kept, ...upstream, ...gradients });
  return [loss, stats, gradX, gradWeight, gradBias].map((m, i) => words(m, sizes[i]));
}

const columns = (of: Float32Array, rows: number, from: number, to: number): Float32Array => {
  const all = of.length / rows;
  return Float32Array.from({ length: rows * (to - from) }, (_, i) => {
    const [row, col] = [Math.floor(i / (to - from)), i % (to - from)];
    return of[row * all + from + col];
  });
};

/** The same in shards that begin at these blocks. */
function sharded(kernels: Kernels, l: Layer, starts: readonly number[]): Int32Array[] {
  const { rows, inner, classes, x, targets, kept } = l;
  const shards = starts.map((block, i) => {
    const first = block * SOFTMAX_BLOCK;
    const end = i + 1 < starts.length ? starts[i + 1] * SOFTMAX_BLOCK : classes;
    const cols = end - first;
    const weight = memory(columns(l.weight, inner, first, end));
    const bias = memory(l.bias.slice(first, end));
    const layer = { rows, inner, cols, first, classes, x, weight, bias, targets };
    return { layer, gradWeight: blank(inner * cols), gradBias: blank(cols) };
  });
  const blocks = blank(blockWords(rows, classes));
  for (const { layer, gradWeight } of shards) {
    const at = blocks.offset + blockWords(rows, layer.first);
    const own = { storage: blocks.storage, offset: at };
    kernels.linearShardBlocks({ ...layer, blocks: own, spare: kept ? gradWeight : null });
  }
  const [loss, stats] = [blank(rows), blank(2 * rows)];
  kernels.blockLosses({ rows, classes, blocks, targets, loss, stats });

  const parts = shards.flatMap(({ layer }) => partsOf(layer));
  const n = rows * inner;
  const sums = blank(parts.length * n);
  let before = 0;
  for (const { layer, gradWeight, gradBias } of shards) {
    const own = { storage: sums.storage, offset: sums.offset + before * n };
    before += partsOf(layer).length;
    const upstream = { scale: 1 / 3, upstream: l.up, upstreamStride: 1 } as const;
    const gradients = { parts: own, gradWeight, gradBias };
    kernels.linearShardBackward({ ...layer, stats, kept, ...upstream, ...gradients });
  }
  addParts(kernels, parts, sums, n);

  const joined = (of: (shard: (typeof shards)[number]) => Memory, height: number) => {
    const out = new Int32Array(height * classes);
    for (const shard of shards) {
      const { first, cols } = shard.layer;
      const own = words(of(shard), height * cols);
      for (let i = 0; i < height; i++)
        out.set(own.subarray(i * cols, (i + 1) * cols), i * classes + first);
    }
    return out;
  };
  return [
    words(loss, rows),
    words(stats, 2 * rows),
    words(sums, n),
    joined((s) => s.gradWeight, inner),
    joined((s) => s.gradBias, 1),
  ];
}

export function linearShardsConform(sets: readonly [Kernels, Kernels]): void {
  const shard = fc.record({
    rows: fc.constantFrom(0, 1, 7, 15, 16, 17, 33),
    inner: fc.constantFrom(0, 1, 3, 17),
    cols: fc.constantFrom(0, 1, 48, 511, 512, 513, 1041),
    block: fc.constantFrom(0, 1, 3, 4, 7),
    after: fc.constantFrom(0, 512),
    seed: fc.integer(),
    kind: fc.constantFrom(...KINDS),
    shift: fc.integer({ min: 0, max: 17 }),
    each: fc.boolean(),
    kept: fc.boolean(),
    bad: fc.option(fc.tuple(fc.nat(40), fc.constantFrom(-1, 1e6, 2 ** 31 - 1, -(2 ** 31))), {
      nil: undefined,
      freq: 5,
    }),
  });

  it("compute shards of linear layer and cross-entropy, and their gradients, to the same bits; a target out of range writes nothing", () => {
    fc.assert(
      fc.property(shard, ({ rows, inner, cols, block, after, seed, kind, shift, ...s }) => {
        const first = block * SOFTMAX_BLOCK;
        const classes = first + cols + after;
        if (classes === 0) return;
        const { each, kept, bad } = s;
        const ids = integers(rows, seed + 5, 0, classes);
        const isBad = bad !== undefined && bad[0] < rows;
        if (isBad) ids[bad[0]] = bad[1];
        const targets = memory(ids, 2);
        const [x, weight, bias, up] = [rows * inner, inner * cols, cols, each ? rows : 1].map(
          (n, i) => memory(floats(n, seed + i, kind), shift >> i),
        );
        const layer = { rows, inner, cols, first, classes, x, weight, bias, targets };
        const outputs = () => [
          blank(blockWords(rows, cols), shift),
          blank(rows, shift),
          blank(2 * rows),
          blank(partsOf(layer).length * rows * inner, shift),
          blank(inner * cols, shift >> 1),
          blank(cols),
        ];
        // Of the columns around the shard: some maxima, sums and logits.
        const others = floats(blockWords(rows, classes), seed + 6, "ordinary");
        let answer = 0;
        expectSameBits(sets, outputs, (kernels, written) => {
          const [blocks, loss, stats, parts, gradWeight, gradBias] = written;
          answer = kernels.linearShardBlocks({ ...layer, blocks, spare: kept ? gradWeight : null });
          const all = memory(others.map(Math.abs));
          all.whole.set(
            words(blocks, blockWords(rows, cols)),
            all.offset + blockWords(rows, first),
          );
          const second = kernels.blockLosses({ rows, classes, blocks: all, targets, loss, stats });
          const third = kernels.linearShardBackward({
            ...layer,
            ...{ stats, kept, scale: 1 / 3, upstream: up, upstreamStride: each ? 1 : 0 },
            ...{ parts, gradWeight, gradBias },
          });
          expect([second, third]).toEqual([answer, answer]);
          if (answer >= 0)
            for (const [i, m] of outputs().entries())
              expectSameWords(written[i].whole, m.whole, "int32");
          return answer;
        });
        expect(answer).toBe(isBad ? bad[0] : -1);
      }),
      { numRuns: 80 },
    );
  });

  it.each([
    { rows: 9, inner: 5, classes: 700, starts: [0, 1] },
    { rows: 33, inner: 17, classes: 4700, starts: [0, 4, 8] },
    { rows: 20, inner: 7, classes: 4700, starts: [0, 1, 3, 5, 6, 9] },
    { rows: 300, inner: 4, classes: 2600, starts: [0, 3, 5] },
    { rows: 5, inner: 3, classes: 8705, starts: [0, 2, 2, 13] },
  ])("put shards together to the whole layer's bits: %o", ({ rows, inner, classes, starts }) => {
    for (const kernels of sets)
      for (const kept of [false, true]) {
        const layer = layerOf(rows, inner, classes, kept);
        const [got, want] = [sharded(kernels, layer, starts), whole(kernels, layer)];
        for (const [i, bits] of want.entries()) expectSameWords(got[i], bits);
      }
  });
}
