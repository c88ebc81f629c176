/**
 * The scatters that gradients need beside scatterRows: into a slice, along one dimension, and to
 * the maxima.
 */
import { contiguousStrides, type Shape } from "../tensor/shape.js";
import { constant, copyInto } from "../tensor/ops/apply.js";
import { slice } from "../tensor/ops/views.js";
import { elements, read, sizes, type Tensor } from "../tensor/tensor.js";

/** What messages call the loops in JavaScript below, which a recorded step cannot contain. */
const MAXIMUM = "backward of a maximum";

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
  const out = constant(shape, 0);
  const to = elements(out, MAXIMUM);
  const from = read(g, MAXIMUM);
  const at = read(index, MAXIMUM);
  const inner = contiguousStrides(shape)[dim] ?? 1;
  const length = shape[dim] ?? 1;
  for (let p = 0; p < from.length; p++) {
    const o = Math.floor(p / inner);
    to[(o * length + at[p]) * inner + (p % inner)] = from[p];
  }
  return out;
}

/**
 * Of the shape of `a`: g in equal parts where `a` equals its maximum (PyTorch's rule for the
 * maximum over everything).
 */
export function shareAmongTies(g: Tensor, a: Tensor, maximum: Tensor): Tensor {
  const out = constant(sizes(a), 0);
  const x = read(a, MAXIMUM) as Float32Array;
  const [top] = read(maximum, MAXIMUM);
  const [share] = read(g, MAXIMUM);
  const isTop = (v: number) => v === top || (Number.isNaN(v) && Number.isNaN(top));
  const ties = x.filter(isTop).length;
  elements(out, MAXIMUM).set(x.map((v) => (isTop(v) ? share / ties : 0)));
  return out;
}
