/**
 * The naive model of a tensor: a shape and float64 numbers, every operation written index by index
 * with no strides, no views and no kernels. Expressions written over `Fluent` run on it and on
 * Tensor alike.
 */
import fc from "fast-check";
import { expect } from "vitest";
import {
  cat,
  crossEntropy,
  embeddingLinear,
  linear,
  linearCrossEntropy,
  type NestedArray,
  stack,
  type Tensor,
  tensor,
  where,
} from "../../lib/index.js";
import type { Communicator } from "../../lib/distributed/communicator.js";
import { shardedCrossEntropy, VocabularyShards } from "../../lib/tensor/ops/layers/sharded-loss.js";

export type Shape = readonly number[];
type Reduction = "mean" | "sum" | "none";
interface Keep {
  keepdim?: boolean;
}

/** Every index of `shape`, the last dimension fastest. */
function positions(shape: Shape): number[][] {
  let all: number[][] = [[]];
  for (const d of shape)
    all = all.flatMap((head) => Array.from({ length: d }, (_, i) => [...head, i]));
  return all;
}
export const count = (shape: Shape): number => shape.reduce((n, d) => n * d, 1);
const total = (list: readonly number[]): number => list.reduce((s, x) => s + x, 0);
const wrap = (dim: number, rank: number): number => (dim < 0 ? dim + rank : dim);

/** What Tensor and Model both can do. */
export interface Fluent<T> {
  readonly shape: Shape;
  add(b: T | number): T;
  sub(b: T | number): T;
  mul(b: T | number): T;
  div(b: T | number): T;
  neg(): T;
  exp(): T;
  log(): T;
  tanh(): T;
  sqrt(): T;
  pow(exponent: T | number): T;
  abs(): T;
  sign(): T;
  relu(): T;
  sigmoid(): T;
  gelu(options?: { approximate?: "none" | "tanh" }): T;
  maximum(b: T | number): T;
  minimum(b: T | number): T;
  clamp(min?: number, max?: number): T;
  var(dim?: number | readonly number[], options?: Keep & { correction?: number }): T;
  std(dim?: number | readonly number[], options?: Keep & { correction?: number }): T;
  cumsum(dim: number): T;
  min(): T;
  minAlong(dim: number, keep?: Keep): { values: T };
  clone(): T;
  contiguous(): T;
  view(shape: Shape): T;
  reshape(shape: Shape): T;
  flatten(start?: number, end?: number): T;
  unsqueeze(dim: number): T;
  squeeze(dim?: number): T;
  permute(dims: Shape): T;
  transpose(dim0: number, dim1: number): T;
  t(): T;
  expand(shape: Shape): T;
  slice(dim: number, start?: number, end?: number, step?: number): T;
  select(dim: number, index: number): T;
  unbind(dim?: number): T[];
  sum(dim?: number | readonly number[], keep?: Keep): T;
  mean(dim?: number | readonly number[], keep?: Keep): T;
  max(): T;
  maxAlong(dim: number, keep?: Keep): { values: T };
  matmul(b: T): T;
  softmax(dim: number): T;
  logSoftmax(dim: number): T;
}

/**
 * The operations that are not methods, or whose arguments are integer tensors (given as nested
 * numbers here).
 */
export interface Library<T> {
  cat(tensors: readonly T[], dim?: number): T;
  stack(tensors: readonly T[], dim?: number): T;
  linear(x: T, weight: T, bias: T, activation?: "none" | "tanh"): T;
  /** x[ids] */
  rows(x: T, ids: NestedArray): T;
  /** a where the mask is not 0, else b */
  where(mask: NestedArray, a: T | number, b: T | number): T;
  gather(x: T, dim: number, ids: NestedArray): T;
  crossEntropy(logits: T, ids: NestedArray, options?: { reduction?: Reduction }): T;
  embeddingLinear(ids: NestedArray, table: T, weight: T, bias: T): T;
  linearCrossEntropy(
    x: T,
    weight: T,
    bias: T,
    ids: NestedArray,
    options?: { reduction?: Reduction },
  ): T;
  shardedCrossEntropy(x: T, weight: T, bias: T, ids: NestedArray): T;
}
export type Expression = <T extends Fluent<T>>(inputs: T[], library: Library<T>) => T;

/** The share of the normal distribution below x, by its series (near 0 only). */
function normalBelow(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 100; n++) sum += term *= (x * x) / (2 * n + 1);
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

export class Model implements Fluent<Model> {
  readonly shape: Shape;
  constructor(
    shape: Shape,
    readonly data: readonly number[],
  ) {
    this.shape = shape;
  }

  /** The model whose element at each index is at(index). */
  static of(shape: Shape, at: (index: number[]) => number): Model {
    return new Model(shape, positions(shape).map(at));
  }

  at(index: readonly number[]): number {
    let p = 0;
    for (const [d, i] of index.entries()) {
      if (i < 0 || i >= this.shape[d])
        throw new Error(`model: index ${index.join()} outside ${this.shape.join()}`);
      p = p * this.shape[d] + i;
    }
    return this.data[p];
  }

  get rank(): number {
    return this.shape.length;
  }
  map(f: (x: number) => number): Model {
    return new Model(this.shape, this.data.map(f));
  }

  /** f over the operands broadcast together, aligned on the right. */
  zip(other: Model | number, f: (x: number, y: number) => number): Model {
    const b = typeof other === "number" ? new Model([], [other]) : other;
    const rank = Math.max(this.rank, b.rank);
    const pad = (s: Shape) => [...new Array<number>(rank - s.length).fill(1), ...s];
    const [p, q] = [pad(this.shape), pad(b.shape)];
    const shape = p.map((d, i) => (d === 1 ? q[i] : d));
    const read = (m: Model, index: number[]) =>
      m.at(index.slice(rank - m.rank).map((i, d) => (m.shape[d] === 1 ? 0 : i)));
    return Model.of(shape, (index) => f(read(this, index), read(b, index)));
  }

  add(b: Model | number) {
    return this.zip(b, (x, y) => x + y);
  }
  sub(b: Model | number) {
    return this.zip(b, (x, y) => x - y);
  }
  mul(b: Model | number) {
    return this.zip(b, (x, y) => x * y);
  }
  div(b: Model | number) {
    return this.zip(b, (x, y) => x / y);
  }
  neg() {
    return this.map((x) => -x);
  }
  exp() {
    return this.map(Math.exp);
  }
  log() {
    return this.map(Math.log);
  }
  tanh() {
    return this.map(Math.tanh);
  }
  sqrt() {
    return this.map(Math.sqrt);
  }
  pow(exponent: Model | number) {
    return this.zip(exponent, (x, y) => x ** y);
  }
  abs() {
    return this.map(Math.abs);
  }
  sign() {
    return this.map(Math.sign);
  }
  relu() {
    return this.map((x) => Math.max(x, 0));
  }
  sigmoid() {
    return this.map((x) => 1 / (1 + Math.exp(-x)));
  }
  gelu({ approximate = "none" }: { approximate?: "none" | "tanh" } = {}) {
    return this.map((x) =>
      approximate === "tanh"
        ? 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
        : x * normalBelow(x),
    );
  }
  maximum(b: Model | number) {
    return this.zip(b, Math.max);
  }
  minimum(b: Model | number) {
    return this.zip(b, Math.min);
  }
  clamp(min = -Infinity, max = Infinity) {
    return this.map((x) => Math.min(Math.max(x, min), max));
  }
  var(dim?: number | readonly number[], options?: Keep & { correction?: number }) {
    return this.reduce(dim, options, (list) => {
      const mean = total(list) / list.length;
      return total(list.map((x) => (x - mean) ** 2)) / (list.length - (options?.correction ?? 1));
    });
  }
  std(dim?: number | readonly number[], options?: Keep & { correction?: number }) {
    return this.var(dim, options).sqrt();
  }
  cumsum(dim: number) {
    const d = wrap(dim, this.rank);
    return Model.of(this.shape, (index) =>
      total(Array.from({ length: index[d] + 1 }, (_, i) => this.at(index.with(d, i)))),
    );
  }
  min() {
    return this.neg().max().neg();
  }
  minAlong(dim: number, keep?: Keep) {
    return { values: this.neg().maxAlong(dim, keep).values.neg() };
  }
  clone() {
    return this.map((x) => x);
  }
  contiguous() {
    return this.clone();
  }

  reshape(shape: Shape): Model {
    const rest = shape.filter((d) => d !== -1);
    return new Model(
      shape.map((d) => (d === -1 ? this.data.length / count(rest) : d)),
      this.data,
    );
  }
  view(shape: Shape): Model {
    return this.reshape(shape);
  }
  flatten(start = 0, end = -1): Model {
    const [s, e] = [wrap(start, this.rank), wrap(end, this.rank)];
    return this.reshape([
      ...this.shape.slice(0, s),
      count(this.shape.slice(s, e + 1)),
      ...this.shape.slice(e + 1),
    ]);
  }
  unsqueeze(dim: number): Model {
    return this.reshape(this.shape.toSpliced(wrap(dim, this.rank + 1), 0, 1));
  }
  squeeze(dim?: number): Model {
    return this.reshape(
      this.shape.filter((d, i) => d !== 1 || (dim !== undefined && i !== wrap(dim, this.rank))),
    );
  }

  permute(dims: Shape): Model {
    const order = dims.map((d) => wrap(d, this.rank));
    return Model.of(
      order.map((d) => this.shape[d]),
      (index) => this.at(order.map((_, d) => index[order.indexOf(d)])),
    );
  }
  transpose(dim0: number, dim1: number): Model {
    const dims = this.shape.map((_, i) => i);
    const [i, j] = [wrap(dim0, this.rank), wrap(dim1, this.rank)];
    return this.permute(dims.with(i, j).with(j, i));
  }
  t(): Model {
    return this.rank < 2 ? this : this.transpose(0, 1);
  }
  expand(shape: Shape): Model {
    const lead = shape.length - this.rank;
    const to = shape.map((d, i) => (d === -1 ? this.shape[i - lead] : d));
    return Model.of(to, (index) =>
      this.at(index.slice(lead).map((i, d) => (this.shape[d] === 1 ? 0 : i))),
    );
  }
  slice(dim: number, start = 0, end = Infinity, step = 1): Model {
    const d = wrap(dim, this.rank);
    const size = this.shape[d];
    const picked = Array.from({ length: size }, (_, i) => i)
      .slice(start, end)
      .filter((_, i) => i % step === 0);
    return Model.of(this.shape.with(d, picked.length), (index) =>
      this.at(index.with(d, picked[index[d]])),
    );
  }
  select(dim: number, i: number): Model {
    const d = wrap(dim, this.rank);
    return Model.of(this.shape.toSpliced(d, 1), (index) =>
      this.at(index.toSpliced(d, 0, wrap(i, this.shape[d]))),
    );
  }
  unbind(dim = 0): Model[] {
    return Array.from({ length: this.shape[wrap(dim, this.rank)] }, (_, i) => this.select(dim, i));
  }

  /** f of the list of elements along `dims`, in row-major order. */
  reduce(
    dims: Shape | number | undefined,
    keep: Keep | undefined,
    f: (list: number[]) => number,
  ): Model {
    const named = typeof dims === "number" ? [dims] : (dims ?? this.shape.map((_, i) => i));
    const over = named.map((d) => wrap(d, this.rank));
    const kept = this.shape.map((d, i) => (over.includes(i) ? 1 : d));
    const inner = this.shape.map((d, i) => (over.includes(i) ? d : 1));
    const out = Model.of(kept, (index) =>
      f(positions(inner).map((offset) => this.at(index.map((i, d) => i + offset[d])))),
    );
    return keep?.keepdim ? out : out.reshape(this.shape.filter((_, i) => !over.includes(i)));
  }
  sum(dim?: number | readonly number[], keep?: Keep) {
    return this.reduce(dim, keep, total);
  }
  mean(dim?: number | readonly number[], keep?: Keep) {
    return this.reduce(dim, keep, (list) => total(list) / list.length);
  }
  max() {
    return this.reduce(undefined, undefined, (list) => Math.max(...list));
  }
  maxAlong(dim: number, keep?: Keep) {
    return {
      values: this.reduce(dim, keep, (list) => Math.max(...list)),
      indices: this.reduce(dim, keep, (list) => list.indexOf(Math.max(...list))),
    };
  }

  /** As PyTorch's: vectors are rows or columns, leading dimensions a batch. */
  matmul(b: Model): Model {
    if (this.rank === 1)
      return this.unsqueeze(0)
        .matmul(b)
        .squeeze(b.rank === 1 ? 0 : -2);
    if (b.rank === 1) return this.matmul(b.unsqueeze(1)).squeeze(-1);
    return this.unsqueeze(-1).mul(b.unsqueeze(-3)).sum(-2);
  }

  softmax(dim: number): Model {
    const e = this.sub(this.maxAlong(dim, { keepdim: true }).values).exp();
    return e.div(e.sum(dim, { keepdim: true }));
  }
  logSoftmax(dim: number): Model {
    const x = this.sub(this.maxAlong(dim, { keepdim: true }).values);
    return x.sub(x.exp().sum(dim, { keepdim: true }).log());
  }
}

function nested(value: NestedArray): Model {
  if (typeof value === "number") return new Model([], [value]);
  const parts = value.map(nested);
  return new Model(
    [parts.length, ...(parts[0]?.shape ?? [])],
    parts.flatMap((p) => [...p.data]),
  );
}

export const naive: Library<Model> & { rows(x: Model, ids: NestedArray): Model } = {
  cat(parts, dim = 0) {
    const d = wrap(dim, parts[0].rank);
    const owners = parts.flatMap((p) =>
      Array.from({ length: p.shape[d] }, (_, i) => [p, i] as const),
    );
    return Model.of(parts[0].shape.with(d, owners.length), (index) =>
      owners[index[d]][0].at(index.with(d, owners[index[d]][1])),
    );
  },
  stack: (parts, dim = 0) =>
    naive.cat(
      parts.map((p) => p.unsqueeze(dim)),
      dim,
    ),
  linear(x, weight, bias, activation) {
    const z = x.matmul(weight).add(bias);
    return activation === "tanh" ? z.tanh() : z;
  },
  rows(x, ids) {
    const at = nested(ids);
    return Model.of([...at.shape, ...x.shape.slice(1)], (index) =>
      x.at([wrap(at.at(index.slice(0, at.rank)), x.shape[0]), ...index.slice(at.rank)]),
    );
  },
  where(mask, a, b) {
    const m = nested(mask);
    const taken = m.zip(a, (c, x) => (c === 0 ? 0 : x));
    const left = m.zip(b, (c, x) => (c === 0 ? x : 0));
    return taken.add(left);
  },
  gather(x, dim, ids) {
    const at = nested(ids);
    return Model.of(at.shape, (index) => x.at(index.with(dim, at.at(index))));
  },
  crossEntropy(logits, ids, { reduction = "mean" } = {}) {
    const target = nested(ids);
    const logp = logits.logSoftmax(-1);
    const losses = Model.of(target.shape, (index) => -logp.at([...index, target.at(index)]));
    return reduction === "none" ? losses : reduction === "sum" ? losses.sum() : losses.mean();
  },
  embeddingLinear(ids, table, weight, bias) {
    return this.rows(table, ids).view([-1, weight.shape[0]]).matmul(weight).add(bias);
  },
  linearCrossEntropy(x, weight, bias, ids, options) {
    return this.crossEntropy(x.matmul(weight).add(bias), ids, options);
  },
  shardedCrossEntropy(x, weight, bias, ids) {
    return this.linearCrossEntropy(x, weight, bias, ids);
  },
};

/** The only rank of its team. */
const alone: Communicator = {
  rank: 0,
  size: 1,
  local: 1,
  allgather: () => undefined,
  alltoall: (sent, _, received) => {
    received.set(sent);
  },
  close: () => undefined,
};

const int = (ids: NestedArray): Tensor => tensor(ids, { dtype: "int32" });
export const ours: Library<Tensor> = {
  cat,
  stack,
  linear,
  rows: (x, ids) => x.index(int(ids)),
  where: (mask, a, b) => where(tensor(mask, { dtype: "bool" }), a, b),
  gather: (x, dim, ids) => x.gather(dim, int(ids)),
  crossEntropy: (logits, ids, options) => crossEntropy(logits, int(ids), options),
  embeddingLinear: (ids, table, weight, bias) => embeddingLinear(int(ids), table, weight, bias),
  linearCrossEntropy: (x, weight, bias, ids, options) =>
    linearCrossEntropy(x, weight, bias, int(ids), options),
  shardedCrossEntropy: (x, weight, bias, ids) =>
    shardedCrossEntropy(x, weight, bias, int(ids), new VocabularyShards(alone, bias.shape[0])),
};

/** Our tensor with the model's numbers. */
export const toTensor = (m: Model): Tensor => tensor([...m.data], { shape: m.shape });
export const toModel = (x: Tensor): Model => new Model(x.shape, [...x.toTypedArray()]);

/**
 * float32 numbers from low to high that differ from each other by more than a gradient check's
 * step.
 */
export function numbers(shape: Shape, seed: number, low = -1.5, high = 1.5): Model {
  const n = count(shape);
  // A permutation of n even spaces (the golden ratio walks them without pattern), each number near
  // the middle of its own.
  const ranks = Array.from({ length: n }, (_, i) => [
    ((i + 1) * 0.6180339887 * (seed + 1)) % 1,
    i,
  ]).sort(([x], [y]) => x - y);
  const data = new Array<number>(n);
  for (const [rank, [, i]] of ranks.entries()) {
    data[i] = Math.fround(low + ((high - low) * (rank + 0.5 + 0.3 * Math.sin(i + seed))) / n);
  }
  return new Model(shape, data);
}

/** Equal shapes and numbers; -0 equals 0, NaN equals NaN. */
export function expectEqual(got: Tensor, want: Model): void {
  expect([...got.shape]).toEqual([...want.shape]);
  expect(Array.from(got.toTypedArray(), (x) => x + 0)).toEqual(want.data.map((x) => x + 0));
}

/**
 * Equal shapes; infinities and NaN equal, numbers within `roundings` times 2^-24 of the largest
 * magnitude or 1.
 */
export function expectClose(got: Tensor, want: Model, roundings: number): void {
  expect([...got.shape]).toEqual([...want.shape]);
  const scale = want.data.reduce((m, x) => (Number.isFinite(x) ? Math.max(m, Math.abs(x)) : m), 1);
  for (const [p, x] of got.toTypedArray().entries()) {
    if (Object.is(x, want.data[p])) continue; // infinities and NaN
    const error = Math.abs(x - want.data[p]);
    if (!(error <= roundings * 2 ** -24 * scale)) {
      expect.fail(
        `element ${p} of [${want.shape}]: got ${x}, want ${want.data[p]} within ${roundings} roundings of ${scale}`,
      );
    }
  }
}

/** Shapes of rank 0 to `rank`, sizes 0 (rarely) to 4. */
export function shapes(rank: number): fc.Arbitrary<number[]> {
  const size = fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 1, max: 4 }) },
    { weight: 1, arbitrary: fc.constant(0) },
  );
  return fc.array(size, { maxLength: rank });
}
