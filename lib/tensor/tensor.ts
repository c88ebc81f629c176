/**
 * The tensor: a storage, an offset into it, a shape and strides. Operations are functions in ops/;
 * methods.ts makes them fluent.
 */
import { gradientAccess, hostAccess, isObserved, requirementAccess } from "../backend/observe.js";
import { allocate, type Storage } from "../backend/storage.js";
import { checkBoolean, refuse } from "../check.js";
import { AutogradError, ShapeError, ValueError } from "../errors.js";
import { Layout, layoutOf, type NestedArray, rowMajor } from "./layout.js";
import { LeafState } from "./leaf.js";
import { MOST_ELEMENTS, sameShape, show, type Shape, tooLarge } from "./shape.js";
import type { Node } from "./tape.js";

/**
 * float32; int32 for indices and labels (PyTorch's int64; every index of a tensor fits); bool for
 * masks, what comparisons give: its words are 1 and 0, which is what it is read as.
 */
export type DType = "float32" | "int32" | "bool";

export type { NestedArray };

/** Access to a tensor's private fields, for this package only. */
interface Inside {
  /** Its shape and strides, with what follows from them; immutable. */
  layout(t: Tensor): Layout;
  /**
   * `t.shape` and `t.strides` for hot code: not frozen (V8 reads frozen arrays slowly), so never
   * write to them.
   */
  sizes(t: Tensor): Shape;
  stridesOf(t: Tensor): Shape;
  /** What autograd keeps for a leaf; made at the first call, since most tensors are results. */
  leafState(t: Tensor): LeafState;
  /** `t.grad` for a look that ends before anybody else runs: nothing of it may be kept. */
  borrowGrad(t: Tensor): Tensor | null;
}
let inside: Inside;

let tensors = 0;
const CLONING = Symbol("a tensor (send its toTypedArray() and shape instead)");

/**
 * Numbers with a shape: float32, int32 or bool [d0, d1, ...], over memory that views share.
 * `tensor`, `zeros`, `randn` and others make them. `JSON.stringify` gives its nested numbers
 * (`toJSON`); `structuredClone` and `postMessage` refuse it: send `toTypedArray()` and `shape`.
 */
export class Tensor {
  /**
   * A symbol cannot be cloned: `structuredClone` and `postMessage` say this, instead of giving a
   * tensor without its numbers. @internal
   */
  readonly cloning = CLONING;
  /** a serial number, so that a comparison by properties never finds two tensors equal */
  readonly id = tensors++;
  readonly #dtype: DType;
  readonly #storage: Storage;
  readonly #offset: number;
  readonly #layout: Layout;
  #node: Node | null = null;
  #leaf: LeafState | undefined = undefined;
  #memory: Float32Array | Int32Array | undefined = undefined;

  /**
   * For this package only: users make tensors with `tensor`, `zeros`, `randn` and others.
   * @throws ValueError for a `layout` that is not a `Layout`
   * @internal
   */
  constructor(storage: Storage, layout: Layout, offset: number, dtype: DType) {
    if (!(layout instanceof Layout))
      refuse("Tensor", "tensors to be made by tensor(), zeros() and others", layout);
    this.#layout = layout;
    this.#storage = storage;
    this.#offset = offset;
    this.#dtype = dtype;
  }

  /** float32, int32 or bool */
  get dtype(): DType {
    return this.#dtype;
  }

  /** memory; views of one tensor share this object @internal */
  get storage(): Storage {
    return this.#storage;
  }

  /** of the first element, in elements from the start of the storage */
  get offset(): number {
    return this.#offset;
  }

  static {
    inside = {
      layout: (t) => t.#layout,
      sizes: (t) => t.#layout.shape,
      stridesOf: (t) => t.#layout.strides,
      leafState: (t) => (t.#leaf ??= new LeafState()),
      borrowGrad: (t) => (isObserved() ? t.grad : (t.#leaf?.borrow() ?? null)),
    };
  }

  /** the size of each dimension; [] for a single number */
  get shape(): Shape {
    return this.#layout.frozen.shape;
  }

  /** in elements; 0 repeats */
  get strides(): Shape {
    return this.#layout.frozen.strides;
  }

  /** how this tensor came to be; null for leaves @internal */
  get node(): Node | null {
    return this.#node;
  }
  /** @internal */
  set node(value: Node | null) {
    this.#node = value;
  }

  /** Whether `backward()` must reach this tensor. Set it on parameters; results inherit it. */
  get requiresGrad(): boolean {
    if (this.#node !== null) return true;
    const required = this.#leaf !== undefined && this.#leaf.required;
    requirementAccess(this, required);
    return required;
  }
  /** @throws AutogradError on results and on int32 */
  set requiresGrad(value: boolean) {
    checkBoolean("requiresGrad", value);
    if (this.#node !== null)
      throw new AutogradError(
        "requiresGrad: only leaf tensors can be changed; use detach() to leave the tape",
      );
    if (value && this.dtype !== "float32")
      throw new AutogradError(
        `requiresGrad: only float32 tensors have gradients, this one is ${this.dtype}`,
      );
    const leaf = leafState(this);
    requirementAccess(this, leaf.required, value);
    leaf.required = value;
  }

  /**
   * Gradient of the last `backward()`, same shape; only leaves have one. Set to null before the
   * next step, or it accumulates.
   */
  get grad(): Tensor | null {
    const grad = this.#leaf === undefined ? null : this.#leaf.own();
    gradientAccess(this, grad);
    return grad;
  }
  /** null, or a float32 tensor of the same shape */
  set grad(value: Tensor | null) {
    if (
      value !== null &&
      (checkTensor("grad", value).dtype !== "float32" || !sameShape(value.shape, this.shape))
    ) {
      throw new ShapeError(
        "grad",
        [this.shape, value.shape],
        `expected null or float32 ${show(this.shape)}, got ${value.dtype} ${show(value.shape)}`,
      );
    }
    const leaf = leafState(this);
    if (isObserved()) gradientAccess(this, leaf.held.grad, value);
    leaf.replace(value);
  }

  /** Number of dimensions. */
  get rank(): number {
    return this.#layout.shape.length;
  }

  /** Number of elements. */
  get numel(): number {
    return this.#layout.numel;
  }

  /** Whether the elements lie in row-major order without gaps, as `view` needs them. */
  isContiguous(): boolean {
    return this.#layout.isContiguous;
  }

  /** The same memory without the tape: PyTorch's `detach()` and `.data`. */
  detach(): Tensor {
    return new Tensor(this.storage, this.#layout, this.offset, this.dtype);
  }
  /** `detach()`, as PyTorch writes it: for changes in place that no gradient follows. */
  get data(): Tensor {
    return this.detach();
  }

  /**
   * The number in a tensor of one element.
   * @throws ShapeError for any other; CompileError in a recorded step
   */
  item(): number {
    if (this.numel !== 1)
      throw new ShapeError(
        "item",
        [this.shape],
        `expected a tensor of one element, got shape ${show(this.shape)}`,
      );
    hostAccess("item", this);
    return peek(this, 0);
  }

  /**
   * The elements in row-major order, copied: Float32Array, else Int32Array (of bool, 1 and 0).
   * @throws CompileError in a recorded step
   */
  toTypedArray(): Float32Array | Int32Array {
    return read(this, "toTypedArray");
  }

  /** Nested arrays of numbers; a plain number for a 0-d tensor (PyTorch's `tolist()`). */
  toArray(): NestedArray {
    return this.#layout.nested(read(this, "toArray"));
  }

  /** `toArray()`: what `JSON.stringify` shows of a tensor. */
  toJSON(): NestedArray {
    return this.#layout.nested(read(this, "toJSON"));
  }

  /**
   * The elements of a contiguous tensor, in place; made once: `subarray` costs 0.4 us, and a
   * training loop fills the same tensors before every step @internal
   */
  get memory(): Float32Array | Int32Array {
    if (this.#memory === undefined) {
      const from = this.storage.start + this.offset;
      this.#memory = slabOf(this).subarray(from, from + this.numel);
    }
    return this.#memory;
  }
}

export const { layout, sizes, stridesOf, leafState, borrowGrad }: Inside = inside;

/**
 * A tensor over existing memory (torch.as_strided); for this package, which passes only valid
 * layouts and offsets.
 */
export const asStrided = (
  storage: Storage,
  shape: Shape,
  strides: Shape,
  offset: number,
  dtype: DType,
): Tensor => new Tensor(storage, layoutOf(shape, strides), offset, dtype);

/**
 * A contiguous tensor of uninitialised memory, for `operation` to fill.
 * @throws ShapeError for more elements than a tensor can have
 */
export function empty(shape: Shape, dtype: DType = "float32", operation = "tensor"): Tensor {
  const layout = rowMajor(shape);
  if (layout.numel > MOST_ELEMENTS) throw tooLarge(operation, shape);
  return emptyAs(layout, dtype);
}

/** `empty`, by a dense layout. */
export const emptyAs = (layout: Layout, dtype: DType): Tensor =>
  new Tensor(allocate(layout.numel), layout, 0, dtype);

/** The slab that a tensor lies in, as numbers of its dtype. */
const slabOf = ({ storage: { slab }, dtype }: Tensor): Float32Array | Int32Array =>
  dtype === "float32" ? slab.f32 : slab.i32;

/**
 * The elements of a contiguous tensor, in place: what is written here is in the tensor. `operation`
 * is what the user called, for the message where a step is being recorded.
 */
export function elements(t: Tensor, operation = "tensor"): Float32Array | Int32Array {
  hostAccess(operation, t);
  if (!t.isContiguous()) throw new ValueError(`${operation}: the tensor is not contiguous`);
  return t.memory;
}

/** The elements in row-major order, copied; `operation` as for `elements`. */
export function read(t: Tensor, operation: string): Float32Array | Int32Array {
  hostAccess(operation, t);
  return layout(t).read(slabOf(t), t.storage.start + t.offset);
}

/** One element of a contiguous tensor. */
export const peek = (t: Tensor, position: number): number =>
  slabOf(t)[t.storage.start + t.offset + position];

/** @throws ValueError unless `value` is a tensor */
export function checkTensor(what: string, value: unknown): Tensor {
  return value instanceof Tensor ? value : refuse(what, "a tensor", value);
}
