/** Softmax and cross-entropy. */
import { kernels } from "../../backend/index.js";
import { checkOptions, numbers, oneOf, type OptionChecks, whole } from "../../check.js";
import { ShapeError } from "../../errors.js";
import { checkType } from "../dtypes.js";
import { sameShape, show } from "../shape.js";
import { gradEnabled, type Reduction, record, saveOutput } from "../tape.js";
import { checkTensor, empty, sizes, type Tensor } from "../tensor.js";
import { ne, where } from "./compare.js";
import { add, contiguous, div, mul, neg, toFloat } from "./elementwise.js";
import { gatherAt } from "./gather.js";
import { badTarget } from "./layers/targets.js";
import { checkLinear } from "./matmul.js";
import { mean, sum } from "./reduce.js";
import { dimOf, permute, reshape, transpose } from "./views.js";

function softmaxOver(a: Tensor, dim: number, log: boolean): Tensor {
  const operation = log ? "logSoftmax" : "softmax";
  const d = dimOf(operation, a, dim);
  if (d !== Math.max(a.rank - 1, 0))
    return contiguous(transpose(softmaxOver(transpose(a, d, -1), -1, log), d, -1));
  const x = toFloat(a);
  const data = contiguous(x);
  const cols = x.rank === 0 ? 1 : sizes(x)[d];
  const out = empty(sizes(x));
  kernels().softmax({ rows: cols === 0 ? 0 : x.numel / cols, cols, a: data, out, log });
  return record(operation, out, [x], saveOutput);
}

/**
 * exp(a) / sum(exp(a)) along `dim`, with the maximum subtracted first: the shape of `a`, float32
 * (torch.softmax).
 * @throws IndexError for a dimension out of range
 */
export const softmax = (a: Tensor, dim: number): Tensor => softmaxOver(a, dim, false);
/**
 * log(softmax(a)) along `dim`, without the exponential that would underflow (torch.log_softmax).
 */
export const logSoftmax = (a: Tensor, dim: number): Tensor => softmaxOver(a, dim, true);

/** What becomes of the losses of a batch. */
export interface ReductionOptions {
  /** their mean, unless said otherwise */
  reduction?: Reduction;
}

const REDUCTION = { reduction: oneOf<Reduction>("mean", "sum", "none") };

export const reductionOf = (operation: string, options: ReductionOptions | undefined): Reduction =>
  checkOptions(operation, options, REDUCTION).reduction ?? "mean";

function checkTargetType(operation: string, targets: Tensor): void {
  checkTensor(`${operation}: targets`, targets);
  checkType(operation, targets, "int32", "int32 class ids as targets");
}

/** A target for each row of `x`, or one for `x` of a single dimension. */
function checkTargets(operation: string, x: Tensor, targets: Tensor, named: string): void {
  checkTargetType(operation, targets);
  const rank = targets.rank;
  if (rank !== x.rank - 1 || rank > 1 || (rank === 1 && sizes(x)[0] !== targets.numel))
    throw new ShapeError(
      operation,
      [x.shape, targets.shape],
      `expected ${named} with targets [n], got ${show(x.shape)} and ${show(targets.shape)}`,
    );
}

const reduced = (losses: Tensor, reduction: Reduction): Tensor =>
  reduction === "none" ? losses : reduction === "sum" ? sum(losses) : mean(losses);

/** What `crossEntropy` counts, and how. */
export interface CrossEntropyOptions extends ReductionOptions {
  /** a target that counts for nothing, often -100: no loss, no gradient, no part of the mean */
  ignoreIndex?: number;
  /** from 0 to 1: the share of the target that is spread evenly over all classes; 0 */
  labelSmoothing?: number;
  /** float32 [classes]: what each class counts; the mean is by weight */
  weight?: Tensor;
}

const CROSS_ENTROPY: OptionChecks<CrossEntropyOptions> = {
  ...REDUCTION,
  ignoreIndex: whole(-(2 ** 31), 2 ** 31 - 1),
  labelSmoothing: numbers("a number from 0 to 1", (x) => x >= 0 && x <= 1),
  weight: checkTensor,
};

/**
 * Mean (or sum, or none) over the batch of -log softmax(logits)[target] in nats: logits [n,
 * classes] and int32 targets [n], or [classes] and [], or [n, classes, d1, ...] and [n, d1, ...];
 * `none` gives the shape of the targets. Forward and gradient in one pass; finite for logits of any
 * size (differences up to 3e38). torch.nn.functional.cross_entropy, but that only `ignoreIndex`
 * names a target that is ignored.
 * @throws ShapeError for other shapes; IndexError on a target out of range; ValueError for targets
 *   that are not int32, and for other options
 */
export function crossEntropy(
  logits: Tensor,
  targets: Tensor,
  options?: CrossEntropyOptions,
): Tensor {
  const given = checkOptions("crossEntropy", options, CROSS_ENTROPY);
  const { reduction = "mean", ignoreIndex, labelSmoothing = 0, weight } = given;
  const x = toFloat(logits, "crossEntropy: logits");
  if (x.rank < 3) checkTargets("crossEntropy", x, targets, "logits [n, classes]");
  else checkPlaces(x, targets);
  const isPlain = ignoreIndex === undefined && labelSmoothing === 0 && weight === undefined;
  if (isPlain && x.rank < 3) return fusedCrossEntropy(x, targets, reduction);
  const classes = sizes(x)[x.rank === 1 ? 0 : 1];
  const rows = reshape(x.rank < 3 ? x : classesLast(x), [targets.numel, classes]);
  const ids = reshape(targets, [targets.numel]);
  const out = isPlain
    ? fusedCrossEntropy(rows, ids, reduction)
    : weightedCrossEntropy(rows, ids, reduction, given);
  return reduction === "none" ? reshape(out, sizes(targets)) : out;
}

/** [n, classes, d1, ...] as [n, d1, ..., classes]. */
function classesLast(x: Tensor): Tensor {
  const [batch, classes, ...places] = sizes(x).map((_, d) => d);
  return permute(x, [batch, ...places, classes]);
}

/** A target for each place of logits [n, classes, d1, ...]. */
function checkPlaces(x: Tensor, targets: Tensor): void {
  checkTargetType("crossEntropy", targets);
  if (!sameShape(sizes(x).toSpliced(1, 1), sizes(targets)))
    throw new ShapeError(
      "crossEntropy",
      [x.shape, targets.shape],
      `expected logits [n, classes, d1, ...] with targets [n, d1, ...], got ${show(x.shape)} and ` +
        show(targets.shape),
    );
}

function fusedCrossEntropy(x: Tensor, targets: Tensor, reduction: Reduction): Tensor {
  const classes = sizes(x)[x.rank - 1];
  const rows = targets.numel;
  const ids = contiguous(targets);
  const data = contiguous(x.detach());
  const gradient = empty(sizes(x));
  const losses = empty(sizes(targets));
  const bad = kernels().crossEntropy({
    rows,
    cols: classes,
    logits: data,
    targets: ids,
    scale: reduction === "mean" ? 1 / rows : 1,
    loss: losses,
    grad: gradient,
  });
  if (bad >= 0) throw badTarget("crossEntropy", ids, bad, classes);
  return record("crossEntropy", reduced(losses, reduction), [x], () => ({ gradient, reduction }));
}

/** With what is ignored, weights and smoothing; x [n, classes], targets [n]. */
function weightedCrossEntropy(
  x: Tensor,
  targets: Tensor,
  reduction: Reduction,
  { ignoreIndex, labelSmoothing = 0, weight }: CrossEntropyOptions,
): Tensor {
  const classes = sizes(x)[1];
  if (weight !== undefined && (weight.dtype !== "float32" || !sameShape(sizes(weight), [classes])))
    throw new ShapeError(
      "crossEntropy",
      [sizes(x), weight.shape],
      `expected weight float32 [${classes}], got ${weight.dtype} ${show(weight.shape)}`,
    );
  const counts = ignoreIndex === undefined ? null : ne(targets, ignoreIndex);
  const zeroIfIgnored = (t: Tensor): Tensor => (counts === null ? t : where(counts, t, 0));
  const ids = zeroIfIgnored(targets);
  const weights = weight?.detach();
  const ofTarget = weights && zeroIfIgnored(gatherAt("crossEntropy", weights, [ids], [0]));
  const plain = fusedCrossEntropy(x, ids, "none");
  let losses = zeroIfIgnored(ofTarget === undefined ? plain : mul(plain, ofTarget));
  if (labelSmoothing > 0) {
    const logs = logSoftmax(x, -1);
    const ofAll = zeroIfIgnored(neg(sum(weights === undefined ? logs : mul(logs, weights), -1)));
    losses = add(mul(losses, 1 - labelSmoothing), mul(ofAll, labelSmoothing / classes));
  }
  if (reduction !== "mean") return reduced(losses, reduction);
  const total = ofTarget ?? (counts === null ? null : toFloat(counts));
  return div(sum(losses), total === null ? targets.numel : sum(total));
}

/**
 * crossEntropy(linear(x, weight, bias), targets) without the logits: x [n, in], weight [in,
 * classes], bias [classes], int32 targets [n]. For large vocabularies: tiles of the logits are
 * computed in the cache, and again for the gradient, so that it needs 1 MiB where the two
 * operations need 8 * n * classes bytes. The same bits, the same gradients, 1 or 2 threads or eager
 * or replayed.
 * @throws ShapeError, IndexError, ValueError as `crossEntropy` and `linear`
 */
export function linearCrossEntropy(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  targets: Tensor,
  options?: ReductionOptions,
): Tensor {
  const reduction = reductionOf("linearCrossEntropy", options);
  checkLinear("linearCrossEntropy", x, weight, bias);
  checkTargets("linearCrossEntropy", x, targets, "x [n, in]");
  const [inner, classes] = sizes(weight);
  const rows = sizes(x)[0];
  const operands = {
    x: contiguous(x.detach()),
    weight: contiguous(weight.detach()),
    bias: contiguous(bias.detach()),
    targets: contiguous(targets),
  };
  const losses = empty([rows]);
  const stats = empty([2, rows]);
  const needsGradient = gradEnabled() && [x, weight, bias].some((t) => t.requiresGrad);
  const spare = needsGradient ? empty(sizes(weight)) : null;
  const bad = kernels().linearCrossEntropy({
    rows,
    inner,
    cols: classes,
    ...operands,
    loss: losses,
    stats,
    spare,
  });
  if (bad >= 0) throw badTarget("linearCrossEntropy", operands.targets, bad, classes);
  const scale = reduction === "mean" ? 1 / rows : 1;
  return record("linearCrossEntropy", reduced(losses, reduction), [x, weight, bias], () => ({
    ...operands,
    stats,
    spare,
    scale,
  }));
}

/** What linearCrossEntropy saves; tensors are contiguous. */
export interface SavedLinearLoss {
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly targets: Tensor;
  readonly stats: Tensor;
  /** memory for the gradient of weight, which holds some of the logits until then */
  readonly spare: Tensor | null;
  /** 1, or 1 / rows for the mean */
  readonly scale: number;
}

/**
 * The gradients of x, weight and bias, given that of the loss. `last`: no pass comes after this
 * one, so that the spare memory becomes the gradient.
 */
export function linearCrossEntropyBackward(
  g: Tensor,
  loss: SavedLinearLoss,
  last: boolean,
): Tensor[] {
  const { x, weight, bias, targets, stats, scale } = loss;
  const [rows, inner] = sizes(x);
  const classes = sizes(bias)[0];
  const spare = last ? loss.spare : null;
  const [gradX, gradWeight, gradBias] = [
    empty([rows, inner]),
    spare ?? empty([inner, classes]),
    empty([classes]),
  ];
  const bad = kernels().linearCrossEntropyBackward({
    rows,
    inner,
    cols: classes,
    x,
    weight,
    bias,
    targets,
    stats,
    kept: spare !== null,
    scale,
    upstream: contiguous(g),
    upstreamStride: g.rank === 0 ? 0 : 1,
    gradX,
    gradWeight,
    gradBias,
  });
  if (bad >= 0) throw badTarget("linearCrossEntropy", targets, bad, classes);
  return [gradX, gradWeight, gradBias];
}
