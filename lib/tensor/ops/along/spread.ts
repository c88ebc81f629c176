/** How far numbers spread around their mean. */
import { inWorkspace, letGo } from "../../../backend/workspace.js";
import { checkNumber, checkOptions } from "../../../check.js";
import { checkType } from "../../dtypes.js";
import type { Shape } from "../../shape.js";
import { record } from "../../tape.js";
import { checkTensor, sizes, type Tensor } from "../../tensor.js";
import { binaryInto } from "../apply.js";
import { div, sqrt, sub } from "../elementwise.js";
import {
  type Dim,
  keeps,
  mean,
  reducedDims,
  KEEPDIM,
  type ReduceOptions,
  total,
} from "../reduce.js";

/** Over how many numbers the squares are averaged. */
export interface SpreadOptions extends ReduceOptions {
  /** the squares are divided by the number of elements less this: 1 where left out */
  correction?: number;
}

/** What the gradients of a spread are made of. */
export interface Spread {
  readonly a: Tensor;
  /** the means, reduced dimensions kept with size 1 */
  readonly centre: Tensor;
  readonly dims: Shape;
  /** elements less the correction, at least 0 */
  readonly freedom: number;
}

const FLOAT = "; convert with float()";
const SPREAD = { ...KEEPDIM, correction: checkNumber };

function spread(
  operation: "var" | "std",
  x: Tensor,
  dim: Dim | undefined,
  options: SpreadOptions | undefined,
): { variance: Tensor; saved: Spread } {
  const { correction = 1, ...kept } = checkOptions(operation, options, SPREAD);
  const keepdim = keeps(operation, kept);
  checkTensor(operation, x);
  const a = checkType(operation, x, "float32", "a float32 tensor", FLOAT).detach();
  const dims = reducedDims(operation, a, dim);
  const centre = mean(a, dims, { keepdim: true });
  const squares = inWorkspace(() => sub(a, centre));
  binaryInto("mul", squares, squares, squares);
  const sums = total(operation, squares, dims, { keepdim });
  letGo(squares.storage);
  const count = dims.reduce((n, d) => n * sizes(a)[d], 1);
  const freedom = Math.max(0, count - correction);
  return { variance: div(sums, freedom), saved: { a, centre, dims, freedom } };
}

/**
 * Variance over `dim` (one, several, or all), which disappears unless `keepdim` (torch.var): the
 * squares of the distances from the mean, divided by their number less `correction`. The method is
 * `var`. NaN of a single element.
 * @throws ValueError for int32; as `sum`
 */
export function variance(a: Tensor, dim?: Dim, options?: SpreadOptions): Tensor {
  const { variance, saved } = spread("var", a, dim, options);
  return record("var", variance, [a], ([a]) => ({ ...saved, a }));
}

/**
 * Standard deviation over `dim`, the square root of `variance` (torch.std). Where it is 0 its
 * gradient is too.
 * @throws as `variance`
 */
export function std(a: Tensor, dim?: Dim, options?: SpreadOptions): Tensor {
  const { variance, saved } = spread("std", a, dim, options);
  return record("std", sqrt(variance), [a], ([a], _, out) => ({ ...saved, a, out }));
}
