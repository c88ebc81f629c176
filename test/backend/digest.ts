/**
 * Digests of every kernel's output on shapes that are large enough to be shared among threads. As a
 * script it prints, as JSON, those of this process's instruction set on 1 and 2 threads.
 */
import { createHash } from "node:crypto";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";
import { BINARY, type Operand, rowMajorGemm, UNARY } from "../../lib/backend/kernels.js";
import type { Backend } from "../../lib/backend/backend.js";
import { inUse } from "../../lib/backend/index.js";
import { blockWords, partsOf } from "../../lib/backend/layers/shards.js";
import { allocate } from "../../lib/backend/storage.js";
import { watched } from "./watched.js";

/** A storage of numbers from -2 to 2 that any process computes alike. */
function numbers(n: number, seed: number): Operand & { words: Int32Array } {
  const x = output(n);
  let state = seed;
  const f32 = new Float32Array(x.words.buffer, x.words.byteOffset, n);
  for (let i = 0; i < n; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    f32[i] = (state >> 8) * 2 ** -22;
  }
  return x;
}

function ids(n: number, classes: number): Operand {
  const x = output(n);
  for (let i = 0; i < n; i++) x.words[i] = Math.imul(i, 2654435761) >>> 8;
  for (let i = 0; i < n; i++) x.words[i] %= classes;
  return x;
}

function output(n: number): Operand & { words: Int32Array } {
  const storage = allocate(n);
  return { storage, offset: 0, words: storage.slab.i32.subarray(storage.start, storage.start + n) };
}

/** Sign and payload of a NaN are not specified. */
const oneNaN = (word: number): number => ((word & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : word);

const digest = (...outputs: { words: Int32Array }[]): string => {
  const hash = createHash("sha256");
  for (const { words } of outputs) hash.update(words.map(oneNaN));
  return hash.digest("hex").slice(0, 16);
};

/** @throws Error for a kernel that is not among them */
export function digests(given: Backend, threads: number): Record<string, string> {
  given.setThreads(threads);
  const { kernels, uncalled } = watched(given);
  const out: Record<string, string> = {};

  for (const [m, n, k] of [
    [300, 257, 129],
    [4096, 200, 30],
    [30, 200, 4096],
    [27, 19, 12345],
    [7, 20011, 33],
  ]) {
    const [a, b, bias, c] = [numbers(m * k, 1), numbers(k * n, 2), numbers(n, 3), output(m * n)];
    kernels.gemm(rowMajorGemm({ m, n, k, a, b, bias, out: c, activation: "tanh" }));
    out[`gemm NN ${m}x${n}x${k}`] = digest(c);
    kernels.gemm(rowMajorGemm({ m, n, k, a, b, bRow: 1, bCol: k, out: c }));
    out[`gemm NT ${m}x${n}x${k}`] = digest(c);
    kernels.gemm(rowMajorGemm({ m, n, k, a, aRow: 1, aCol: m, b, out: c }));
    out[`gemm TN ${m}x${n}x${k}`] = digest(c);
  }

  const [rows, cols] = [20011, 27];
  const n = rows * cols;
  const [x, y, z] = [numbers(n, 4), numbers(n, 5), output(n)];
  // Enough for two threads, whatever the operation.
  const some = 5003;
  const part = output(some * cols);
  for (const op of UNARY) {
    kernels.unary({ op, shape: [some * cols], a: x, aStrides: [1], out: part, outStrides: [1] });
    out[op] = digest(part);
    kernels.unary({
      op,
      shape: [cols, some],
      a: x,
      aStrides: [1, cols],
      out: part,
      outStrides: [some, 1],
    });
    out[`${op} transposed`] = digest(part);
  }
  for (const op of BINARY) {
    kernels.binary({
      op,
      shape: [some, cols],
      a: x,
      aStrides: [cols, 1],
      b: y,
      bStrides: [0, 1],
      out: part,
      outStrides: [cols, 1],
    });
    out[`${op} broadcast`] = digest(part);
    kernels.binary({
      op,
      shape: [some, cols],
      a: x,
      aStrides: [cols, 1],
      b: y,
      bStrides: [1, some],
      out: part,
      outStrides: [cols, 1],
    });
    out[`${op} transposed`] = digest(part);
  }
  kernels.copy({ shape: [cols, rows], a: x, aStrides: [1, cols], out: z, outStrides: [rows, 1] });
  out.copy = digest(z);
  kernels.fill({ n, value: 0.1, out: z });
  out.fill = digest(z);
  const rate = numbers(1, 6);
  kernels.sgd({ n, param: z, grad: x, rate });
  out.sgd = digest(z);
  const [state, squares, scalars] = [numbers(n, 9), numbers(n, 10), numbers(7, 11)];
  kernels.sgdMomentum({ n, param: z, grad: x, buf: state, scalars, nesterov: true });
  out.sgdMomentum = digest(z, state);
  kernels.binary({
    op: "mul",
    shape: [n],
    a: squares,
    aStrides: [1],
    b: squares,
    bStrides: [1],
    out: squares,
    outStrides: [1],
  });
  kernels.adamw({ n, param: z, grad: x, avg: state, sq: squares, scalars });
  out.adamw = digest(z, state, squares);

  for (const [outer, reduce, inner] of [
    [rows, cols, 1],
    [1, rows, cols],
    [1, n, 1],
    [3, 9, 20011],
    [20011, 9, 3],
  ]) {
    const [sums, tops, places] = [
      output(outer * inner),
      output(outer * inner),
      output(outer * inner),
    ];
    kernels.sum({ outer, reduce, inner, a: x, out: sums });
    out[`sum ${outer}x${reduce}x${inner}`] = digest(sums);
    kernels.max({ outer, reduce, inner, a: x, out: tops, index: places });
    out[`max ${outer}x${reduce}x${inner}`] = digest(tops, places);
    kernels.cumsum({ outer, reduce, inner, a: x, out: z, reverse: inner === 1 });
    out[`cumsum ${outer}x${reduce}x${inner}`] = digest(z);
  }

  for (const log of [false, true]) {
    kernels.softmax({ rows, cols, a: x, out: z, log });
    out[log ? "logSoftmax" : "softmax"] = digest(z);
  }
  const [loss, grad] = [output(rows), output(n)];
  kernels.crossEntropy({
    rows,
    cols,
    logits: x,
    targets: ids(rows, cols),
    scale: 1 / rows,
    loss,
    grad,
  });
  out.crossEntropy = digest(loss, grad);

  const [batch, inner, words] = [300, 33, 3001];
  const [h, weight, bias, one] = [
    numbers(batch * inner, 9),
    numbers(inner * words, 10),
    numbers(words, 11),
    numbers(1, 12),
  ];
  const targets = ids(batch, words);
  const [losses, stats, gh, gw, gb] = [batch, 2 * batch, batch * inner, inner * words, words].map(
    output,
  );
  kernels.linearCrossEntropy({
    rows: batch,
    inner,
    cols: words,
    x: h,
    weight,
    bias,
    targets,
    loss: losses,
    stats,
    spare: gw,
  });
  kernels.linearCrossEntropyBackward({
    rows: batch,
    inner,
    cols: words,
    x: h,
    weight,
    bias,
    targets,
    stats,
    kept: true,
    scale: 1 / batch,
    upstream: one,
    upstreamStride: 0,
    gradX: gh,
    gradWeight: gw,
    gradBias: gb,
  });
  out.linearCrossEntropy = digest(losses, stats, gh, gw, gb);

  // All columns as one shard, and as one that begins inside a group of the sums.
  for (const first of [0, 1536]) {
    const shard = { rows: batch, inner, cols: words, first, classes: first + words };
    const layer = { ...shard, x: h, weight, bias, targets };
    const blocks = output(blockWords(batch, words));
    const parts = output(partsOf(shard).length * batch * inner);
    kernels.linearShardBlocks({ ...layer, blocks, spare: gw });
    if (first === 0)
      kernels.blockLosses({ rows: batch, classes: words, blocks, targets, loss: losses, stats });
    kernels.linearShardBackward({
      ...layer,
      ...{ stats, kept: true, scale: 1 / batch, upstream: one, upstreamStride: 0 },
      ...{ parts, gradWeight: gw, gradBias: gb },
    });
    out[`linearShard ${first}`] = digest(blocks, losses, stats, parts, gw, gb);
  }

  const tokens = { n: 5000, positions: 3, rows: 300, width: 30, cols: 90 };
  const first = {
    ...tokens,
    table: numbers(300 * 30, 13),
    index: ids(5000 * 3, 300),
    weight: numbers(90 * 90, 14),
  };
  const [h1, gc, gw1] = [5000 * 90, 300 * 30, 90 * 90].map(output);
  kernels.embeddingLinear({ ...first, bias: numbers(90, 15), out: h1, activation: "tanh" });
  kernels.embeddingLinearBackward({ ...first, grad: h1, gradTable: gc, gradWeight: gw1 });
  out.embeddingLinear = digest(h1, gc, gw1);

  const [count, width] = [20000, 64];
  const [g, table, gathered, index] = [
    numbers(count * width, 7),
    numbers(27 * width, 8),
    output(count * width),
    ids(count, 27),
  ];
  kernels.gatherRows({
    n: count,
    rows: 27,
    width,
    tableRow: width,
    table,
    index,
    fromEnd: true,
    out: gathered,
  });
  out.gatherRows = digest(gathered);
  kernels.scatterAddRows({ n: count, rows: 27, width, a: g, index, table });
  out.scatterAddRows = digest(table);
  if (uncalled().length > 0) throw new Error(`digest.ts has no case of ${uncalled().join(", ")}`);
  return out;
}

if (import.meta.url === pathToFileURL(argv[1] ?? "").href) {
  const backend = inUse();
  const threads = { 1: digests(backend, 1), 2: digests(backend, 2) };
  console.log(JSON.stringify({ isa: backend.isa, threads }));
}
