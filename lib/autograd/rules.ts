/**
 * The gradients of every operation, on one page: a rule is given the gradient g of the result and
 * what the operation saved, and gives the gradients of all its inputs, made with the same
 * operations as the forward pass. It changes nothing. Where an input was broadcast, backward.ts
 * sums its gradient back to the input's shape; rules do not care.
 */
import { div, exp, mul, neg, sub, tanhBackward } from "../tensor/ops/elementwise.js";
import { scatterRows } from "../tensor/ops/gather.js";
import { linearCrossEntropyBackward, type LinearLoss } from "../tensor/ops/loss.js";
import { matmul } from "../tensor/ops/matmul.js";
import { sum } from "../tensor/ops/reduce.js";
import { expand, permute, reshape, slice, transpose, unsqueeze } from "../tensor/ops/views.js";
import { drop, keep } from "../tensor/ops/compare.js";
import type { Shape } from "../tensor/shape.js";
import type { Factors, Needs, Output, Reduction } from "../tensor/tape.js";
import type { Tensor } from "../tensor/tensor.js";
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

/** Each matrix of a batch transposed. */
const mT = (x: Tensor): Tensor => transpose(x, -2, -1);

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
  max: rule<{ a: Tensor; out: Tensor }>((g, { a, out }) => [shareAmongTies(g, a, out)]),

  softmax: rule<Output>((g, { out }) => {
    const weighted = mul(g, out);
    return [sub(weighted, mul(out, sum(weighted, -1, { keepdim: true })))];
  }),
  logSoftmax: rule<Output>((g, { out }) => [sub(g, mul(exp(out), sum(g, -1, { keepdim: true })))]),
  crossEntropy: rule<{ gradient: Tensor; reduction: Reduction }>((g, { gradient, reduction }) => [
    mul(gradient, reduction === "none" && g.rank > 0 ? unsqueeze(g, -1) : g),
  ]),
  linearCrossEntropy: rule<LinearLoss>((g, loss, _, last) =>
    linearCrossEntropyBackward(g, loss, last),
  ),
};

type SavesOf<R> = { [K in keyof R]: R[K] extends Gradients<infer S> ? S : never };
type Rules = SavesOf<typeof rules>;

declare module "../tensor/tape.js" {
  // So that an operation that does not save what its rule reads does not compile.
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface Saves extends Rules {}
}
