/**
 * `torch.nn.utils.clip_grad_norm_`, without a look at a number on the way: the norm stays in
 * memory, so that clipping can be recorded.
 */
import { inWorkspace, letGo } from "../backend/workspace.js";
import { checkArguments, numbers } from "../check.js";
import {
  add,
  cat,
  div,
  mul,
  noGrad,
  reshape,
  sqrt,
  sum,
  type Tensor,
  tensor,
  zeros,
} from "../tensor/index.js";
import { binaryInto } from "../tensor/ops/apply.js";
import { borrowGrad } from "../tensor/tensor.js";
import { parametersOf } from "./optimizer.js";

/**
 * Limits the common L2 norm of gradients, as `torch.nn.utils.clip_grad_norm_`; a compiled step can
 * hold it.
 */
export class GradientClip {
  private readonly parameters: readonly Tensor[];
  private readonly most: Tensor;
  // Made once: a recorded step makes no tensors from numbers.
  private readonly epsilon = tensor(1e-6);
  private readonly one = tensor(1);

  /** @param maxNorm the largest norm, above 0. @throws ValueError for another */
  constructor(parameters: Iterable<Tensor>, maxNorm: number) {
    checkArguments(
      "GradientClip",
      { maxNorm },
      { maxNorm: numbers("a norm above 0", (x) => x > 0) },
    );
    this.parameters = parametersOf("GradientClip: parameters", parameters);
    this.most = tensor(maxNorm);
  }

  /**
   * Scales all gradients alike, in place, so that their common L2 norm is at most `maxNorm`.
   * Returns the norm before, a 0-d tensor.
   */
  apply(): Tensor {
    return noGrad(() => {
      const gradients = this.parameters.flatMap((p) => borrowGrad(p) ?? []);
      if (gradients.length === 0) return zeros([]);
      const squares = gradients.map(sumOfSquares);
      const norm = sqrt(sum(cat(squares)));
      const share = div(this.most, add(norm, this.epsilon));
      binaryInto("minimum", share, this.one, share);
      for (const g of gradients) g.mul_(share);
      return norm;
    });
  }
}

/** Of shape [1]. */
function sumOfSquares(g: Tensor): Tensor {
  const squares = inWorkspace(() => mul(g, g));
  const total = reshape(sum(squares), [1]);
  letGo(squares.storage);
  return total;
}

/**
 * Clips once and returns the norm before, of shape []; a training loop keeps a `GradientClip`.
 * @throws ValueError for a norm that is not above 0
 */
export const clipGradNorm = (parameters: Iterable<Tensor>, maxNorm: number): Tensor =>
  new GradientClip(parameters, maxNorm).apply();
