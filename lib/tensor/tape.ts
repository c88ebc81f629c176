/**
 * What the forward pass leaves behind for the backward pass: on each result a node with the
 * operation's name, its inputs and what its gradient rule needs. Rules live in
 * lib/autograd/rules.ts, one per name in `Attributes`.
 */
import { look } from "../backend/observe.js";
import { checkFunction, isAsync } from "../check.js";
import { ValueError } from "../errors.js";
import type { Tensor } from "./tensor.js";

/**
 * Every differentiable operation, with what its rule needs beyond the inputs. `out` is the result
 * itself.
 */
export interface Attributes {
  add: undefined;
  sub: undefined;
  mul: undefined;
  div: undefined;
  neg: undefined;
  exp: { out: Tensor };
  log: undefined;
  tanh: { out: Tensor };
  sqrt: { out: Tensor };
  copy: undefined;
  view: undefined;
  permute: { dims: readonly number[] };
  expand: undefined;
  slice: { dim: number; start: number; step: number };
  cat: { dim: number; starts: readonly number[] };
  matmul: undefined;
  linear: undefined;
  sum: { dims: readonly number[] };
  maxAlong: { dim: number; index: Tensor };
  max: { out: Tensor };
  gatherRows: { index: Tensor };
  softmax: { out: Tensor };
  logSoftmax: { out: Tensor };
  crossEntropy: { gradient: Tensor; reduction: Reduction };
  linearCrossEntropy: LinearLoss;
}

/** linearCrossEntropy's memory between its passes. */
export interface LinearLoss {
  /** contiguous */
  readonly operands: readonly [x: Tensor, weight: Tensor, bias: Tensor, targets: Tensor];
  readonly stats: Tensor;
  /** where the gradient of weight will be, if nothing has used it since the forward pass */
  spare: Tensor | null;
  readonly scale: number;
  /** of the backward pass under way, which makes all three at once */
  gradients: Tensor[];
}
/** What becomes of the losses of a batch: their mean, their sum, or each for itself. */
export type Reduction = "mean" | "sum" | "none";
export type Operation = keyof Attributes;

export interface Node<K extends Operation = Operation> {
  readonly operation: K;
  readonly inputs: readonly Tensor[];
  /**
   * which of them required a gradient when it was recorded: what the others hold is not looked
   * after
   */
  readonly required: readonly boolean[];
  readonly attributes: Attributes[K];
  /**
   * the tensors whose numbers its rule reads, and how often those had been changed in place when it
   * was recorded
   */
  readonly reads: readonly Tensor[];
  readonly version: number;
}

/**
 * What a rule reads, by what PyTorch saves: changed in place meanwhile, the gradient would be of
 * another function.
 */
const READ: {
  readonly [K in Operation]?: (
    inputs: readonly Tensor[],
    attributes: Attributes[K],
  ) => readonly Tensor[];
} = {
  mul: factors,
  div: ([a, b]) => (b.requiresGrad ? [a, b] : [b]),
  exp: (_, { out }) => [out],
  log: (inputs) => inputs,
  tanh: (_, { out }) => [out],
  sqrt: (_, { out }) => [out],
  gatherRows: (_, { index }) => [index],
  matmul: factors,
  linear: factors,
  maxAlong: (_, { index }) => [index],
  max: ([a], { out }) => [a, out],
  softmax: (_, { out }) => [out],
  logSoftmax: (_, { out }) => [out],
  linearCrossEntropy: (_, { operands }) => operands,
};

/** Of a product: the gradient of one factor needs the other. */
function factors([a, b]: readonly Tensor[]): readonly Tensor[] {
  if (!b.requiresGrad) return a.requiresGrad ? [b] : [];
  return a.requiresGrad ? [a, b] : [a];
}

const NONE: readonly Tensor[] = [];

function versionOf(tensors: readonly Tensor[]): number {
  let version = 0;
  for (const t of tensors) version += t.storage.version;
  return version;
}

/** Whether what a node's rule reads is what the forward pass left. */
export function isUnchanged({ reads, version }: Node): boolean {
  for (const t of reads) look(t);
  return versionOf(reads) === version;
}

/**
 * Whether the backward pass goes on to input `i`: not to one that was frozen since, nor to one that
 * did not require a gradient then.
 */
export const flowsTo = ({ inputs, required }: Node, i: number): boolean =>
  required[i] && inputs[i].requiresGrad;

/**
 * What a node becomes once the backward pass has used it: a kept loss must not keep its step's
 * activations.
 */
export const RELEASED: Node = {
  operation: "copy",
  inputs: [],
  required: [],
  attributes: undefined,
  reads: NONE,
  version: 0,
};

let enabled = true;

/**
 * Runs `body` without recording and returns its result (torch.no_grad): for updates, evaluation and
 * sampling.
 * @throws ValueError for an async body
 */
export function noGrad<T>(body: () => T): T {
  checkFunction("noGrad", body);
  const before = enabled;
  enabled = false;
  try {
    const result = body();
    if (isAsync(result))
      throw new ValueError(
        "noGrad: expected a function that returns at once, got an async one (recording would be on again after its first await)",
      );
    return result;
  } finally {
    enabled = before;
  }
}

export const gradEnabled = (): boolean => enabled;

/** Attaches a node to `out` if a gradient can flow through it; returns `out`. */
export function record<K extends Operation>(
  operation: K,
  out: Tensor,
  inputs: readonly Tensor[],
  attributes: Attributes[K],
): Tensor {
  if (!enabled) return out;
  const required = inputs.map((x) => x.requiresGrad);
  if (required.includes(true)) {
    const reads = READ[operation]?.(inputs, attributes) ?? NONE;
    out.node = { operation, inputs, required, attributes, reads, version: versionOf(reads) };
  }
  return out;
}
