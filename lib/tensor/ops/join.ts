/** Joins tensors, in new memory. */
import { listOf } from "../../check.js";
import { ShapeError, ValueError } from "../../errors.js";
import { sameShape, show, wrapDim } from "../shape.js";
import { record } from "../tape.js";
import { checkTensor, empty, sizes, stridesOf, type Tensor } from "../tensor.js";
import { copyInto } from "./apply.js";
import { asType, commonType } from "./elementwise.js";
import { alias, unsqueeze } from "./views.js";

const tensorsOf = listOf<Tensor>(checkTensor);

function several(operation: string, tensors: readonly Tensor[]): readonly Tensor[] {
  const list = tensorsOf(`${operation}: tensors`, tensors);
  if (list.length === 0) throw new ValueError(`${operation}: expected at least one tensor`);
  return list;
}

/**
 * Joins tensors along an existing dimension, in new memory (torch.cat).
 * @throws ShapeError where other dimensions differ, and for tensors of shape []; ValueError for
 *   none
 */
export const cat = (tensors: readonly Tensor[], dim = 0): Tensor =>
  joined("cat", several("cat", tensors), dim);

function joined(operation: string, list: readonly Tensor[], dim: number): Tensor {
  const scalar = list.findIndex((x) => x.rank === 0);
  if (scalar >= 0) {
    throw new ShapeError(
      operation,
      list.map((x) => x.shape),
      `expected tensors of at least 1 dimension, got [] at position ${scalar}; use stack`,
    );
  }
  const d = wrapDim(operation, dim, list[0].rank);
  const dtype = commonType(...list);
  const parts = list.map((x) => asType(operation, x, dtype));
  const shape = [...sizes(parts[0])];
  for (const [k, p] of parts.slice(1).entries()) {
    if (p.rank !== shape.length || sizes(p).some((size, i) => i !== d && size !== shape[i])) {
      throw new ShapeError(
        operation,
        parts.map((x) => sizes(x)),
        `shapes must agree except in dimension ${d}: tensor 0 is ${show(parts[0].shape)}, ` +
          `tensor ${k + 1} is ${show(p.shape)}`,
      );
    }
    shape[d] += sizes(p)[d];
  }
  const out = empty(shape, dtype, operation);
  const starts: number[] = [];
  let at = 0;
  for (const p of parts) {
    copyInto(p, alias(out, sizes(p), stridesOf(out), at * stridesOf(out)[d]));
    starts.push(at);
    at += sizes(p)[d];
  }
  return record("cat", out, parts, () => ({ dim: d, starts }));
}

/**
 * Joins equally shaped tensors along a new dimension, in new memory (torch.stack).
 * @throws ShapeError where shapes differ
 */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
  const list = several("stack", tensors);
  const k = list.findIndex((x) => !sameShape(sizes(x), sizes(list[0])));
  if (k >= 0) {
    const what =
      `shapes must be equal: tensor 0 is ${show(list[0].shape)}, tensor ${k} is ` +
      `${show(list[k].shape)}`;
    throw new ShapeError(
      "stack",
      list.map((x) => x.shape),
      what,
    );
  }
  const d = wrapDim("stack", dim, list[0].rank + 1);
  return joined(
    "stack",
    list.map((x) => unsqueeze(x, d)),
    d,
  );
}
