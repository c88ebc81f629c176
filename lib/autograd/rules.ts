/**
 * The gradients of every operation, on one page: a rule is given the gradient g of the result and
 * what the operation saved, and gives the gradients of all its inputs, made with the same
 * operations as the forward pass. It changes nothing. Where an input was broadcast, backward.ts
 * sums its gradient back to the input's shape; rules do not care.
 */
import {
  abs,
  geluBackward,
  geluTanhBackward,
  reluBackward,
  sigmoidBackward,
  sign,
} from "../tensor/ops/pointwise/activations.js";
import { constant } from "../tensor/ops/apply.js";
import { div, exp, log, mul, neg, scalar, sub, tanhBackward } from "../tensor/ops/elementwise.js";
import { scatterRows } from "../tensor/ops/gather.js";
import { gate, shareOfLarger } from "../tensor/ops/pointwise/limits.js";
import { linearCrossEntropyBackward, type SavedLinearLoss } from "../tensor/ops/loss.js";
import {
  type SavedEmbeddingLayer,
  embeddingLinearBackward,
} from "../tensor/ops/layers/embedding-linear.js";
import {
  type SavedShardedLoss,
  shardedCrossEntropyBackward,
} from "../tensor/ops/layers/sharded-loss.js";
import { matmul } from "../tensor/ops/matmul.js";
import { power, toNumber } from "../tensor/ops/pointwise/power.js";
import { sum } from "../tensor/ops/reduce.js";
import { cumsumFromEnd } from "../tensor/ops/along/cumsum.js";
import type { Spread } from "../tensor/ops/along/spread.js";
import { expand, permute, reshape, slice, transpose, unsqueeze } from "../tensor/ops/views.js";
import { drop, eq, ge, keep, le, logicalAnd } from "../tensor/ops/compare.js";
import type { Shape } from "../tensor/shape.js";
import type { Factors, Needs, Output, Reduction } from "../tensor/tape.js";
import { sizes, type Tensor } from "../tensor/tensor.js";
import { InSlice, scatterAlong, shareAmongTies, type SlicePlaces } from "./scatter.js";

/** The gradient of one input; null or false where it is not asked for. */
export type Gradient = Tensor | InSlice | null | false;

/**
 * @param needs of which inputs the gradient is asked for: the others' need not be made
 * @param last no backward pass comes after this one: what was saved may be written over
 */
export type Gradients<S> = (
  g: Tensor,
  saved: S,
  needs: Needs,
  last: boolean,
) => readonly Gradient[];

/** The rule of an operation that saves S. */
const rule = <S = null>(gradients: Gradients<S>): Gradients<S> => gradients;

interface Both {
  readonly a: Tensor;
  readonly b: Tensor;
}

/** Each matrix of a batch transposed. */
const mT = (x: Tensor): Tensor => transpose(x, -2, -1);

interface NumberPower {
  readonly a: Tensor;
  readonly exponent: number;
}
const numberPowerGradient = (g: Tensor, { a, exponent }: NumberPower): Tensor =>
  exponent === 0 ? constant(sizes(g), 0) : mul(g, mul(scalar(exponent), toNumber(a, exponent - 1)));

interface TensorPower {
  readonly a: Tensor;
  readonly b: Tensor;
  readonly out: Tensor;
}
/** PyTorch's: nothing flows to a base of exponent 0, nor to an exponent of 0 or more of base 0. */
const powerGradients = (
  g: Tensor,
  { a, b, out }: TensorPower,
  [toA, toB]: Needs,
): readonly Gradient[] => [
  toA && drop(eq(b, 0), mul(g, mul(b, power(a, sub(b, 1))))),
  toB && mul(g, drop(logicalAnd(eq(a, 0), ge(b, 0)), mul(out, log(a)))),
];

/** PyTorch's: infinite, or NaN at the mean, where as many elements were left out as there are. */
function varianceGradient(g: Tensor, { a, centre, dims, freedom }: Spread): Tensor {
  const wide = reshape(
    g,
    sizes(a).map((size, d) => (dims.includes(d) ? 1 : size)),
  );
  const apart = sub(a, centre);
  return freedom > 0 ? mul(mul(wide, 2 / freedom), apart) : mul(wide, mul(abs(apart), Infinity));
}

export const rules = {
  add: rule((g) => [g, g]),
  sub: rule((g, _, [, toB]) => [g, toB && neg(g)]),
  mul: rule<Factors>((g, { a, b }) => [b && mul(g, b), a && mul(g, a)]),
  div: rule<{ a: Tensor | null; b: Tensor }>((g, { a, b }, [toA]) => [
    toA && div(g, b),
    a && neg(mul(g, div(div(a, b), b))),
  ]),
  neg: rule((g) => [neg(g)]),
  exp: rule<Output>((g, { out }) => [mul(g, out)]),
  log: rule<{ a: Tensor }>((g, { a }) => [div(g, a)]),
  tanh: rule<Output>((g, { out }) => [tanhBackward(g, out)]),
  sqrt: rule<Output>((g, { out }) => [div(g, mul(2, out))]),

  abs: rule<{ a: Tensor }>((g, { a }) => [mul(g, sign(a))]),
  sign: rule((g) => [constant(sizes(g), 0)]),
  relu: rule<Output>((g, { out }) => [reluBackward(g, out)]),
  sigmoid: rule<Output>((g, { out }) => [sigmoidBackward(g, out)]),
  gelu: rule<{ a: Tensor; approximate: "none" | "tanh" }>((g, { a, approximate }) => [
    approximate === "tanh" ? geluTanhBackward(g, a) : geluBackward(g, a),
  ]),
  pow: rule<NumberPower | TensorPower>((g, saved, needs) =>
    "exponent" in saved ? [numberPowerGradient(g, saved)] : powerGradients(g, saved, needs),
  ),

  maximum: rule<Both>((g, { a, b }, [toA, toB]) => [
    toA && gate(g, shareOfLarger(a, b)),
    toB && gate(g, shareOfLarger(b, a)),
  ]),
  minimum: rule<Both>((g, { a, b }, [toA, toB]) => [
    toA && gate(g, shareOfLarger(b, a)),
    toB && gate(g, shareOfLarger(a, b)),
  ]),
  clamp: rule<{ a: Tensor; low: Tensor | null; high: Tensor | null }>((g, { a, low, high }) => {
    const above = low === null ? g : keep(ge(a, low), g);
    return [high === null ? above : keep(le(a, high), above)];
  }),
  where: rule<{ mask: Tensor }>((g, { mask }, [toA, toB]) => [
    toA && keep(mask, g),
    toB && drop(mask, g),
  ]),

  clone: rule((g) => [g]),
  view: rule<{ shape: Shape }>((g, { shape }) => [reshape(g, shape)]),
  permute: rule<{ dims: Shape }>((g, { dims }) => [
    permute(
      g,
      dims.map((_, d) => dims.indexOf(d)),
    ),
  ]),
  expand: rule((g) => [g]),
  slice: rule<SlicePlaces>((g, places) => [new InSlice(g, places)]),
  cat: rule<{ dim: number; starts: Shape }>((g, { dim, starts }, needs) =>
    starts.map((start, i) => needs[i] && slice(g, dim, start, starts[i + 1])),
  ),
  index: rule<{ index: Tensor; rows: number }>((g, { index, rows }) => [
    scatterRows(g, index, rows),
  ]),

  matmul: rule<Factors>((g, { a, b }) => [b && matmul(g, mT(b)), a && matmul(mT(a), g)]),
  linear: rule<Factors>((g, { a, b }, [, , toBias]) => [
    b && matmul(g, mT(b)),
    a && matmul(mT(a), g),
    toBias && sum(g, 0),
  ]),
  embeddingLinear: rule<SavedEmbeddingLayer>((g, layer, needs) => [
    ...embeddingLinearBackward(g, layer, needs),
    needs[2] && sum(g, 0),
  ]),

  sum: rule<{ shape: Shape; dims: Shape }>((g, { shape, dims }) => [
    expand(
      reshape(
        g,
        shape.map((d, i) => (dims.includes(i) ? 1 : d)),
      ),
      shape,
    ),
  ]),
  maxAlong: rule<{ shape: Shape; dim: number; index: Tensor }>((g, { shape, dim, index }) => [
    scatterAlong(g, index, shape, dim),
  ]),
  var: rule<Spread>((g, spread) => [varianceGradient(g, spread)]),
  // PyTorch's: no gradient where nothing is spread, where the root has none.
  std: rule<Spread & Output>((g, { out, ...spread }) => [
    varianceGradient(drop(eq(out, 0), div(g, mul(2, out))), spread),
  ]),
  cumsum: rule<{ dim: number }>((g, { dim }) => [cumsumFromEnd(g, dim)]),
  max: rule<{ a: Tensor; out: Tensor }>((g, { a, out }) => [shareAmongTies(g, a, out)]),

  softmax: rule<Output>((g, { out }) => {
    const weighted = mul(g, out);
    return [sub(weighted, mul(out, sum(weighted, -1, { keepdim: true })))];
  }),
  logSoftmax: rule<Output>((g, { out }) => [sub(g, mul(exp(out), sum(g, -1, { keepdim: true })))]),
  crossEntropy: rule<{ gradient: Tensor; reduction: Reduction }>((g, { gradient, reduction }) => [
    mul(gradient, reduction === "none" && g.rank > 0 ? unsqueeze(g, -1) : g),
  ]),
  linearCrossEntropy: rule<SavedLinearLoss>((g, loss, _, last) =>
    linearCrossEntropyBackward(g, loss, last),
  ),
  shardedCrossEntropy: rule<SavedShardedLoss>((g, loss, _, last) =>
    shardedCrossEntropyBackward(g, loss, last),
  ),
};

type SavesOf<R> = { [K in keyof R]: R[K] extends Gradients<infer S> ? S : never };
type Rules = SavesOf<typeof rules>;

declare module "../tensor/tape.js" {
  // So that an operation that does not save what its rule reads does not compile.
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface Saves extends Rules {}
}
