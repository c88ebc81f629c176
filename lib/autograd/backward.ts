/**
 * The backward pass: walks the tape from a result to the leaves, later nodes first, and leaves each
 * leaf its gradient.
 */
import { kernels } from "../backend/index.js";
import { checkObject } from "../check.js";
import { AutogradError, ShapeError, ValueError } from "../errors.js";
import { sumTo } from "../tensor/ops/reduce.js";
import { sameShape, show } from "../tensor/shape.js";
import { flowsTo, isUnchanged, type Node, noGrad, RELEASED } from "../tensor/tape.js";
import { checkTensor, empty, sizes, type Tensor } from "../tensor/tensor.js";
import { Gradients } from "./gradients.js";
import { rules } from "./rules.js";

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
        "backward: part of this tape was used and released; pass { retainGraph: true } the first time",
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

/**
 * Gradients of `root` with respect to every leaf that requires one, added to `leaf.grad`.
 * `gradient` (the shape of `root`) may be left out for a single number. The tape is released unless
 * `retainGraph`.
 * @throws AutogradError without a gradient to follow, on a released tape, where a tensor that it
 *   needs was changed in place, and for several numbers without `gradient`; ShapeError for one of
 *   another shape
 */
export function backward(root: Tensor, gradient?: Tensor, options: BackwardOptions = {}): void {
  const { retainGraph = false } = checkObject("backward: options", options);
  if (gradient !== undefined) checkTensor("backward: gradient", gradient);
  if (!root.requiresGrad) {
    throw new AutogradError(
      "backward: this tensor does not depend on one that requires a gradient; set requiresGrad = true on the parameters first",
    );
  }
  if (gradient === undefined && root.numel !== 1) {
    throw new AutogradError(
      `backward: only a single number has an implicit gradient, this tensor has shape ${show(root.shape)}; pass one`,
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
  noGrad(() => walk(root, gradient ?? ones(root), retainGraph));
}

function ones(like: Tensor): Tensor {
  const out = empty(sizes(like));
  kernels().fill({ n: out.numel, value: 1, out });
  return out;
}

function checkUnchanged(node: Node): void {
  if (isUnchanged(node)) return;
  throw new AutogradError(
    `backward: a tensor that the gradient of ${node.operation} needs was changed in place after it was used; clone() it first, or change it after backward()`,
  );
}

function walk(root: Tensor, seed: Tensor, retainGraph: boolean): void {
  const order = root.node === null ? [] : reverseTopological(root);
  for (const { node } of order) checkUnchanged(node as Node); // before anything is added
  const gradients = new Gradients();
  gradients.add(root, seed, seed);
  for (const tensor of order) {
    const node = tensor.node as Node;
    checkUnchanged(node); // by this pass: it may need a gradient that was added to
    const g = gradients.take(tensor);
    for (const [i, input] of node.inputs.entries()) {
      if (!flowsTo(node, i)) continue;
      if (
        node.operation === "slice" &&
        gradients.addSlice(input, g, (node as Node<"slice">).attributes)
      )
        continue;
      // The table's types tie each rule to its own node; across the whole table TypeScript cannot
      // follow that.
      const raw = (rules[node.operation] as (g: Tensor, node: Node, i: number) => Tensor)(
        g,
        node,
        i,
      );
      gradients.add(input, sameShape(sizes(raw), sizes(input)) ? raw : sumTo(raw, sizes(input)), g);
    }
    if (!retainGraph) tensor.node = RELEASED;
  }
}
