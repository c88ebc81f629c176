/** Runs the steps of a case on this library, one at a time. */
import {
  all,
  allclose,
  any,
  cat,
  crossEntropy,
  embedding,
  embeddingLinear,
  equal,
  linear,
  linearCrossEntropy,
  noGrad,
  oneHot,
  onesLike,
  add,
  div,
  maximum,
  minimum,
  mul,
  pow,
  stack,
  sub,
  type Tensor,
  tensor,
  where,
  zerosLike,
} from "../../../lib/index.js";
import { type Argument, type Leaf, parsed, type Step } from "./case.js";

type Run = (...args: never[]) => unknown;

/** What is no method, or takes other arguments there. */
const FUNCTIONS: Record<string, Run> = {
  // A number may come first.
  ...{ add, sub, mul, div, pow, maximum, minimum, where },
  ...{ cat, stack, zerosLike, onesLike, oneHot },
  ...{ linear, embedding, embeddingLinear, crossEntropy, linearCrossEntropy },
  all: (a: Tensor) => mask(all(a)),
  any: (a: Tensor) => mask(any(a)),
  equal: (a: Tensor, b: Tensor) => mask(equal(a, b)),
  allclose: (a: Tensor, b: Tensor, options?: { equalNan?: boolean }) =>
    mask(allclose(a, b, options)),
  unbind: (a: Tensor, dim: number, k: number) => a.unbind(dim).at(k) ?? a.select(dim, k),
  maxAlong: (a: Tensor, dim: number, options?: object) => a.maxAlong(dim, options).values,
  maxAlongIndices: (a: Tensor, dim: number, options?: object) => a.maxAlong(dim, options).indices,
  minAlong: (a: Tensor, dim: number, options?: object) => a.minAlong(dim, options).values,
  minAlongIndices: (a: Tensor, dim: number, options?: object) => a.minAlong(dim, options).indices,
};

const mask = (x: boolean): Tensor => tensor(Number(x), { dtype: "bool" });

/** What steps refer to. */
export interface Values {
  readonly leaves: readonly Tensor[];
  readonly results: readonly Tensor[];
}

/** null is a value for an index, and elsewhere what is left out. */
function argument(x: Argument, values: Values, ofIndex: boolean): unknown {
  if (x === null) return ofIndex ? null : undefined;
  if (typeof x !== "object") return x;
  if (Array.isArray(x)) return x.map((y) => argument(y, values, ofIndex));
  if ("l" in x) return values.leaves[x.l as number];
  if ("v" in x) return values.results[x.v as number];
  if ("n" in x) return parsed(x.n as string);
  if ("s" in x) return x.s;
  return Object.fromEntries(Object.entries(x).map(([k, y]) => [k, argument(y, values, false)]));
}

export function makeLeaf({ dtype, shape, values, grad }: Leaf): Tensor {
  const leaf = tensor(values.map(parsed), { dtype, shape });
  if (grad) leaf.requiresGrad = true;
  return leaf;
}

/** The result of one step; throws what the library throws. */
export function runStep([operation, ...args]: Step, values: Values): Tensor {
  const decoded = args.map((x) => argument(x, values, operation === "index"));
  const f = FUNCTIONS[operation] as ((...list: unknown[]) => Tensor) | undefined;
  if (f !== undefined) return f(...decoded);
  const [a, ...rest] = decoded as [Record<string, (...list: unknown[]) => Tensor>, ...unknown[]];
  return operation.endsWith("_") ? noGrad(() => a[operation](...rest)) : a[operation](...rest);
}

const PATTERN = [1, -0.5, 2, 0.25, -1.5, 3, -0.75];

/** What the gradients of a case begin with. */
export const upstream = (out: Tensor): Tensor =>
  tensor(
    Array.from({ length: out.numel }, (_, i) => PATTERN[i % PATTERN.length]),
    { shape: out.shape },
  );
