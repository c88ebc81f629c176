/**
 * The layout of a tensor in its storage: sizes and strides. Layouts are immutable, and tensors with
 * equal ones share one object.
 */
import { contiguousStrides, isContiguous, numel, sameShape, type Shape } from "./shape.js";

/**
 * Numbers as a tensor's shape nests them: one for [], a list for [n], a list of lists for [n, m].
 */
export type NestedArray = number | NestedArray[];

/** Sizes and strides by dimension, and what follows from them. */
export class Layout {
  /** the size of each dimension */
  readonly shape: Shape;
  /** in elements; 0 repeats */
  readonly strides: Shape;
  /** frozen copies, for `t.shape` and `t.strides` */
  readonly frozen: { readonly shape: Shape; readonly strides: Shape };
  readonly numel: number;
  /** the elements lie one after the other in row-major order */
  readonly isContiguous: boolean;
  /** some element may be stored where another one is, so that nothing may be written */
  readonly overlaps: boolean;

  constructor(shape: Shape, strides: Shape) {
    this.shape = [...shape];
    this.strides = [...strides];
    this.frozen = { shape: Object.freeze([...shape]), strides: Object.freeze([...strides]) };
    this.numel = numel(shape);
    this.isContiguous = isContiguous(shape, strides);
    this.overlaps = !this.isContiguous && mayOverlap(shape, strides);
  }

  /** Copies the elements from `words`, the first of them at `start`, in row-major order. */
  read<T extends Float32Array | Int32Array>(words: T, start: number): T {
    const { shape, strides, numel: n } = this;
    if (this.isContiguous) return words.slice(start, start + n) as T;
    const out = new (words.constructor as new (n: number) => T)(n);
    const index = new Array<number>(shape.length).fill(0);
    for (let p = 0, at = start; p < n; p++) {
      out[p] = words[at];
      for (let d = shape.length - 1; d >= 0; d--) {
        at += strides[d];
        if (++index[d] < shape[d]) break;
        at -= strides[d] * shape[d];
        index[d] = 0;
      }
    }
    return out;
  }

  /** Elements in row-major order as the shape nests them. */
  nested(elements: Float32Array | Int32Array): NestedArray {
    let next = 0;
    const build = (dim: number): NestedArray =>
      dim === this.shape.length
        ? elements[next++]
        : Array.from({ length: this.shape[dim] }, () => build(dim + 1));
    return build(0);
  }
}

/** Elements are apart if each stride leads past all that smaller strides reach. */
function mayOverlap(shape: Shape, strides: Shape): boolean {
  const steps = shape.flatMap((size, d) => (size === 1 ? [] : [{ size, stride: strides[d] }]));
  let reach = 0;
  for (const { size, stride } of steps.sort((a, b) => a.stride - b.stride)) {
    if (stride <= reach) return !shape.includes(0);
    reach += (size - 1) * stride;
  }
  return false;
}

/**
 * The layouts in use, by a number made of their sizes and strides: a training step makes tensors of
 * the same few layouts again and again.
 */
const known = new Map<number, Layout>();
const MOST_KNOWN = 1024;

const mix = (hash: number, list: Shape): number => {
  for (let i = 0; i < list.length; i++) hash = (Math.imul(hash, 31) + list[i]) | 0;
  return hash;
};

/** The layout of these sizes and strides, which are copied where they are new. */
export function layoutOf(shape: Shape, strides: Shape): Layout {
  const key = mix(mix(shape.length, shape), strides);
  const found = known.get(key);
  if (found !== undefined && sameShape(found.shape, shape) && sameShape(found.strides, strides))
    return found;
  return remember(key, new Layout(shape, strides));
}

/** The row-major layout of a shape. */
export function rowMajor(shape: Shape): Layout {
  const key = ~mix(shape.length, shape);
  const found = known.get(key);
  if (found !== undefined && found.isContiguous && sameShape(found.shape, shape)) return found;
  return remember(key, layoutOf(shape, contiguousStrides(shape)));
}

function remember(key: number, layout: Layout): Layout {
  if (known.size === MOST_KNOWN) known.clear();
  known.set(key, layout);
  return layout;
}
