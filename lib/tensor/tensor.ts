/** The tensor: a storage, an offset into it, a shape and strides. Operations are functions in ops/; methods.ts makes them fluent. */
import { gradientAccess, hostAccess } from "../backend/observe.js";
import { allocate, Storage } from "../backend/storage.js";
import { checkBoolean, refuse } from "../check.js";
import { AutogradError, quote, ShapeError, ValueError } from "../errors.js";
import { contiguousStrides, isContiguous, MOST_ELEMENTS, numel, sameShape, show, type Shape, tooLarge } from "./shape.js";
import type { Node } from "./tape.js";

/** float32, or int32 for indices and labels (PyTorch's int64; every index of a tensor fits). */
export type DType = "float32" | "int32";

/** Numbers as a tensor's shape nests them: one for [], a list for [n], a list of lists for [n, m]. */
export type NestedArray = number | NestedArray[];

/** Numbers with a shape: float32 or int32 [d0, d1, ...], any rank, over memory that views share. `tensor`, `zeros`, `randn` and others make them. */
export class Tensor {
  /** float32 or int32 */
  readonly dtype: DType;
  /** memory; views of one tensor share this object @internal */
  readonly storage: Storage;
  /** of the first element, in elements from the start of the storage */
  readonly offset: number;
  /** the size of each dimension; [] for a single number */
  readonly shape: Shape;
  /** in elements; 0 repeats */
  readonly strides: Shape;
  /** how this tensor came to be; null for leaves @internal */
  node: Node | null = null;
  private leafRequiresGrad = false;
  private gradient: Tensor | null = null;
  /** what `view` gives, made once: `subarray` costs 0.4 us, and a training loop fills the same tensors before every step @internal */
  window: Float32Array | Int32Array | undefined = undefined;

  /**
   * For the inside of the house: users make tensors with `tensor`, `zeros`, `randn` and others.
   * @throws ShapeError for a tensor that would reach outside its storage: there is none
   * @internal
   */
  constructor(storage: Storage, shape: Shape, strides: Shape = contiguousStrides(shape), offset = 0, dtype: DType = "float32") {
    if (trusted) trusted = false;
    else checkPlace(storage, shape, strides, offset, dtype);
    this.storage = storage;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.dtype = dtype;
  }

  /** Whether `backward()` must reach this tensor. Set it on parameters; results inherit it. */
  get requiresGrad(): boolean {
    return this.leafRequiresGrad || this.node !== null;
  }
  /** @throws AutogradError on results and on int32 */
  set requiresGrad(value: boolean) {
    checkBoolean("requiresGrad", value);
    if (this.node !== null) throw new AutogradError("requiresGrad: only leaf tensors can be changed; use detach() to leave the tape");
    if (value && this.dtype !== "float32") throw new AutogradError("requiresGrad: only float32 tensors have gradients, this one is int32");
    this.leafRequiresGrad = value;
  }

  /** Gradient of the last `backward()`, same shape; only leaves have one. Set to null before the next step, or it accumulates. */
  get grad(): Tensor | null {
    gradientAccess(this, this.gradient, false);
    return this.gradient;
  }
  /** null, or a float32 tensor of the same shape */
  set grad(value: Tensor | null) {
    if (value !== null && (checkTensor("grad", value).dtype !== "float32" || !sameShape(value.shape, this.shape))) {
      throw new ShapeError("grad", [this.shape, value.shape], `expected null or float32 ${show(this.shape)}, got ${value.dtype} ${show(value.shape)}`);
    }
    gradientAccess(this, this.gradient, true);
    this.gradient = value;
  }

  /** Number of dimensions. */
  get rank(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get numel(): number {
    return numel(this.shape);
  }

  /** Whether the elements lie in row-major order without gaps, as `view` needs them. */
  isContiguous(): boolean {
    return isContiguous(this.shape, this.strides);
  }

  /** The same memory without the tape: PyTorch's `detach()` and `.data`. */
  detach(): Tensor {
    return place(this.storage, this.shape, this.strides, this.offset, this.dtype);
  }
  /** `detach()`, as PyTorch writes it: for changes in place that no gradient follows. */
  get data(): Tensor {
    return this.detach();
  }

  /** The number in a tensor of one element. @throws ShapeError for any other; CompileError in a recorded step */
  item(): number {
    if (this.numel !== 1) throw new ShapeError("item", [this.shape], `expected a tensor of one element, got shape ${show(this.shape)}`);
    hostAccess("item", this);
    return this.words()[this.storage.start + this.offset];
  }

  /** The elements in row-major order, copied: Float32Array or Int32Array by dtype. @throws CompileError in a recorded step */
  toTypedArray(): Float32Array | Int32Array {
    hostAccess("toTypedArray", this);
    const { shape, strides } = this;
    const words = this.words();
    const start = this.storage.start + this.offset;
    const n = this.numel;
    if (this.isContiguous()) return words.slice(start, start + n);
    const out = this.dtype === "float32" ? new Float32Array(n) : new Int32Array(n);
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

  /** Nested arrays of numbers; a plain number for a 0-d tensor (PyTorch's `tolist()`). */
  toArray(): NestedArray {
    const flat = this.toTypedArray();
    let next = 0;
    const build = (dim: number): NestedArray =>
      dim === this.rank ? flat[next++] : Array.from({ length: this.shape[dim] }, () => build(dim + 1));
    return build(0);
  }

  /** This tensor's slab as its own word type. */
  private words(): Float32Array | Int32Array {
    const slab = this.storage.slab;
    return this.dtype === "float32" ? slab.f32 : slab.i32;
  }
}

const isList = (value: Shape): boolean => Array.isArray(value);

/** @throws ShapeError, ValueError unless every element lies in the storage */
function checkPlace(storage: Storage, shape: Shape, strides: Shape, offset: number, dtype: DType): void {
  if (!(storage instanceof Storage && isList(shape) && isList(strides))) throw new ShapeError("Tensor", [], "expected a storage, a shape and strides");
  checkDType("Tensor: dtype", dtype);
  const whole = [...shape, ...strides, offset].every((n) => Number.isInteger(n) && n >= 0);
  const inside = () => numel(shape) === 0 || shape.reduce((last, size, d) => last + (size - 1) * strides[d], offset) < storage.length;
  if (whole && shape.length === strides.length && inside()) return;
  const what = `shape ${show(shape)} with strides ${show(strides)} from offset ${quote(offset)}`;
  throw new ShapeError("Tensor", [shape], `${what}: expected whole numbers >= 0 that do not reach outside its ${storage.length} words`);
}

/** Set for the next tensor, whose place the library has computed itself: the check would cost a tenth of a small step. */
let trusted = false;

/** A tensor at a place in memory; for the inside of the house, where places are right. */
export function place(storage: Storage, shape: Shape, strides: Shape, offset: number, dtype: DType): Tensor {
  trusted = true;
  return new Tensor(storage, shape, strides, offset, dtype);
}

export const checkDType = (what: string, dtype: DType): DType =>
  dtype === "float32" || dtype === "int32" ? dtype : refuse(what, "float32 or int32", dtype);

/** A contiguous tensor of uninitialised memory. @throws ShapeError for more elements than a tensor can have */
export function empty(shape: Shape, dtype: DType = "float32"): Tensor {
  const n = numel(shape);
  if (n > MOST_ELEMENTS) throw tooLarge("tensor", shape);
  return place(allocate(n), shape, contiguousStrides(shape), 0, dtype);
}

/** The elements of a contiguous tensor, in place: what is written here is in the tensor. */
export function view(t: Tensor): Float32Array | Int32Array {
  hostAccess("tensor", t);
  if (!t.isContiguous()) throw new ValueError("view: the tensor is not contiguous");
  if (t.window === undefined) {
    const { slab, start } = t.storage;
    const from = start + t.offset;
    t.window = (t.dtype === "float32" ? slab.f32 : slab.i32).subarray(from, from + t.numel);
  }
  return t.window;
}

/** One element of a contiguous tensor, for a message. */
export function peek(t: Tensor, position: number): number {
  const { slab, start } = t.storage;
  return (t.dtype === "float32" ? slab.f32 : slab.i32)[start + t.offset + position];
}

/** @throws ValueError unless `value` is a tensor */
export function checkTensor(what: string, value: unknown): Tensor {
  return value instanceof Tensor ? value : refuse(what, "a tensor", value);
}
