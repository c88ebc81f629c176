/** Makes tensors: from numbers, ranges and random streams. */
import { fma32 } from "../backend/reference/math/fma.js";
import { hostAccess, isRecording } from "../backend/observe.js";
import {
  argumentsOf,
  checkBoolean,
  checkMemory,
  checkNumber,
  checkOptions,
  refuse,
} from "../check.js";
import { ShapeError, ValueError } from "../errors.js";
import { checkGenerator } from "../random/generator.js";
import { isInt32Array, isNumberArray } from "../typed-arrays.js";
import { defaultGenerator, generatorOf, type RandomOptions } from "./default-generator.js";
import { checkDType, checkType } from "./dtypes.js";
import { rowMajor } from "./layout.js";
import { checkShape, copySizes, numel, sameShape, type Shape, show } from "./shape.js";
import { copyInto, emptyLike } from "./ops/apply.js";
import { checkInteger, clone, scalar } from "./ops/elementwise.js";
import {
  checkTensor,
  type DType,
  elements,
  empty,
  type NestedArray,
  read,
  Tensor,
} from "./tensor.js";

const check = argumentsOf({
  value: checkNumber,
  start: checkNumber,
  end: checkNumber,
  p: checkTensor,
});

/** `empty` of a caller's shape and dtype. */
const fresh = (operation: string, shape: Shape, dtype: DType = "float32"): Tensor =>
  empty(checkShape(operation, shape), checkDType(`${operation}: dtype`, dtype));

/** Deeper arrays are one that contains itself. */
const DEEPEST = 64;

/**
 * Sizes of nested arrays, which must be the same throughout; their numbers are added to `numbers`.
 */
function shapeOf(value: unknown, numbers: number[], depth = 0): number[] {
  if (typeof value === "number") {
    numbers.push(value);
    return [];
  }
  if (!Array.isArray(value))
    refuse("tensor", "a number, nested arrays of numbers or a typed array", value);
  if (depth === DEEPEST)
    throw new ShapeError("tensor", [], `expected at most ${DEEPEST} dimensions`);
  let inner: number[] = [];
  for (let i = 0; i < value.length; i++) {
    const other = shapeOf(value[i], numbers, depth + 1);
    if (i === 0) inner = other;
    else if (!sameShape(inner, other))
      throw new ShapeError(
        "tensor",
        [inner, other],
        `ragged arrays: ${show(inner)} beside ${show(other)}`,
      );
  }
  return [value.length, ...inner];
}

/** How `tensor` takes its numbers. */
export interface TensorOptions {
  /** left out: int32 for an Int32Array, else float32; bool: whether each number is other than 0 */
  dtype?: DType;
  /** for a flat list of numbers; left out: as they are nested */
  shape?: Shape;
}

const TENSOR = { dtype: checkDType, shape: copySizes };

/**
 * A tensor of the given numbers (torch.tensor): one, nested arrays, a typed array, or a flat list
 * with a `shape`. float32, to which numbers are rounded; int32 from an Int32Array or where `dtype`
 * says so. The numbers are copied.
 *
 * @throws ShapeError for ragged arrays or another count of numbers than `shape` has; ValueError for
 *   an int32 that is no whole number
 */
export function tensor(
  value: NestedArray | Float32Array | Int32Array,
  options?: TensorOptions,
): Tensor {
  const { dtype, shape: asked } = checkOptions("tensor", options, TENSOR);
  const list: number[] = [];
  const nested = isNumberArray(value) ? undefined : shapeOf(value, list);
  const numbers =
    nested === undefined ? checkMemory("tensor", value as Float32Array | Int32Array) : list;
  const shape = checkShape("tensor", asked ?? nested ?? [numbers.length]);
  if (numbers.length !== numel(shape)) {
    throw new ShapeError(
      "tensor",
      [shape],
      `expected ${numel(shape)} numbers for shape ${show(shape)}, got ${numbers.length}`,
    );
  }
  const out = empty(shape, dtype ?? (isInt32Array(value) ? "int32" : "float32"));
  const words = elements(out, "tensor");
  if (out.dtype === "int32" && !isInt32Array(numbers))
    numbers.forEach((x) => checkInteger("tensor", x));
  words.set(out.dtype === "bool" ? numbers.map((x) => Number(x !== 0)) : numbers);
  return out;
}

/** int32 numbers that `operation` made. */
function integers(operation: string, numbers: Int32Array, shape: Shape): Tensor {
  const out = fresh(operation, shape, "int32");
  elements(out, operation).set(numbers);
  return out;
}

/** In a recorded step a kernel fills it, so that the step may change it in place. */
function fill(operation: string, out: Tensor, value: number): Tensor {
  const one = scalar(value, out.dtype, operation);
  if (isRecording()) copyInto(one, out);
  else if (value !== 0)
    new Tensor(out.storage, rowMajor([out.numel]), 0, out.dtype).memory.fill(one.memory[0]);
  return out;
}

const filled = (operation: string, shape: Shape, value: number, dtype?: DType): Tensor =>
  fill(operation, fresh(operation, shape, dtype), value);

/**
 * `value` everywhere, float32 unless `dtype` says another (torch.full).
 * @throws ValueError for an int32 that is no whole number
 */
export function full(shape: Shape, value: number, dtype?: DType): Tensor {
  check("full", { value });
  return filled("full", shape, value, dtype);
}

/**
 * 0 everywhere, float32 unless `dtype` says another (torch.zeros).
 * @throws ShapeError for sizes that are no whole numbers >= 0
 */
export const zeros = (shape: Shape, dtype?: DType): Tensor => filled("zeros", shape, 0, dtype);
/**
 * 1 everywhere, float32 unless `dtype` says another (torch.ones).
 * @throws ShapeError for sizes that are no whole numbers >= 0
 */
export const ones = (shape: Shape, dtype?: DType): Tensor => filled("ones", shape, 1, dtype);

const like = (operation: string, a: Tensor, value: number, dtype?: DType): Tensor => {
  checkTensor(operation, a);
  return fill(
    operation,
    emptyLike(a, dtype === undefined ? a.dtype : checkDType(`${operation}: dtype`, dtype)),
    value,
  );
};

/** Numbers that depend on sizes alone: a constant of a recorded step, which may change a copy. */
const made = (out: Tensor): Tensor => (isRecording() ? clone(out) : out);

/** 0 everywhere, of the shape of `a` and its dtype unless another is given (torch.zeros_like). */
export const zerosLike = (a: Tensor, dtype?: DType): Tensor => like("zerosLike", a, 0, dtype);
/** 1 everywhere, of the shape of `a` and its dtype unless another is given (torch.ones_like). */
export const onesLike = (a: Tensor, dtype?: DType): Tensor => like("onesLike", a, 1, dtype);

/**
 * int32 [n]: start, start + step, ... below end; `arange(n)` counts from 0 (torch.arange).
 * @throws ValueError for fractions and for a step of 0
 */
export function arange(start: number, end?: number, step = 1): Tensor {
  const [from, to] = end === undefined ? [0, start] : [start, end];
  if (![from, to, step].every(Number.isInteger) || step === 0)
    throw new ValueError("arange: expected whole numbers and a step that is not 0");
  const n = Math.max(0, Math.ceil((to - from) / step));
  if (n > 0) for (const x of [from, from + (n - 1) * step]) checkInteger("arange", x);
  const out = fresh("arange", [n], "int32");
  const words = out.memory;
  for (let i = 0; i < n; i++) words[i] = from + i * step;
  return made(out);
}

/**
 * float32 [n] from start to end, both included, rounded as torch.linspace rounds them: counted from
 * the nearer end.
 */
export function linspace(start: number, end: number, n: number): Tensor {
  check("linspace", { start, end });
  const f = Math.fround;
  const [s, e] = [f(start), f(end)];
  const out = fresh("linspace", [n]);
  const step = n > 1 ? f(f(e - s) / (n - 1)) : 0;
  const half = n === 1 ? 1 : Math.floor(n / 2);
  out.memory.set(
    Float32Array.from({ length: n }, (_, i) =>
      i < half ? fma32(step, i, s) : fma32(-step, n - 1 - i, e),
    ),
  );
  return made(out);
}

/** float32 of any shape, uniform on [0, 1): the bits of torch.rand. */
export function rand(shape: Shape, options?: RandomOptions): Tensor {
  const generator = generatorOf("rand", options);
  const out = fresh("rand", shape);
  generator.rand(elements(out, "rand") as Float32Array);
  return out;
}

/** float32 of any shape, standard normal: the bits of torch.randn. */
export function randn(shape: Shape, options?: RandomOptions): Tensor {
  const generator = generatorOf("randn", options);
  const out = fresh("randn", shape);
  generator.randn(elements(out, "randn") as Float32Array);
  return out;
}

/**
 * int32 of any shape from low to high - 1, the numbers of torch.randint.
 * @throws ValueError for an empty range and for bounds outside int32
 */
export function randint(low: number, high: number, shape: Shape, options?: RandomOptions): Tensor {
  const generator = generatorOf("randint", options);
  const out = fresh("randint", shape, "int32");
  generator.randint(elements(out, "randint") as Int32Array, low, high);
  return out;
}

/** int32 [n]: 0..n-1 in random order, that of torch.randperm. */
export function randperm(n: number, options?: RandomOptions): Tensor {
  const generator = generatorOf("randperm", options);
  hostAccess("randperm", empty([0])); // before a number is drawn
  return integers("randperm", generator.randperm(n), [n]);
}

/** How `multinomial` draws. */
export interface MultinomialOptions extends RandomOptions {
  /** whether an index can be drawn again; false */
  replacement?: boolean;
}

const MULTINOMIAL = { generator: checkGenerator, replacement: checkBoolean };

/**
 * Indices drawn by weight from each row of `p` ([n] or [rows, n], need not sum to 1): int32
 * [samples] or [rows, samples], those of torch.multinomial.
 * @throws ShapeError for other ranks; ValueError for weights below 0 or without a sum, or more
 *   samples than weights without `replacement`
 */
export function multinomial(p: Tensor, samples: number, options?: MultinomialOptions): Tensor {
  check("multinomial", { p });
  checkType("multinomial", p, "float32", "float32 probabilities", "; convert with float()");
  const { generator = defaultGenerator, replacement = false } = checkOptions(
    "multinomial",
    options,
    MULTINOMIAL,
  );
  if (p.rank !== 1 && p.rank !== 2)
    throw new ShapeError(
      "multinomial",
      [p.shape],
      `expected 1 or 2 dimensions, got shape ${show(p.shape)}`,
    );
  const cols = p.shape[p.rank - 1];
  const drawn = generator.multinomial(
    read(p, "multinomial") as Float32Array,
    numel(p.shape.slice(0, -1)),
    cols,
    samples,
    replacement,
  );
  return integers("multinomial", drawn, [...p.shape.slice(0, -1), samples]);
}
