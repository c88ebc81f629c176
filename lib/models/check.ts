/** What models ask of the tensors they are given. */
import { checkObject, whole } from "../check.js";
import { checkInt32 } from "../data/examples/batches.js";
import { IndexError, ShapeError } from "../errors.js";
import { checkRole, parameter } from "../nn/parameter.js";
import type { Tensor } from "../tensor/index.js";
import { isTooLarge, MOST_ELEMENTS, sameShape, show } from "../tensor/shape.js";
import { checkTensor } from "../tensor/tensor.js";

/** A check for a size of a network. */
export const size = (least: number) => whole(least, MOST_ELEMENTS);
export const checkVocabularySize = size(1);

/**
 * The sizes of tensors to be made, each of which must fit one: before the first is made.
 * @throws ShapeError
 */
export function checkSizes<R extends Readonly<Record<string, readonly number[]>>>(
  what: string,
  shapes: R,
): R {
  for (const [name, shape] of Object.entries(shapes)) {
    if (isTooLarge(shape))
      throw new ShapeError(
        what,
        [shape],
        `expected at most ${MOST_ELEMENTS} numbers in ${name}, got ${show(shape)}`,
      );
  }
  return shapes;
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
 * Tensors of these shapes and no others, as parameters from here on; none of them is one if one is
 * wrong.
 */
export function learned<K extends string>(
  what: string,
  parameters: Readonly<Record<K, Tensor>>,
  shapes: Readonly<Record<K, readonly number[]>>,
): Readonly<Record<K, Tensor>> {
  const given = checkTensors(what, parameters);
  const got = Object.fromEntries(entriesOf(given).map(([name, p]) => [name, p.shape]));
  const names = Object.keys(shapes) as K[];
  if (
    Object.keys(got).length !== names.length ||
    !names.every((name) => Object.hasOwn(got, name) && sameShape(got[name], shapes[name]))
  ) {
    const list = (of: Readonly<Record<string, readonly number[]>>) =>
      Object.entries(of)
        .map(([name, shape]) => `${name} ${show(shape)}`)
        .join(", ");
    throw new ShapeError(what, Object.values(got), `expected ${list(shapes)}, got ${list(got)}`);
  }
  for (const [name, p] of entriesOf(given)) checkRole(`${what}.${name}`, p, "parameter");
  for (const p of Object.values<Tensor>(given)) parameter(p);
  return given;
}

const entriesOf = (tensors: Readonly<Record<string, Tensor>>): [string, Tensor][] =>
  Object.entries(tensors);

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
