/**
 * The scatters that gradients need beside scatterRows: into a slice, along one dimension, and to
 * the maxima.
 */
import { constant, copyInto } from "../tensor/ops/apply.js";
import { eq, keep, logicalAnd, logicalOr, ne } from "../tensor/ops/compare.js";
import { div, toFloat } from "../tensor/ops/elementwise.js";
import { elementNumbers, scatterRows } from "../tensor/ops/gather.js";
import { sum } from "../tensor/ops/reduce.js";
import { reshape, slice } from "../tensor/ops/views.js";
import { numel, type Shape } from "../tensor/shape.js";
import { sizes, type Tensor } from "../tensor/tensor.js";

/** Which elements of a tensor of `shape` a slice took. */
export interface SlicePlaces {
  readonly shape: Shape;
  readonly dim: number;
  readonly start: number;
  readonly step: number;
}

/**
 * A gradient that is g in the places of a slice and zero elsewhere. The zeros are only made where
 * there is nothing to add g to: a pass over the whole for each slice would be quadratic.
 */
export class InSlice {
  constructor(
    readonly g: Tensor,
    private readonly places: SlicePlaces,
  ) {}

  /** The places of the slice in `whole`, in the same memory. */
  of(whole: Tensor): Tensor {
    const { dim, start, step } = this.places;
    return slice(whole, dim, start, start + sizes(this.g)[dim] * step, step);
  }

  /** With its zeros. */
  whole(): Tensor {
    const out = constant(this.places.shape, 0);
    copyInto(this.g, this.of(out));
    return out;
  }
}

/**
 * Zeros of `shape` with each element of g at position index[...] of dimension `dim`; g and index
 * have `dim` dropped or of size 1.
 */
export function scatterAlong(g: Tensor, index: Tensor, shape: Shape, dim: number): Tensor {
  const kept = shape.map((n, d) => (d === dim ? 1 : n));
  const flat = elementNumbers("backward", shape, dim, reshape(index, kept));
  return reshape(scatterRows(reshape(g, [g.numel, 1]), flat, numel(shape)), shape);
}

/**
 * Of the shape of `a`: g in equal parts where `a` equals its maximum (PyTorch's rule for the
 * maximum over everything).
 */
export function shareAmongTies(g: Tensor, a: Tensor, maximum: Tensor): Tensor {
  const areNaN = logicalAnd(ne(a, a), ne(maximum, maximum));
  const ties = logicalOr(eq(a, maximum), areNaN);
  return keep(ties, div(g, sum(toFloat(ties))));
}
