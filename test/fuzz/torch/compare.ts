/** Compares what a case gives here with what PyTorch gave: test/reference/differential_bounds.py. */
import { MmError, type Tensor, tensor } from "../../../lib/index.js";
import { type Answer, type Case, decoded, type Numbers, type Step } from "./case.js";
import { makeLeaf, runStep, upstream } from "./interpret.js";

export interface Difference {
  kind: "refused here" | "refused there" | "dtype" | "shape" | "numbers" | "leaf" | "gradient";
  operation: string;
  step: Step;
  /** the tensors among the arguments of a step: those of this step */
  operands: readonly Tensor[];
  operandsOf: (step: Step) => readonly Tensor[];
  /** of the steps before */
  results: readonly Tensor[];
  /** for an error its message, else what stands here and there */
  here: string;
  there: string;
}

const isNear = (x: number, y: number, exponent: number): boolean =>
  Object.is(x, y) || exponent === 999 || (exponent !== -999 && Math.abs(x - y) <= 2 ** exponent);

/**
 * The first element that is out of bounds. Of a gradient the sign of 0 is that of a sum in some
 * order, and not compared.
 */
function differing(
  t: Tensor,
  want: Numbers,
  isGradient = false,
): { here: string; there: string } | undefined {
  const ours = t.toTypedArray();
  const theirs = decoded(want.numbers, t.dtype);
  const at = ours.findIndex(
    (x, i) =>
      !isNear(x, theirs[i], want.bounds?.[i] ?? -999) &&
      !(isGradient && x === 0 && theirs[i] === 0),
  );
  if (at < 0) return undefined;
  const shown = (x: number): string => (Object.is(x, -0) ? "-0" : String(x));
  const bound = want.bounds?.[at];
  const apart = bound === undefined || bound === -999 ? "exactly" : `to 2^${bound}`;
  return { here: `${shown(ours[at])} at ${at}`, there: `${shown(theirs[at])} ${apart}` };
}

/**
 * Rounding does not add up over the steps: each starts from PyTorch's numbers. The tape does not
 * see it, and has saved the same memory.
 */
function adopt(t: Tensor, want: Numbers): void {
  const { version } = t.storage;
  t.detach().copy_(tensor(decoded(want.numbers, t.dtype), { shape: t.shape }));
  t.storage.version = version;
}

export function differenceOf(c: Case, answer: Answer): Difference | undefined {
  const leaves = c.leaves.map(makeLeaf);
  const results: Tensor[] = [];
  let last: Step = c.steps[0];
  const operandsOf = (step: Step): Tensor[] => {
    const refs = JSON.stringify(step).matchAll(/\{"([lv])":(\d+)\}/g);
    return [...refs].map(([, k, i]) => (k === "l" ? leaves : results)[Number(i)]);
  };
  const differs = (kind: Difference["kind"], here: string, there: string): Difference => {
    const operands = operandsOf(last);
    return { kind, operation: last[0], step: last, operands, operandsOf, results, here, there };
  };
  for (const [i, step] of c.steps.entries()) {
    last = step;
    const want = answer.steps[i];
    let out: Tensor;
    try {
      out = runStep(step, { leaves, results });
    } catch (error) {
      if (!(error instanceof MmError)) throw error;
      if ("error" in want) return undefined;
      return differs("refused here", error.message, `${want.dtype} [${want.shape}]`);
    }
    if ("error" in want) return differs("refused there", `${out.dtype} [${out.shape}]`, want.error);
    if (out.dtype !== want.dtype) return differs("dtype", out.dtype, want.dtype);
    if (String(out.shape) !== String(want.shape))
      return differs("shape", `[${out.shape}]`, `[${want.shape}]`);
    const wrong = differing(out, want);
    if (wrong !== undefined) return differs("numbers", wrong.here, wrong.there);
    if (want.bounds !== null) adopt(out, want);
    results.push(out);
  }
  for (const [i, numbers] of (answer.leaves ?? []).entries()) {
    const wrong = differing(leaves[i], { numbers, bounds: null });
    if (wrong !== undefined) return differs("leaf", wrong.here, wrong.there);
  }
  return gradientDifference(leaves, results.at(-1) as Tensor, answer, differs);
}

function gradientDifference(
  leaves: readonly Tensor[],
  out: Tensor,
  { gradients }: Answer,
  differs: (kind: "gradient", here: string, there: string) => Difference,
): Difference | undefined {
  if (gradients === undefined) return undefined;
  if (!out.requiresGrad) return differs("gradient", "none", "some");
  if ("error" in gradients) return differs("gradient", "some", gradients.error);
  out.backward(upstream(out));
  for (const [i, want] of gradients.entries()) {
    const { grad } = leaves[i];
    if (grad === null || want === null) {
      if (grad !== want) return differs("gradient", grad ? "some" : "none", want ? "some" : "none");
      continue;
    }
    const wrong = differing(grad, want, true);
    if (wrong !== undefined) return differs("gradient", `${wrong.here} of leaf ${i}`, wrong.there);
  }
  return undefined;
}
