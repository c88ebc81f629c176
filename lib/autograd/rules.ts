/**
 * The gradient of every operation, on one page: rule(g, node, i) is the gradient with respect to
 * input i, given the gradient g of the result. Rules are written with the same operations as the
 * forward pass. Where an input was broadcast, backward.ts sums the rule's result back to the
 * input's shape; rules do not care.
 */
import { div, exp, mul, neg, sub, tanhBackward } from "../tensor/ops/elementwise.js";
import { scatterRows } from "../tensor/ops/indexing.js";
import { linearCrossEntropyBackward } from "../tensor/ops/loss.js";
import { matmul } from "../tensor/ops/matmul.js";
import { sum } from "../tensor/ops/reduce.js";
import { expand, permute, reshape, slice, transpose, unsqueeze } from "../tensor/ops/views.js";
import { scatterAlong, scatterSlice, shareAmongTies } from "./scatter.js";
import { flowsTo, type Node, type Operation } from "../tensor/tape.js";
import { sizes, type Tensor } from "../tensor/tensor.js";

type Rule<K extends Operation> = (g: Tensor, node: Node<K>, i: number) => Tensor;

/** Each matrix of a batch transposed. */
const mT = (x: Tensor): Tensor => transpose(x, -2, -1);

export const rules: { readonly [K in Operation]: Rule<K> } = {
  add: (g) => g,
  sub: (g, _, i) => (i === 0 ? g : neg(g)),
  mul: (g, { inputs }, i) => mul(g, inputs[1 - i]),
  div: (g, { inputs: [a, b] }, i) => (i === 0 ? div(g, b) : neg(mul(g, div(div(a, b), b)))),
  neg: (g) => neg(g),
  exp: (g, { attributes: { out } }) => mul(g, out),
  log: (g, { inputs: [a] }) => div(g, a),
  tanh: (g, { attributes: { out } }) => tanhBackward(g, out),
  sqrt: (g, { attributes: { out } }) => div(g, mul(2, out)),

  copy: (g) => g,
  view: (g, { inputs: [a] }) => reshape(g, sizes(a)),
  permute: (g, { attributes: { dims } }) =>
    permute(
      g,
      dims.map((_, d) => dims.indexOf(d)),
    ),
  expand: (g) => g,
  slice: (g, { inputs: [a], attributes }) => scatterSlice(g, sizes(a), attributes),
  cat: (g, { inputs, attributes: { dim, starts } }, i) =>
    slice(g, dim, starts[i], starts[i] + sizes(inputs[i])[dim]),
  gatherRows: (g, { inputs: [table], attributes: { index } }) =>
    scatterRows(g, index, sizes(table)[0]),

  matmul: (g, { inputs: [a, b] }, i) => (i === 0 ? matmul(g, mT(b)) : matmul(mT(a), g)),
  linear: (g, { inputs: [x, weight] }, i) =>
    i === 0 ? matmul(g, mT(weight)) : i === 1 ? matmul(mT(x), g) : sum(g, 0),

  sum: (g, { inputs: [a], attributes: { dims } }) =>
    expand(
      reshape(
        g,
        sizes(a).map((d, i) => (dims.includes(i) ? 1 : d)),
      ),
      sizes(a),
    ),
  maxAlong: (g, { inputs: [a], attributes: { dim, index } }) =>
    scatterAlong(reshape(g, sizes(index)), index, sizes(a), dim),
  max: (g, { inputs: [a], attributes: { out } }) => shareAmongTies(g, a, out),

  softmax: (g, { attributes: { out } }) => {
    const weighted = mul(g, out);
    return sub(weighted, mul(out, sum(weighted, -1, { keepdim: true })));
  },
  logSoftmax: (g, { attributes: { out } }) => sub(g, mul(exp(out), sum(g, -1, { keepdim: true }))),
  crossEntropy: (g, { attributes: { gradient, reduction } }) =>
    mul(gradient, reduction === "none" && g.rank > 0 ? unsqueeze(g, -1) : g),
  linearCrossEntropy: (g, node, i) => {
    const { inputs, attributes } = node;
    if (i === inputs.findIndex((_, k) => flowsTo(node, k)))
      attributes.gradients = linearCrossEntropyBackward(g, attributes);
    return attributes.gradients[i];
  },
};
