/**
 * Every gradient against central differences of the same expression in float64
 * (test/tensor/support.ts).
 */
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { rules } from "../../lib/autograd/rules.js";
import type { Storage } from "../../lib/backend/storage.js";
import type * as Workspace from "../../lib/backend/workspace.js";
import { setBackend, type Tensor } from "../../lib/index.js";
import type { Operation } from "../../lib/tensor/tape.js";
import {
  type Expression,
  expectClose,
  Model,
  naive,
  numbers,
  ours,
  type Shape,
  toTensor,
} from "../tensor/support.js";

// A pass may find old numbers in its memory. Here it finds NaN, in tensors of any size: a rule that
// reads what it did not write gives itself away.
vi.mock("../../lib/backend/storage.js", async (original) => ({
  ...(await original<object>()),
  SMALL: 0,
}));
vi.mock("../../lib/backend/workspace.js", async (original) => {
  const workspace = await original<typeof Workspace>();
  const spoil = ({ slab, start, length }: Storage): boolean => {
    slab.f32.fill(NaN, start, start + length);
    return false;
  };
  const sweep: typeof workspace.sweep = (used, isNeeded) => {
    workspace.sweep(used, (storage) => isNeeded(storage) || spoil(storage));
  };
  return { ...workspace, sweep };
});

/**
 * The step of the differences: truncation (step^2) and cancellation (2^-53 / step) both stay far
 * below float32's 2^-24.
 */
const STEP = 2 ** -17;
/**
 * A gradient is a handful of float32 operations over intermediate results of the forward pass, each
 * rounded once; sums have at most 64 terms and are rounded once too.
 */
const ROUNDINGS = 32;

interface Case {
  says: string;
  inputs: Shape[];
  f: Expression;
  /** numbers from -1.5 to 1.5 unless said */
  range?: readonly [low: number, high: number];
}

function freezeSaved({ node }: Tensor): void {
  if (node === null) return;
  Object.freeze(node.saved);
  node.inputs.forEach(freezeSaved);
}

/** Compares the gradients of f's result, weighted element by element, for every input. */
function check({ inputs, f, range = [-1.5, 1.5] }: Omit<Case, "says">): void {
  const models = inputs.map((shape, i) => numbers(shape, i, ...range));
  const leaves = models.map(toTensor);
  for (const leaf of leaves) leaf.requiresGrad = true;
  const out = f(leaves, ours);
  const want = f(models, naive);
  expectClose(out, want, ROUNDINGS);
  const weights = numbers(want.shape, 77);
  // Rules are pure: what was saved can be frozen, and a second pass finds it as the first did.
  freezeSaved(out);
  out.backward(toTensor(weights), { retainGraph: true });
  const first = leaves.map((leaf) => [...(leaf.grad as Tensor).toTypedArray()]);
  for (const leaf of leaves) leaf.grad = null;
  out.backward(toTensor(weights));
  expect(leaves.map((leaf) => [...(leaf.grad as Tensor).toTypedArray()])).toEqual(first);

  const weighted = (at: Model[]) => f(at, naive).mul(weights).sum().data[0];
  for (const [i, model] of models.entries()) {
    const moved = (p: number, by: number) =>
      weighted(models.with(i, new Model(model.shape, model.data.with(p, model.data[p] + by))));
    const gradient = new Model(
      model.shape,
      model.data.map((_, p) => (moved(p, STEP) - moved(p, -STEP)) / (2 * STEP)),
    );
    expect(leaves[i].grad, `gradient of input ${i}`).not.toBeNull();
    expectClose(leaves[i].grad as Tensor, gradient, ROUNDINGS);
  }
}

const positive = [0.3, 2] as const;

/**
 * For each operation of the tape, expressions that record it. Helpers inside turn inputs into
 * views, so that layouts vary.
 */
const cases: { readonly [K in Operation]: Case[] } = {
  add: [
    {
      says: "equal shapes",
      inputs: [
        [3, 4],
        [3, 4],
      ],
      f: ([a, b]) => a.add(b),
    },
    { says: "a row to a matrix", inputs: [[3, 4], [4]], f: ([a, b]) => a.add(b) },
    {
      says: "a column and a row",
      inputs: [
        [3, 1],
        [1, 4],
      ],
      f: ([a, b]) => a.add(b),
    },
    { says: "a number of no dimension to three", inputs: [[], [2, 3, 2]], f: ([a, b]) => a.add(b) },
    { says: "a tensor to itself", inputs: [[3]], f: ([a]) => a.add(a) },
    { says: "a number", inputs: [[3]], f: ([a]) => a.add(0.5) },
    {
      says: "a matrix and a transpose",
      inputs: [
        [3, 4],
        [4, 3],
      ],
      f: ([a, b]) => a.add(b.t()),
    },
    {
      says: "dimensions of 1 inside",
      inputs: [
        [2, 1, 3],
        [4, 1],
      ],
      f: ([a, b]) => a.add(b),
    },
  ],
  sub: [
    {
      says: "equal shapes",
      inputs: [
        [3, 4],
        [3, 4],
      ],
      f: ([a, b]) => a.sub(b),
    },
    { says: "a matrix from a row", inputs: [[4], [3, 4]], f: ([a, b]) => a.sub(b) },
    { says: "a tensor from itself", inputs: [[3]], f: ([a]) => a.sub(a) },
  ],
  mul: [
    {
      says: "equal shapes",
      inputs: [
        [3, 4],
        [3, 4],
      ],
      f: ([a, b]) => a.mul(b),
    },
    { says: "a column and a row", inputs: [[3, 1], [4]], f: ([a, b]) => a.mul(b) },
    { says: "a tensor by itself, twice", inputs: [[5]], f: ([a]) => a.mul(a).mul(a) },
    {
      says: "a transpose",
      inputs: [
        [3, 4],
        [4, 3],
      ],
      f: ([a, b]) => a.t().mul(b),
    },
    { says: "powers", inputs: [[5]], f: ([a]) => a.pow(2).add(a.pow(3)) },
  ],
  div: [
    {
      says: "equal shapes",
      inputs: [
        [3, 4],
        [3, 4],
      ],
      f: ([a, b]) => a.div(b),
      range: positive,
    },
    {
      says: "rows by their sums",
      inputs: [[3, 4]],
      f: ([a]) => a.div(a.sum(1, { keepdim: true })),
      range: positive,
    },
    {
      says: "a scalar by a matrix",
      inputs: [[], [2, 3]],
      f: ([a, b]) => a.div(b),
      range: positive,
    },
    {
      says: "negative powers",
      inputs: [[5]],
      f: ([a]) => a.pow(-1).add(a.pow(-0.5)),
      range: positive,
    },
  ],
  neg: [{ says: "any", inputs: [[2, 3]], f: ([a]) => a.neg() }],
  exp: [
    { says: "any", inputs: [[2, 3]], f: ([a]) => a.exp() },
    { says: "a transpose", inputs: [[2, 3]], f: ([a]) => a.t().exp() },
    { says: "every other column", inputs: [[3, 5]], f: ([a]) => a.slice(1, 0, 5, 2).exp() },
  ],
  log: [
    { says: "positive", inputs: [[2, 3]], f: ([a]) => a.log(), range: positive },
    { says: "a transpose", inputs: [[2, 3]], f: ([a]) => a.t().log(), range: positive },
  ],
  tanh: [
    { says: "any", inputs: [[2, 3]], f: ([a]) => a.tanh(), range: [-3, 3] },
    {
      says: "a transpose that is sliced",
      inputs: [[4, 3]],
      f: ([a]) => a.t().slice(1, 1, 4, 2).tanh(),
    },
    {
      says: "used twice",
      inputs: [[4]],
      f: ([a]) => {
        const h = a.tanh();
        return h.mul(h).add(h);
      },
    },
  ],
  where: [
    {
      says: "equal shapes",
      inputs: [[3], [3]],
      f: ([a, b], { where }) => where([1, 0, 1], a, b),
    },
    {
      says: "a row and a column, by a row",
      inputs: [[3], [2, 1]],
      f: ([a, b], { where }) => where([1, 0, 0], a, b),
    },
    {
      says: "zero elsewhere, a mask that is wider",
      inputs: [[3]],
      f: ([a], { where }) => where([[1], [0]], a, 0).mul(a),
    },
    {
      says: "numbers instead, of a transpose",
      inputs: [[2, 3]],
      f: ([a], { where }) =>
        where(
          [
            [1, 0],
            [1, 1],
            [0, 1],
          ],
          0.5,
          a.t(),
        ),
    },
  ],
  sqrt: [
    { says: "positive", inputs: [[2, 3]], f: ([a]) => a.sqrt(), range: positive },
    { says: "as a power", inputs: [[3]], f: ([a]) => a.pow(0.5), range: positive },
  ],
  abs: [
    { says: "any", inputs: [[3, 4]], f: ([a]) => a.abs() },
    { says: "a transpose", inputs: [[3, 4]], f: ([a]) => a.t().abs().mul(a.t()) },
  ],
  sign: [{ says: "any", inputs: [[3, 4]], f: ([a]) => a.sign().mul(a) }],
  relu: [
    { says: "any", inputs: [[3, 4]], f: ([a]) => a.relu() },
    { says: "every other column", inputs: [[2, 6]], f: ([a]) => a.slice(1, 0, 6, 2).relu() },
  ],
  sigmoid: [
    { says: "any", inputs: [[3, 4]], f: ([a]) => a.sigmoid(), range: [-5, 5] },
    { says: "a transpose, used twice", inputs: [[3, 4]], f: ([a]) => a.t().sigmoid().mul(a.t()) },
  ],
  gelu: [
    { says: "any", inputs: [[3, 4]], f: ([a]) => a.gelu(), range: [-5, 5] },
    { says: "a transpose", inputs: [[3, 4]], f: ([a]) => a.t().gelu() },
    {
      says: "the approximation",
      inputs: [[3, 4]],
      f: ([a]) => a.gelu({ approximate: "tanh" }),
      range: [-5, 5],
    },
  ],
  pow: [
    { says: "squares and cubes", inputs: [[5]], f: ([a]) => a.pow(2).add(a.pow(3)) },
    {
      says: "negative powers and roots",
      inputs: [[5]],
      f: ([a]) => a.pow(-1).add(a.pow(-0.5)).add(a.pow(-2)),
      range: positive,
    },
    {
      says: "fractions",
      inputs: [[2, 3]],
      f: ([a]) => a.t().pow(1.5).add(a.t().pow(-0.7)),
      range: positive,
    },
    { says: "0 and 1", inputs: [[5]], f: ([a]) => a.pow(0).add(a.pow(1)).mul(a) },
    { says: "a large whole one, below 0 too", inputs: [[6]], f: ([a]) => a.pow(7) },
    { says: "tensors", inputs: [[3, 4], [4]], f: ([a, b]) => a.pow(b), range: positive },
    {
      says: "a column and a row",
      inputs: [
        [3, 1],
        [1, 4],
      ],
      f: ([a, b]) => a.pow(b),
      range: positive,
    },
    { says: "itself", inputs: [[4]], f: ([a]) => a.pow(a), range: positive },
  ],
  maximum: [
    {
      says: "equal shapes",
      inputs: [
        [3, 4],
        [3, 4],
      ],
      f: ([a, b]) => a.maximum(b),
    },
    { says: "a row", inputs: [[3, 4], [4]], f: ([a, b]) => a.maximum(b).mul(a) },
    { says: "a number", inputs: [[3, 4]], f: ([a]) => a.maximum(0.5) },
  ],
  minimum: [
    {
      says: "a transpose",
      inputs: [
        [3, 4],
        [4, 3],
      ],
      f: ([a, b]) => a.minimum(b.t()),
    },
    { says: "a column and a row", inputs: [[3, 1], [4]], f: ([a, b]) => a.minimum(b) },
  ],
  clamp: [
    { says: "both limits", inputs: [[3, 4]], f: ([a]) => a.clamp(-0.7, 0.4) },
    { says: "one limit", inputs: [[3, 4]], f: ([a]) => a.t().clamp(undefined, 0.4).mul(a.t()) },
    { says: "the other", inputs: [[3, 4]], f: ([a]) => a.clamp(0.3) },
  ],
  var: [
    { says: "all", inputs: [[3, 4]], f: ([a]) => a.var() },
    { says: "rows, kept", inputs: [[3, 4]], f: ([a]) => a.var(1, { keepdim: true }).mul(a) },
    {
      says: "the first and last of a transpose, without correction",
      inputs: [[2, 3, 4]],
      f: ([a]) => a.transpose(0, 1).var([0, 2], { correction: 0 }),
    },
  ],
  std: [
    { says: "columns", inputs: [[3, 4]], f: ([a]) => a.std(0) },
    {
      says: "normalised rows",
      inputs: [[3, 4]],
      f: ([a]) => a.sub(a.mean(1, { keepdim: true })).div(a.std(1, { keepdim: true })),
    },
  ],
  cumsum: [
    { says: "rows", inputs: [[3, 4]], f: ([a]) => a.cumsum(1) },
    { says: "columns, used twice", inputs: [[3, 4]], f: ([a]) => a.cumsum(0).mul(a) },
    {
      says: "the middle of a permuted tensor",
      inputs: [[2, 3, 4]],
      f: ([a]) => a.permute([2, 0, 1]).cumsum(1),
    },
  ],
  clone: [
    { says: "a clone", inputs: [[2, 3]], f: ([a]) => a.clone() },
    { says: "a transpose made contiguous", inputs: [[2, 3]], f: ([a]) => a.t().contiguous() },
    { says: "a reshape that must copy", inputs: [[2, 3]], f: ([a]) => a.t().reshape([6]) },
    { says: "a clone of repeats", inputs: [[1, 3]], f: ([a]) => a.expand([4, 3]).clone() },
  ],
  view: [
    { says: "another shape", inputs: [[2, 6]], f: ([a]) => a.view([3, -1]) },
    {
      says: "a view of a view of a view",
      inputs: [[2, 6]],
      f: ([a]) => a.view([12]).view([3, 4]).view([2, 2, 3]),
    },
    {
      says: "new and dropped dimensions of 1",
      inputs: [[2, 3]],
      f: ([a]) => a.unsqueeze(1).unsqueeze(-1).squeeze(1),
    },
    { says: "flatten", inputs: [[2, 3, 2]], f: ([a]) => a.flatten(1) },
    { says: "of a sliced matrix's rows", inputs: [[4, 3]], f: ([a]) => a.slice(0, 1, 3).view([6]) },
  ],
  permute: [
    { says: "three dimensions", inputs: [[2, 3, 4]], f: ([a]) => a.permute([2, 0, 1]) },
    {
      says: "back and forth",
      inputs: [[2, 3, 4]],
      f: ([a]) => a.permute([1, 2, 0]).transpose(0, 2),
    },
    { says: "with a nonlinear use", inputs: [[2, 3]], f: ([a]) => a.t().mul(a.t()) },
  ],
  expand: [
    { says: "a row", inputs: [[1, 3]], f: ([a]) => a.expand([4, 3]) },
    { says: "new dimensions", inputs: [[3, 1]], f: ([a]) => a.expand([2, -1, 4]) },
    { says: "a scalar", inputs: [[]], f: ([a]) => a.expand([2, 2]) },
    { says: "to the same shape", inputs: [[2, 3]], f: ([a]) => a.expand([2, 3]) },
  ],
  slice: [
    { says: "a range", inputs: [[5, 2]], f: ([a]) => a.slice(0, 1, 4) },
    { says: "every third from the second", inputs: [[8, 2]], f: ([a]) => a.slice(0, 1, 8, 3) },
    { says: "from the end", inputs: [[2, 5]], f: ([a]) => a.slice(1, -3, -1) },
    {
      says: "a slice of a slice of a transpose",
      inputs: [[5, 6]],
      f: ([a]) => a.t().slice(0, 1, 6, 2).slice(1, 1, 4),
    },
    {
      says: "nothing, of step 2",
      inputs: [[3]],
      f: ([a]) => a.slice(0, 0, 0, 2).sum().add(a.sum()),
    },
    {
      says: "overlapping, both used",
      inputs: [[5]],
      f: ([a]) => a.slice(0, 0, 4).mul(a.slice(0, 1, 5)),
    },
    {
      says: "one row, by select",
      inputs: [[3, 2]],
      f: ([a]) => a.select(0, 1).add(a.select(0, -1)),
    },
    {
      says: "rows of a result that is used whole before",
      inputs: [[3, 4]],
      f: ([a], lib) => {
        const x = a.tanh();
        return x.add(lib.stack(x.unbind(0))).mul(x);
      },
    },
    {
      says: "rows of a result that is used whole after",
      inputs: [[3, 4]],
      f: ([a], lib) => {
        const x = a.tanh();
        return lib.stack(x.unbind(0)).mul(x).add(x);
      },
    },
    { says: "unbound and joined", inputs: [[2, 3, 2]], f: ([a], lib) => lib.cat(a.unbind(1), 1) },
  ],
  cat: [
    {
      says: "along 0 and 1",
      inputs: [
        [2, 3],
        [1, 3],
        [3, 1],
      ],
      f: ([a, b, c], lib) => lib.cat([lib.cat([a, b], 0), c], 1),
    },
    {
      says: "the same tensor three times",
      inputs: [[2, 2]],
      f: ([a], lib) => lib.cat([a, a, a], 1),
    },
    {
      says: "transposes",
      inputs: [
        [2, 3],
        [2, 3],
      ],
      f: ([a, b], lib) => lib.cat([a.t(), b.t()], -1),
    },
    {
      says: "with an empty one",
      inputs: [
        [2, 2],
        [0, 2],
      ],
      f: ([a, b], lib) => lib.cat([a, b], 0),
    },
    {
      says: "stacked",
      inputs: [
        [2, 3],
        [2, 3],
      ],
      f: ([a, b], lib) => lib.stack([a, b], 1),
    },
  ],
  matmul: [
    {
      says: "matrices",
      inputs: [
        [3, 4],
        [4, 5],
      ],
      f: ([a, b]) => a.matmul(b),
    },
    { says: "a matrix by itself", inputs: [[3, 3]], f: ([a]) => a.matmul(a) },
    {
      says: "transposes of both",
      inputs: [
        [4, 3],
        [5, 4],
      ],
      f: ([a, b]) => a.t().matmul(b.t()),
    },
    {
      says: "a sliced matrix",
      inputs: [
        [3, 8],
        [4, 2],
      ],
      f: ([a, b]) => a.slice(1, 0, 8, 2).matmul(b),
    },
    { says: "vectors", inputs: [[4], [4]], f: ([a, b]) => a.matmul(b) },
    { says: "a vector and a matrix", inputs: [[4], [4, 3]], f: ([a, b]) => a.matmul(b) },
    { says: "a matrix and a vector", inputs: [[3, 4], [4]], f: ([a, b]) => a.matmul(b) },
    {
      says: "a batch and a matrix",
      inputs: [
        [2, 3, 4],
        [4, 2],
      ],
      f: ([a, b]) => a.matmul(b),
    },
    {
      says: "batches that broadcast",
      inputs: [
        [2, 1, 3, 2],
        [3, 2, 2],
      ],
      f: ([a, b]) => a.matmul(b),
    },
    {
      says: "a batch by its transposes",
      inputs: [[2, 3, 4]],
      f: ([a]) => a.matmul(a.transpose(1, 2)),
    },
    { says: "a vector and a batch", inputs: [[3], [2, 3, 2]], f: ([a, b]) => a.matmul(b) },
    {
      says: "repeated rows",
      inputs: [
        [1, 3],
        [3, 2],
      ],
      f: ([a, b]) => a.expand([4, 3]).matmul(b),
    },
  ],
  linear: [
    {
      says: "without activation",
      inputs: [[3, 4], [4, 5], [5]],
      f: ([x, w, b], lib) => lib.linear(x, w, b),
    },
    {
      says: "with tanh",
      inputs: [[3, 4], [4, 5], [5]],
      f: ([x, w, b], lib) => lib.linear(x, w, b, "tanh"),
    },
    {
      says: "of transposes, the bias sliced",
      inputs: [[4, 3], [5, 4], [10]],
      f: ([x, w, b], lib) => lib.linear(x.t(), w.t(), b.slice(0, 0, 10, 2), "tanh"),
    },
  ],
  sum: [
    { says: "all", inputs: [[2, 3, 2]], f: ([a]) => a.sum() },
    { says: "the middle, kept", inputs: [[2, 3, 2]], f: ([a]) => a.sum(1, { keepdim: true }) },
    {
      says: "the first and last of a transpose",
      inputs: [[2, 3, 4]],
      f: ([a]) => a.transpose(0, 1).sum([0, 2]),
    },
    { says: "means", inputs: [[2, 3, 4]], f: ([a]) => a.mean([0, 1]).mul(a.mean()) },
    { says: "repeats", inputs: [[1, 3]], f: ([a]) => a.expand([4, 3]).sum(0) },
    { says: "a scalar", inputs: [[]], f: ([a]) => a.sum() },
  ],
  maxAlong: [
    { says: "rows", inputs: [[3, 4]], f: ([a]) => a.maxAlong(1).values },
    {
      says: "columns, kept",
      inputs: [[3, 4]],
      f: ([a]) => a.maxAlong(0, { keepdim: true }).values,
    },
    {
      says: "the middle of a permuted tensor",
      inputs: [[2, 3, 4]],
      f: ([a]) => a.permute([2, 0, 1]).maxAlong(1).values,
    },
    {
      says: "the smallest of columns",
      inputs: [[3, 4]],
      f: ([a]) => a.minAlong(0).values.mul(a),
    },
    {
      says: "subtracted from what it is of",
      inputs: [[3, 4]],
      f: ([a]) => a.sub(a.maxAlong(1, { keepdim: true }).values).exp(),
    },
  ],
  max: [
    { says: "all", inputs: [[3, 4]], f: ([a]) => a.max() },
    { says: "of a transpose", inputs: [[3, 4]], f: ([a]) => a.t().slice(0, 0, 4, 3).max().mul(a) },
    { says: "the smallest", inputs: [[3, 4]], f: ([a]) => a.t().min().mul(a) },
  ],
  index: [
    {
      says: "gathered along the last dimension, with repeats",
      inputs: [[2, 3]],
      f: ([a], { gather }) =>
        gather(a, 1, [
          [2, 2, 0, 1],
          [0, 1, 1, 1],
        ]),
    },
    {
      says: "gathered along the first, from a transpose, fewer columns",
      inputs: [[3, 2]],
      f: ([a], { gather }) =>
        gather(a.t(), 0, [
          [1, 0],
          [1, 1],
          [0, 1],
        ]),
    },
    {
      says: "repeated and negative indices",
      inputs: [[4, 3]],
      f: ([a], lib) => lib.rows(a, [1, 3, 1, -1, 1]),
    },
    {
      says: "a matrix of indices",
      inputs: [[5, 2]],
      f: ([a], lib) =>
        lib
          .rows(a, [
            [0, 1, 2],
            [4, 4, 0],
          ])
          .view([2, 6]),
    },
    { says: "a vector's elements", inputs: [[4]], f: ([a], lib) => lib.rows(a, [2, 2, 0]) },
    { says: "a transpose's rows", inputs: [[3, 4]], f: ([a], lib) => lib.rows(a.t(), [3, 3, 1]) },
    {
      says: "rows of three dimensions",
      inputs: [[3, 2, 2]],
      f: ([a], lib) => lib.rows(a, [2, 0, 2]),
    },
    {
      says: "the table used elsewhere too",
      inputs: [[4, 3]],
      f: ([a], lib) => lib.rows(a, [1, 1]).sum(0).mul(a),
    },
  ],
  softmax: [
    { says: "rows", inputs: [[3, 4]], f: ([a]) => a.softmax(1) },
    { says: "columns", inputs: [[3, 4]], f: ([a]) => a.softmax(0) },
    {
      says: "the middle of three, transposed",
      inputs: [[2, 3, 4]],
      f: ([a]) => a.transpose(0, 2).softmax(1),
    },
  ],
  logSoftmax: [
    { says: "rows", inputs: [[3, 4]], f: ([a]) => a.logSoftmax(-1) },
    { says: "columns of a transpose", inputs: [[3, 4]], f: ([a]) => a.t().logSoftmax(0) },
  ],
  crossEntropy: [
    { says: "mean", inputs: [[3, 4]], f: ([a], lib) => lib.crossEntropy(a, [0, 3, 3]) },
    {
      says: "sum, of a transpose",
      inputs: [[4, 3]],
      f: ([a], lib) => lib.crossEntropy(a.t(), [0, 3, 3], { reduction: "sum" }),
    },
    {
      says: "none, weighted",
      inputs: [[3, 4]],
      f: ([a], lib) => lib.crossEntropy(a, [1, 1, 2], { reduction: "none" }),
    },
    { says: "one row without a batch", inputs: [[4]], f: ([a], lib) => lib.crossEntropy(a, 2) },
    {
      says: "none, without a batch",
      inputs: [[4]],
      f: ([a], lib) => lib.crossEntropy(a, 2, { reduction: "none" }),
    },
    {
      says: "the lecture's network",
      inputs: [[5, 2], [6, 4], [4], [4, 5], [5]],
      f: ([C, W1, b1, W2, b2], lib) =>
        lib.crossEntropy(
          lib
            .rows(C, [
              [0, 1, 1],
              [4, 0, 2],
            ])
            .view([-1, 6])
            .matmul(W1)
            .add(b1)
            .tanh()
            .matmul(W2)
            .add(b2),
          [3, 0],
        ),
    },
  ],
  embeddingLinear: [
    {
      says: "tokens that repeat, and one that does not occur",
      inputs: [[4, 2], [4, 3], [3]],
      f: ([C, W, b], lib) =>
        lib.embeddingLinear(
          [
            [0, 3],
            [3, 3],
            [0, 1],
          ],
          C,
          W,
          b,
        ),
    },
    {
      says: "transposes",
      inputs: [[2, 4], [3, 2], [3]],
      f: ([C, W, b], lib) => lib.embeddingLinear([[1], [1], [2]], C.t(), W.t(), b).tanh(),
    },
  ],
  linearCrossEntropy: [
    {
      says: "mean",
      inputs: [[3, 2], [2, 4], [4]],
      f: ([x, W, b], lib) => lib.linearCrossEntropy(x, W, b, [0, 3, 3]),
    },
    {
      says: "sum, of transposes",
      inputs: [[2, 3], [4, 2], [4]],
      f: ([x, W, b], lib) =>
        lib.linearCrossEntropy(x.t(), W.t(), b, [1, 3, 0], { reduction: "sum" }),
    },
    {
      says: "none, weighted",
      inputs: [[3, 2], [2, 4], [4]],
      f: ([x, W, b], lib) =>
        lib
          .linearCrossEntropy(x, W, b, [1, 1, 2], { reduction: "none" })
          .mul(lib.linearCrossEntropy(x, W, b, [0, 1, 3], { reduction: "none" })),
    },
  ],
  shardedCrossEntropy: [
    {
      says: "of one shard",
      inputs: [[3, 2], [2, 4], [4]],
      f: ([x, W, b], lib) => lib.shardedCrossEntropy(x, W, b, [0, 3, 3]),
    },
    {
      says: "of several blocks",
      inputs: [[2, 2], [2, 515], [515]],
      f: ([x, W, b], lib) => lib.shardedCrossEntropy(x, W, b, [514, 0]),
    },
  ],
};

describe.each(["native", "wasm", "reference"] as const)(
  "gradients on the %s backend",
  (backend) => {
    describe.each(Object.entries(cases))("of %s", (_, list) => {
      it.each(list.map((c) => [c.says, c] as const))("%s", (_, c) => {
        setBackend(backend);
        check(c);
      });
    });
  },
);

it("covers every operation that has a rule", () => {
  expect(Object.keys(cases).sort()).toEqual(Object.keys(rules).sort());
});

it.each(Object.entries(cases))(
  "records %s in at least one of its expressions",
  (operation, list) => {
    const seen = new Set<string>();
    const visit = (x: Tensor): void => {
      if (x.node === null) return;
      seen.add(x.node.operation);
      for (const input of x.node.inputs) visit(input);
    };
    for (const { inputs, f, range } of list) {
      const leaves = inputs.map((shape, i) =>
        toTensor(numbers(shape, i, ...(range ?? [-1.5, 1.5]))),
      );
      for (const leaf of leaves) leaf.requiresGrad = true;
      visit(f(leaves, ours));
    }
    expect(seen).toContain(operation);
  },
);

/**
 * Steps from a [3, 4] matrix (or its transpose) to another: chained at random they alias and branch
 * in ways nobody lists.
 */
const steps: Record<string, Expression> = {
  tanh: ([a]) => a.tanh(),
  neg: ([a]) => a.neg(),
  transpose: ([a]) => a.t(),
  contiguous: ([a]) => a.contiguous(),
  squareAndAdd: ([a]) => a.mul(a).add(a),
  flatAndBack: ([a]) => a.reshape([12]).reshape([...a.shape]),
  minusMean: ([a]) => a.sub(a.mean(0, { keepdim: true })),
  shift: ([a], lib) => lib.cat([a.slice(0, 1), a.slice(0, 0, 1)], 0),
  evenThenOdd: ([a], lib) => lib.cat([a.slice(1, 0, 99, 2), a.slice(1, 1, 99, 2)], 1),
  shuffle: ([a], lib) => lib.rows(a, a.shape[0] === 4 ? [2, 0, 2, 1] : [2, 0, 2]),
  softmax: ([a]) => a.softmax(1),
  gram: ([a]) => a.matmul(a.t()).matmul(a).mul(0.1),
  scaled: ([a]) => a.mul(a.sum()).mul(0.1),
  outer: ([a]) => a.unsqueeze(2).mul(a.unsqueeze(1)).sum(2),
  repeat: ([a]) => a.expand([2, ...a.shape]).mean(0),
};

it("gradients of random chains of operations agree with differences", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 1, maxLength: 5 }),
      (names) => {
        const f: Expression = ([first], library) =>
          names.reduce((x, name) => steps[name]([x], library), first);
        check({ inputs: [[3, 4]], f, range: [-0.6, 0.6] });
      },
    ),
    { numRuns: 60 },
  );
});
