/** Softmax and cross-entropy. */
import { kernels } from "../../backend/index.js";
import { IndexError, quote, ShapeError, ValueError } from "../../errors.js";
import { show, wrapDim } from "../shape.js";
import { type Reduction, record } from "../tape.js";
import { empty, peek, type Tensor } from "../tensor.js";
import { contiguous, toFloat } from "./elementwise.js";
import { mean, sum } from "./reduce.js";
import { transpose } from "./views.js";

function softmaxOver(a: Tensor, dim: number, log: boolean): Tensor {
  const operation = log ? "logSoftmax" : "softmax";
  const d = wrapDim(operation, dim, a.rank);
  if (d !== Math.max(a.rank - 1, 0)) return contiguous(transpose(softmaxOver(transpose(a, d, -1), -1, log), d, -1));
  const x = toFloat(a);
  const data = contiguous(x);
  const cols = x.rank === 0 ? 1 : x.shape[d];
  const out = empty(x.shape);
  kernels().softmax(cols === 0 ? 0 : x.numel / cols, cols, data, out, log);
  return record(operation, out, [x], { out });
}

/** exp(a) / sum(exp(a)) along `dim`, with the maximum subtracted first. */
export const softmax = (a: Tensor, dim: number): Tensor => softmaxOver(a, dim, false);
export const logSoftmax = (a: Tensor, dim: number): Tensor => softmaxOver(a, dim, true);

/**
 * Mean (or sum, or none) over the batch of -log softmax(logits)[target]: logits [n, classes] and int32 targets [n], or [classes] and [].
 * Forward and gradient in one pass; finite for logits of any size (differences up to 3e38).
 */
export function crossEntropy(logits: Tensor, targets: Tensor, { reduction = "mean" }: { reduction?: Reduction } = {}): Tensor {
  if (!["mean", "sum", "none"].includes(reduction)) throw new ValueError(`crossEntropy: expected mean, sum or none, got ${quote(reduction)}`);
  if (targets.dtype !== "int32") throw new ValueError("crossEntropy: expected int32 class ids as targets, got float32");
  const classes = logits.shape[logits.rank - 1];
  const rows = targets.numel;
  if (logits.rank < 1 || logits.rank > 2 || targets.rank !== logits.rank - 1 || (logits.rank === 2 && logits.shape[0] !== rows)) {
    throw new ShapeError(
      "crossEntropy", [logits.shape, targets.shape],
      `expected logits [n, classes] with targets [n], got ${show(logits.shape)} and ${show(targets.shape)}`,
    );
  }
  const ids = contiguous(targets);
  const x = toFloat(logits);
  const data = contiguous(x.detach());
  const gradient = empty(logits.shape);
  const losses = empty(targets.shape);
  const bad = kernels().crossEntropy(rows, classes, data, ids, reduction === "mean" ? 1 / rows : 1, losses, gradient);
  if (bad >= 0) {
    const id = peek(ids, bad);
    throw new IndexError("crossEntropy", id, classes, `target ${id} in row ${bad} is out of range 0..${classes - 1}`);
  }
  const out = reduction === "none" ? losses : reduction === "sum" ? sum(losses) : mean(losses);
  return record("crossEntropy", out, [x], { gradient, reduction });
}
