/**
 * What the forward pass leaves behind for the backward pass: on each result a node with the
 * operation's name, its inputs and what it saved for its gradients, which are all that its rule in
 * lib/autograd/rules.ts is given.
 */
import { look } from "../backend/observe.js";
import { checkFunction, isAsync } from "../check.js";
import { ValueError } from "../errors.js";
import { Tensor } from "./tensor.js";

/**
 * What each differentiable operation saves: a line per rule, which lib/autograd/rules.ts adds. null
 * where the gradient of the result is enough.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- the rules fill it
export interface Saves {}
export type Operation = keyof Saves;

/** Of which inputs the gradient is asked for. */
export type Needs = readonly boolean[];

/**
 * What an operation saves, given its inputs and its result; tensors that no gradient needs: null.
 */
export type Save<K extends Operation> = (
  inputs: readonly Tensor[],
  needs: Needs,
  out: Tensor,
) => Saves[K];

/** What becomes of the losses of a batch: their mean, their sum, or each for itself. */
export type Reduction = "mean" | "sum" | "none";

export const saveNothing = (): null => null;

/** Both factors of a product: the gradient of one is made of the other. */
export interface Factors {
  readonly a: Tensor | null;
  readonly b: Tensor | null;
}
export const saveFactors = ([a, b]: readonly Tensor[], [toA, toB]: Needs): Factors => ({
  a: toB ? a : null,
  b: toA ? b : null,
});

/** The result: the gradient of exp, tanh and the like is made of it. */
export interface Output {
  readonly out: Tensor;
}
export const saveOutput = (_: readonly Tensor[], __: Needs, out: Tensor): Output => ({ out });

/** Not typed by `Saves`: the type of Tensor would then depend on rules.ts, which imports Tensor. */
export interface Node {
  /** an `Operation` */
  readonly operation: string;
  readonly inputs: readonly Tensor[];
  /**
   * which of them required a gradient when it was recorded: nothing was saved for the gradients of
   * the others
   */
  readonly required: Needs;
  readonly saved: object | null;
  /** how often the saved tensors had been changed in place when it was recorded */
  readonly version: number;
}

/**
 * The sum of the saved tensors' versions: since versions only grow, it changes if one does. Called
 * for every operation of a step, so it makes no list.
 */
function versionOf(saved: object | null, before?: (t: Tensor) => void): number {
  let version = 0;
  for (const key in saved) {
    const x: unknown = saved[key as keyof typeof saved];
    if (!(x instanceof Tensor)) continue;
    before?.(x);
    version += x.storage.version;
  }
  return version;
}

/** Whether what a node saved is what the forward pass left: else the gradient is another one. */
export const isUnchanged = ({ saved, version }: Node): boolean =>
  versionOf(saved, look) === version;

/**
 * To which inputs the backward pass goes on: not to one that was frozen since, nor to one that did
 * not require a gradient then.
 */
export const needsOf = ({ inputs, required }: Node): Needs =>
  inputs.map((x, i) => required[i] && x.requiresGrad);

/**
 * What a node becomes once the backward pass has used it: a kept loss must not keep its step's
 * activations.
 */
export const RELEASED: Node = {
  operation: "released",
  inputs: [],
  required: [],
  saved: null,
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
        "noGrad: expected a function that returns at once, got an async one (recording would " +
          "be on again after its first await)",
      );
    return result;
  } finally {
    enabled = before;
  }
}

export const gradEnabled = (): boolean => enabled;

type WithoutSaves = { [K in Operation]: null extends Saves[K] ? K : never }[Operation];

/**
 * Attaches a node to `out` if a gradient can flow through it; returns `out`. Types ask for `save`
 * wherever the operation's rule needs something.
 */
export function record(operation: WithoutSaves, out: Tensor, inputs: readonly Tensor[]): Tensor;
export function record<K extends Operation>(
  operation: K,
  out: Tensor,
  inputs: readonly Tensor[],
  save: Save<K>,
): Tensor;
export function record<K extends Operation>(
  operation: K,
  out: Tensor,
  inputs: readonly Tensor[],
  save?: Save<K>,
): Tensor {
  if (!enabled) return out;
  const required = inputs.map((x) => x.requiresGrad);
  if (required.includes(true)) {
    const saved: object | null = save === undefined ? null : save(inputs, required, out);
    out.node = { operation, inputs, required, saved, version: versionOf(saved) };
  }
  return out;
}
