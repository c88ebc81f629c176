/** What models ask of the tensors they are given. */
import { checkObject, checkWhole, refuse } from "../check.js";
import { AutogradError, IndexError, ShapeError, ValueError } from "../errors.js";
import type { Reduction, Tensor } from "../tensor/index.js";
import { isTooLarge, MOST_ELEMENTS, sameShape, show } from "../tensor/shape.js";
import { checkTensor } from "../tensor/tensor.js";

export const checkVocabularySize = (what: string, value: unknown): number =>
  checkWhole(what, value, 1, MOST_ELEMENTS);

/**
 * The sizes of tensors to be made, each of which must fit one: before the first is made.
 * @throws ShapeError
 */
export function checkSizes(
  what: string,
  shapes: Readonly<Record<string, readonly number[]>>,
): void {
  for (const [name, shape] of Object.entries(shapes)) {
    if (isTooLarge(shape))
      throw new ShapeError(
        what,
        [shape],
        `expected at most ${MOST_ELEMENTS} numbers in ${name}, got ${show(shape)}`,
      );
  }
}

/** @throws ShapeError unless `value` is a matrix with something in it */
export function checkMatrix(what: string, value: Tensor): Tensor {
  checkTensor(what, value);
  if (value.rank !== 2 || value.numel === 0)
    throw new ShapeError(what, [value.shape], `expected a matrix, got ${show(value.shape)}`);
  return value;
}

/** The tensors by name, in a copy. */
export function checkTensors<R extends Readonly<Record<string, Tensor>>>(
  what: string,
  value: R,
): R {
  const tensors = { ...checkObject(what, value) };
  for (const [name, t] of Object.entries(tensors)) checkTensor(`${what}.${name}`, t);
  return Object.freeze(tensors);
}

/**
 * Parameters of these shapes and no others, which require gradients from here on; none of them does
 * if one is wrong.
 */
export function trainable(
  what: string,
  parameters: Readonly<Record<string, Tensor>>,
  shapes: Readonly<Record<string, readonly number[]>>,
): void {
  const got = Object.fromEntries(Object.entries(parameters).map(([name, p]) => [name, p.shape]));
  const names = Object.keys(shapes);
  if (
    Object.keys(got).length !== names.length ||
    !names.every((name) => Object.hasOwn(got, name) && sameShape(got[name], shapes[name]))
  ) {
    const list = (of: typeof shapes) =>
      Object.entries(of)
        .map(([name, shape]) => `${name} ${show(shape)}`)
        .join(", ");
    throw new ShapeError(what, Object.values(got), `expected ${list(shapes)}, got ${list(got)}`);
  }
  for (const [name, p] of Object.entries(parameters)) {
    if (p.dtype !== "float32")
      throw new AutogradError(`${what}: expected float32, ${name} is int32`);
    if (p.node !== null)
      throw new AutogradError(`${what}: expected leaf tensors, ${name} is a result; use detach()`);
  }
  for (const p of Object.values(parameters)) p.requiresGrad = true;
}

export function checkInt32(what: string, tokens: Tensor): Tensor {
  checkTensor(what, tokens);
  if (tokens.dtype !== "int32") throw new ValueError(`${what}: expected int32 tokens, got float32`);
  return tokens;
}

/** int32 [n, blockSize], or wider if `wider` */
export function checkContexts(
  what: string,
  contexts: Tensor,
  blockSize: number,
  wider = false,
): void {
  checkInt32(what, contexts);
  const [, width] = contexts.shape;
  if (contexts.rank === 2 && (width === blockSize || (wider && width > blockSize))) return;
  throw new ShapeError(
    what,
    [contexts.shape],
    `expected [n, ${blockSize}]${wider ? " or wider" : ""}, got ${show(contexts.shape)}`,
  );
}

/** The targets of n contexts: int32 [n]. */
export function checkTargets(what: string, targets: Tensor, n: number): void {
  checkInt32(what, targets);
  if (targets.rank !== 1 || targets.shape[0] !== n)
    throw new ShapeError(
      what,
      [targets.shape],
      `expected [${n}], one for each context, got ${show(targets.shape)}`,
    );
}

/** Undefined, or a factor for each number of the hidden layer. */
export function checkMask(what: string, mask: Tensor | undefined, n: number, hidden: number): void {
  if (mask === undefined) return;
  checkTensor(what, mask);
  if (mask.rank !== 2 || mask.shape[0] !== n || mask.shape[1] !== hidden)
    throw new ShapeError(what, [mask.shape], `expected [${n}, ${hidden}], got ${show(mask.shape)}`);
}

/** Which of a list of ids are looked at, and which examples they are. */
interface Looked {
  /** ids of an example */
  width?: number;
  /** how many of them count, from its end */
  seen?: number;
  /** number of the first example */
  from?: number;
}

/** The last `seen` of each example's `width` ids are tokens. @throws IndexError */
export function checkTokenIds(
  what: string,
  ids: Int32Array | Float32Array,
  V: number,
  looked: Looked = {},
): void {
  const { width = 1, seen = width, from = 0 } = looked;
  for (let end = width, i = from; width > 0 && end <= ids.length; end += width, i++) {
    for (let at = end - seen; at < end; at++) {
      if (!(ids[at] >= 0 && ids[at] < V))
        throw new IndexError(
          what,
          ids[at],
          V,
          `token ${ids[at]} in example ${i} is out of range 0..${V - 1}`,
        );
    }
  }
}

export function checkReduction(what: string, reduction: Reduction): void {
  if (reduction !== "mean" && reduction !== "sum" && reduction !== "none")
    refuse(`${what}: reduction`, "mean, sum or none", reduction);
}
