/** Elementwise operations with broadcasting. A plain number stands for a 0-d float32 tensor. */
import { refuse } from "../../check.js";
import { quote, ValueError } from "../../errors.js";
import { broadcastShapes } from "../shape.js";
import { record, type Save, saveFactors, saveNothing, saveOutput } from "../tape.js";
import { checkTensor, type DType, elements, empty, sizes, Tensor } from "../tensor.js";
import { binary, copyInto, readAs, unary } from "./apply.js";

/** What arithmetic takes: a tensor, or a number that stands for a tensor of shape []. */
export type TensorOrNumber = Tensor | number;

/** A value that int32 holds; PyTorch would wrap or refuse, never round. */
export function checkInteger(operation: string, value: number): number {
  if ((value | 0) !== value)
    throw new ValueError(
      `${operation}: expected a whole number from -2^31 to 2^31 - 1 for int32, got ${quote(value)}`,
    );
  return value;
}

const isOperand = (x: unknown): boolean => typeof x === "number" || x instanceof Tensor;

/** What arithmetic takes. */
export function checkOperands(operation: string, a: TensorOrNumber, b: TensorOrNumber): void {
  if (!isOperand(a) || !isOperand(b))
    refuse(operation, "a tensor or a number", isOperand(a) ? b : a);
}

/** A 0-d tensor holding `value`. */
export function scalar(value: number, dtype: DType = "float32", operation: string = dtype): Tensor {
  if (dtype === "int32") checkInteger(operation, value);
  const out = empty([], dtype);
  const { slab, start } = out.storage;
  (dtype === "float32" ? slab.f32 : slab.i32)[start] =
    dtype === "bool" ? Number(value !== 0) : value;
  return out;
}

export const asFloat = (a: Tensor): Tensor => (a.dtype === "float32" ? a : unary("toFloat", a));
/** float32 copy of an int32 tensor or a mask; a float32 tensor itself. */
export const toFloat = (a: Tensor, operation = "float"): Tensor =>
  asFloat(checkTensor(operation, a));

const typeOf = (x: TensorOrNumber): DType =>
  typeof x !== "number" ? x.dtype : Number.isInteger(x) ? "int32" : "float32";

/** Numbers that int32 is for; those of a mask are 1 and 0. */
export const isInteger = (x: TensorOrNumber): boolean => typeOf(x) !== "float32";

/** The dtype that holds the numbers of all: float32 before int32 before bool. */
export function commonType(...all: readonly TensorOrNumber[]): DType {
  let common: DType = "bool";
  for (const x of all) {
    const own = typeOf(x);
    if (own === "float32") return own;
    if (own === "int32") common = own;
  }
  return common;
}

/** An operand as a tensor of a type that holds its numbers. */
export const asType = (operation: string, x: TensorOrNumber, dtype: DType): Tensor =>
  typeof x === "number" ? scalar(x, dtype, operation) : dtype === "float32" ? asFloat(x) : x;

/** Whole numbers with whole numbers stay whole (except `/`); anything else is float32. */
function arithmetic<K extends "add" | "sub" | "mul" | "div">(
  op: K,
  a: TensorOrNumber,
  b: TensorOrNumber,
  save: Save<K>,
): Tensor {
  checkOperands(op, a, b);
  if (op !== "div" && commonType(a, b) !== "float32") return integerArithmetic(op, op, a, b);
  const x = typeof a === "number" ? scalar(a) : asFloat(a);
  const y = typeof b === "number" ? scalar(b) : asFloat(b);
  return record(op, binary(op, x, y), [x, y], save);
}

export const INTEGER = { add: "intAdd", sub: "intSub", mul: "intMul" } as const;

/** Of int32, which wraps; of masks, where + is "or" and * is "and". */
function integerArithmetic(
  operation: string,
  op: keyof typeof INTEGER,
  a: TensorOrNumber,
  b: TensorOrNumber,
): Tensor {
  const dtype = commonType(a, b);
  if (dtype === "bool" && op === "sub")
    throw new ValueError(`${operation}: expected numbers, got masks; use ne or logicalNot`);
  const kernel = dtype === "int32" ? INTEGER[op] : op === "add" ? "or" : "keep";
  const [x, y] = [a, b].map((t) => asType(operation, t, dtype));
  return binary(kernel, x, y, dtype, operation);
}

/**
 * f of whole numbers, with broadcasting: a plain loop, since it is never in a training step. Of
 * masks int32, unless `dtype` says that f of 1 and 0 is 1 or 0 too.
 */
export function integerBinary(
  operation: string,
  f: (x: number, y: number) => number,
  a: TensorOrNumber,
  b: TensorOrNumber,
  dtype: DType = "int32",
): Tensor {
  const x = typeof a === "number" ? scalar(a, "int32", operation) : a;
  const y = typeof b === "number" ? scalar(b, "int32", operation) : b;
  const out = empty(broadcastShapes(operation, sizes(x), sizes(y)), dtype);
  const [p, q] = [x, y].map((t) => readAs(t, sizes(out), operation));
  elements(out, operation).set(p.map((value, i) => f(value, q[i])));
  return out;
}

/** f of whole numbers, in the dtype of `a`: of 1 and 0 it is 1 or 0 too. */
export function integerUnary(operation: string, f: (x: number) => number, a: Tensor): Tensor {
  const out = empty(sizes(a), a.dtype);
  elements(out, operation).set(readAs(a, sizes(a), operation).map(f));
  return out;
}

/**
 * a + b, elementwise with broadcasting. Whole numbers and int32 stay int32 and wrap, masks stay
 * masks ("or"); all else is float32.
 * @throws ShapeError where shapes do not broadcast
 */
export const add = (a: TensorOrNumber, b: TensorOrNumber): Tensor =>
  arithmetic("add", a, b, saveNothing);
/** a - b, as `add`; of masks: refused. */
export const sub = (a: TensorOrNumber, b: TensorOrNumber): Tensor =>
  arithmetic("sub", a, b, saveNothing);
/** a * b, elementwise (the matrix product is `matmul`), as `add`; of masks: "and". */
export const mul = (a: TensorOrNumber, b: TensorOrNumber): Tensor =>
  arithmetic("mul", a, b, saveFactors);
/**
 * a / b, elementwise with broadcasting, always float32: whole numbers are divided as PyTorch's `/`
 * does.
 * @throws ShapeError where shapes do not broadcast
 */
export const div = (a: TensorOrNumber, b: TensorOrNumber): Tensor =>
  arithmetic("div", a, b, ([x, y], [, toB]) => ({ a: toB ? x : null, b: y }));

/** -a, elementwise; the dtype of `a`. */
export function neg(a: Tensor): Tensor {
  if (checkTensor("neg", a).dtype === "bool")
    throw new ValueError("neg: expected numbers, got a mask; use logicalNot");
  return a.dtype === "int32"
    ? integerArithmetic("neg", "sub", 0, a)
    : record("neg", unary("neg", a), [a]);
}

function withOutput(op: "exp" | "tanh" | "sqrt"): (a: Tensor) => Tensor {
  return (a) => {
    const x = toFloat(a, op);
    const out = unary(op, x);
    return record(op, out, [x], saveOutput);
  };
}

/**
 * e^a, elementwise, float32 (torch.exp). Arithmetic of our own, the same bits everywhere:
 * lib/backend/kernels.ts.
 */
export const exp = withOutput("exp");
/**
 * The hyperbolic tangent, elementwise, float32 (torch.tanh). Arithmetic of our own, the same bits
 * everywhere: lib/backend/kernels.ts.
 */
export const tanh = withOutput("tanh");
/** The square root, elementwise, float32, correctly rounded (torch.sqrt); NaN below 0. */
export const sqrt = withOutput("sqrt");

/** The natural logarithm, elementwise, float32 (torch.log); -Infinity at 0, NaN below. */
export function log(a: Tensor): Tensor {
  const x = toFloat(a, "log");
  return record("log", unary("log", x), [x], ([a]) => ({ a }));
}

/** log(a) / ln(10), elementwise, float32 (torch.log10): within 3 units in the last place. */
export const log10 = (a: Tensor): Tensor => div(log(toFloat(a, "log10")), Math.LN10);

/** g * (1 - y^2): the gradient of tanh from its output. Not differentiable itself. */
export const tanhBackward = (g: Tensor, y: Tensor): Tensor => binary("tanhBackward", g, y);

/** The same values in fresh row-major memory. */
export function clone(a: Tensor): Tensor {
  checkTensor("clone", a);
  const out = empty(sizes(a), a.dtype);
  copyInto(a, out);
  return record("clone", out, [a]);
}

/** `a` itself if it is row-major, else a copy that is. */
export const contiguous = (a: Tensor): Tensor => (a.isContiguous() ? a : clone(a));
