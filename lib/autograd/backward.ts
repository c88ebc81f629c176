/**
 * The backward pass: walks the tape from a result to the leaves, later nodes first, and leaves each
 * leaf its gradient.
 */
import { inWorkspace } from "../backend/workspace.js";
import { checkBoolean, checkOptions } from "../check.js";
import { AutogradError, ShapeError, ValueError } from "../errors.js";
import { constant } from "../tensor/ops/apply.js";
import { add, clone } from "../tensor/ops/elementwise.js";
import { sumTo } from "../tensor/ops/reduce.js";
import { sameShape, type Shape, show } from "../tensor/shape.js";
import {
  isUnchanged,
  type Needs,
  needsOf,
  type Node,
  noGrad,
  type Operation,
  RELEASED,
} from "../tensor/tape.js";
import { checkTensor, sizes, type Tensor } from "../tensor/tensor.js";
import { GradientSums } from "./gradients.js";
import { type Gradients, rules } from "./rules.js";
import { InSlice } from "./scatter.js";

/** Nodes that `root` depends on, each before everything it depends on. */
function reverseTopological(root: Tensor): Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  // Iterative: a long chain of operations must not overflow the stack. A tensor is pushed twice, to
  // be listed after its inputs.
  const stack: { tensor: Tensor; done: boolean }[] = [{ tensor: root, done: false }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { tensor, done } = top;
    if (tensor.node === RELEASED) {
      throw new AutogradError(
        "backward: part of this tape was used and released; pass { retainGraph: true } the " +
          "first time",
      );
    }
    if (done) order.push(tensor);
    else if (tensor.node !== null && !seen.has(tensor)) {
      seen.add(tensor);
      stack.push({ tensor, done: true });
      for (const input of tensor.node.inputs)
        if (input.node !== null && !seen.has(input)) stack.push({ tensor: input, done: false });
    }
  }
  return order.reverse();
}

/** What becomes of the tape. */
export interface BackwardOptions {
  /** keep the tape for another backward pass through the same results */
  retainGraph?: boolean;
}

const BACKWARD = { retainGraph: checkBoolean };

/**
 * Gradients of `root` with respect to every leaf that requires one, added to `leaf.grad`.
 * `gradient` (the shape of `root`) may be left out for a single number. The tape is released unless
 * `retainGraph`.
 * @throws AutogradError without a gradient to follow, on a released tape, where a tensor that it
 *   needs was changed in place, and for several numbers without `gradient`; ShapeError for one of
 *   another shape
 */
export function backward(root: Tensor, gradient?: Tensor, options?: BackwardOptions): void {
  const { retainGraph = false } = checkOptions("backward", options, BACKWARD);
  if (gradient !== undefined) checkTensor("backward: gradient", gradient);
  if (!root.requiresGrad) {
    throw new AutogradError(
      "backward: this tensor does not depend on one that requires a gradient; set " +
        "requiresGrad = true on the parameters first",
    );
  }
  if (gradient === undefined && root.numel !== 1) {
    throw new AutogradError(
      "backward: only a single number has an implicit gradient, this tensor has shape " +
        `${show(root.shape)}; pass one`,
    );
  }
  if (gradient !== undefined && !sameShape(sizes(gradient), sizes(root))) {
    throw new ShapeError(
      "backward",
      [root.shape, gradient.shape],
      `expected a gradient of shape ${show(root.shape)}, got ${show(gradient.shape)}`,
    );
  }
  if (gradient !== undefined && gradient.dtype !== "float32") {
    throw new ValueError(
      `backward: expected a float32 gradient, got ${gradient.dtype}; convert with float()`,
    );
  }
  const gradientOfRoot = gradient ?? constant(sizes(root), 1);
  noGrad(() => inWorkspace(() => walk(root, gradientOfRoot, retainGraph)));
}

const retaining = new WeakSet<Tensor>();
/** Few programs ask for it: a look into the set would cost every node. */
let someRetain = false;

/**
 * Lets a result keep its gradient: `backward()` adds it to `t.grad`, as it does for leaves, which
 * need no such call (Tensor.retain_grad).
 * @throws AutogradError for a tensor that requires none
 */
export function retainGrad(t: Tensor): void {
  if (!checkTensor("retainGrad", t).requiresGrad)
    throw new AutogradError("retainGrad: this tensor does not require a gradient, so it has none");
  if (t.node === null) return;
  someRetain = true;
  retaining.add(t);
}

/** A copy: what is made of `g` may share its memory. */
const retain = (t: Tensor, g: Tensor): void => {
  t.grad = t.grad === null ? clone(g) : add(t.grad, g);
};

function checkUnchanged(node: Node): void {
  if (isUnchanged(node)) return;
  throw new AutogradError(
    `backward: a tensor that the gradient of ${node.operation} needs was changed in place ` +
      "after it was used; clone() it first, or change it after backward()",
  );
}

function walk(root: Tensor, gradientOfRoot: Tensor, retainGraph: boolean): void {
  const order = root.node === null ? [] : reverseTopological(root);
  for (const { node } of order) checkUnchanged(node as Node); // before anything is added
  const sums = new GradientSums();
  sums.add(root, gradientOfRoot, gradientOfRoot);
  for (const tensor of order) {
    const node = tensor.node as Node;
    checkUnchanged(node); // by this pass: it may need a gradient that was added to
    const g = sums.take(tensor);
    if (someRetain && retaining.has(tensor)) retain(tensor, g);
    const needs = needsOf(node);
    const gradients = gradientsOf(node, g, needs, !retainGraph);
    for (let i = 0; i < needs.length; i++)
      if (needs[i]) sums.add(node.inputs[i], unbroadcast(gradients[i], sizes(node.inputs[i])), g);
    sums.used(g);
    if (!retainGraph) tensor.node = RELEASED;
  }
}

function gradientsOf(
  node: Node,
  g: Tensor,
  needs: Needs,
  last: boolean,
): readonly (Tensor | InSlice)[] {
  if (!needs.includes(true)) return [];
  // The table's types tie each rule to what its operation saves; across the whole table TypeScript
  // cannot follow that.
  const rule = rules[node.operation as Operation] as Gradients<unknown>;
  return rule(g, node.saved, needs, last) as readonly (Tensor | InSlice)[];
}

/** The gradient of an input that was broadcast: summed back to the input's shape. */
const unbroadcast = (g: Tensor | InSlice, shape: Shape): Tensor | InSlice =>
  g instanceof InSlice || sameShape(sizes(g), shape) ? g : sumTo(g, shape);
