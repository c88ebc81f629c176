/**
 * Where this library and PyTorch differ, and why: all that the comparison may find. Each is hit by a
 * recorded case, so that none outlives its reason.
 */
import type { Tensor } from "../../../lib/index.js";
import type { Case } from "./case.js";
import type { Difference } from "./compare.js";

interface Known {
  /** what differs */
  what: string;
  why: string;
  holds: (d: Difference, c: Case) => boolean;
}

const uses = (c: Case, ...operations: string[]): boolean =>
  c.steps.some(([operation]) => operations.includes(operation));
const hasMask = (d: Difference): boolean => d.operands.some((x) => x.dtype === "bool");
const hasNoFloat = (d: Difference): boolean => d.operands.some((x) => x.dtype !== "float32");
const isRefusedHere = (d: Difference, ...parts: string[]): boolean =>
  d.kind === "refused here" && parts.every((part) => d.here.includes(part));
const isNotFinite = (d: Difference): boolean => /^(NaN|-?Infinity) /.test(d.there);
const isZeroOfAnySign = (text: string): boolean => /^-?0 /.test(text);
/** Whether a number beyond `least` came into one of these operations. */
const wasLarge = (d: Difference, c: Case, least: number, operation: string): boolean =>
  c.steps.some(
    (step) =>
      step[0] === operation &&
      d.operandsOf(step).some((x) => x.toTypedArray().some((y) => Math.abs(y) > least)),
  );
/** Whether a spread was taken over no more elements than its correction. */
const hadNoFreedom = (d: Difference, c: Case): boolean =>
  c.steps.some((step, i) => {
    if (!/^(var|std)$/.test(step[0])) return false;
    const { correction } = Object(step.at(-1)) as { correction?: number };
    return d.operandsOf(step)[0].numel <= (correction ?? 1) * d.results[i].numel;
  });
const isEmpty = (x: Tensor): boolean => x.numel === 0;

const ACCEPTED: readonly Known[] = [
  {
    what: "sub, mean, abs, relu, argmax and pow of masks",
    why: "a mask is read as 1 and 0, as everywhere here; PyTorch has no kernel for some",
    holds: (d) =>
      d.kind === "refused there" &&
      hasMask(d) &&
      /^(sub_?|mean|abs|relu|argmax|pow)$/.test(d.operation) &&
      /bool|dtype/i.test(d.there),
  },
  {
    what: "softmax, logSoftmax and mean of int32",
    why: "the answer is clear, and float32",
    holds: (d) =>
      d.kind === "refused there" &&
      hasNoFloat(d) &&
      /^(softmax|logSoftmax|mean)$/.test(d.operation) &&
      /not implemented for|dtype/.test(d.there),
  },
  {
    what: "softmax and logSoftmax of an empty tensor that is not float32",
    why: "PyTorch returns its dtype where it has nothing to compute, and refuses otherwise",
    holds: (d) => d.kind === "dtype" && /^(softmax|logSoftmax)$/.test(d.operation) && hasNoFloat(d),
  },
  {
    what: "allclose of different dtypes",
    why: "numbers are compared, not their dtypes",
    holds: (d) => d.operation === "allclose" && d.there.includes("did not match"),
  },
  {
    what: "int32 to a negative number",
    why: "float32, where int32 would be 0: PyTorch refuses it",
    holds: (d) => d.operation === "pow" && d.there.includes("negative integer powers"),
  },
  {
    what: "the gradient of a power whose exponent is a mask",
    why: "PyTorch subtracts 1 from the mask, and fails in the backward pass alone",
    holds: (d, c) =>
      d.kind === "gradient" && uses(c, "pow") && d.there.startsWith("Subtraction, the `-`"),
  },
  {
    what: "indexAdd_ into a tensor of shape []",
    why: "it has one element, which index 0 names",
    holds: (d) => d.operation === "indexAdd_" && d.there.includes("tensor has no dimensions"),
  },
  {
    what: "indexPut_ by a mask of shape [] into shape []",
    why: "a mask of the tensor's shape, as of every other shape",
    holds: (d) => d.operation === "indexPut_" && d.there.includes("too many indices for tensor"),
  },
  {
    what: "add_, sub_, mul_ and div_ of a tensor with a part of its own memory",
    why: "the operand is copied first, so that it does not change while it is read",
    holds: (d) =>
      d.operation.endsWith("_") &&
      d.there.startsWith("unsupported operation: some elements of the"),
  },
  {
    what: "view of a result whose memory lies in another order in PyTorch",
    why: "results are row-major here; PyTorch's keep the order of their operands",
    holds: (d) => d.kind === "refused there" && d.operation === "view",
  },
];

const REFUSED: readonly Known[] = [
  {
    what: "numbers that int32 does not hold: int, fill_, copy_, maskedFill",
    why: "PyTorch truncates fractions, and makes anything of NaN and infinity",
    holds: (d) => isRefusedHere(d, "expected a whole number from -2^31 to 2^31 - 1 for int32"),
  },
  {
    what: "sums that int32 does not hold",
    why: "PyTorch's are int64",
    holds: (d) => isRefusedHere(d, "expected sums from -2^31 to 2^31 - 1"),
  },
  {
    what: "fill_ and indexPut_ where elements share memory",
    why: "one number written to several places is a mistake more often than meant",
    holds: (d) => isRefusedHere(d, "share memory"),
  },
  {
    what: "add_, mul_, indexAdd_ and indexPut_ adding to a mask",
    why: "a sum of masks is no mask",
    holds: (d) =>
      isRefusedHere(d, "expected numbers to add to, got a mask") ||
      isRefusedHere(d, "expected a float32 or int32 tensor to change, got bool") ||
      isRefusedHere(d, "expected bool values"),
  },
  {
    what: "matmul of different dtypes where there is nothing to multiply",
    why: "PyTorch refuses it only where it has numbers to multiply",
    holds: (d) => isRefusedHere(d, "matmul: expected float32 operands") && d.operands.some(isEmpty),
  },
  {
    what: "index by a mask of shape []",
    why: "it would add a dimension of 0 or 1; where chooses by one mask",
    holds: (d) => isRefusedHere(d, "expected a mask of at least 1 dimension, got []"),
  },
  {
    what: "an index out of range where the result is empty",
    why: "it is wrong whatever is done with it",
    holds: (d) =>
      isRefusedHere(d, "out of range") && (d.operands.some(isEmpty) || /\b0\b/.test(d.there)),
  },
];

const NUMBERS: readonly Known[] = [
  {
    what: "the sign of 0 where maximum, minimum, max or min choose among 0 and -0",
    why: "they are equal; PyTorch's answer depends on the layout and number of the operands",
    holds: (d) =>
      d.kind === "numbers" &&
      /^(max|min)(imum|Along)?$/.test(d.operation) &&
      isZeroOfAnySign(d.here) &&
      isZeroOfAnySign(d.there),
  },
  {
    what: "0 divided by a number below 3e-39",
    why: "PyTorch multiplies by its reciprocal, which is infinite, and gets NaN",
    holds: (d) =>
      d.kind === "numbers" &&
      d.operation === "div" &&
      d.step[1] === 0 &&
      isZeroOfAnySign(d.here) &&
      d.there.startsWith("NaN"),
  },
  {
    what: "std of numbers below 1e-22",
    why: "their variance is below every float32; PyTorch's is a float64 in between",
    holds: (d, c) =>
      d.kind === "numbers" &&
      d.operation === "std" &&
      isZeroOfAnySign(d.here) &&
      !wasLarge(d, c, 1e-19, "std"),
  },
  {
    what: "gradients of var and std over no more elements than `correction`",
    why: "2 / 0, or over a negative number that the forward pass takes as 0: infinite or NaN here",
    holds: (d, c) => d.kind === "gradient" && hadNoFreedom(d, c),
  },
  {
    what: "the gradient of log10 where 2.3 times the number overflows",
    why: "PyTorch divides by a product; here two quotients follow each other",
    holds: (d, c) =>
      d.kind === "gradient" && wasLarge(d, c, 1e38, "log10") && isZeroOfAnySign(d.there),
  },
  {
    what: "the gradient of gelu's approximation where the cube of a number overflows",
    why: "PyTorch's is infinity times 0, NaN; here it is 1 or 0",
    holds: (d, c) =>
      d.kind === "gradient" && wasLarge(d, c, 1e12, "gelu") && d.there.startsWith("NaN"),
  },
  {
    what: "infinite gradients and weights in layers of one kernel: embeddingLinear, cross-entropies",
    why: "they add before they multiply, so that infinity - infinity and 0 * infinity come elsewhere",
    holds: (d, c) =>
      d.kind === "gradient" &&
      uses(c, "embeddingLinear", "crossEntropy", "linearCrossEntropy") &&
      isNotFinite(d),
  },
];

const KNOWN: readonly Known[] = [...ACCEPTED, ...REFUSED, ...NUMBERS];
export const KNOWN_DIFFERENCES: readonly string[] = KNOWN.map((k) => k.what);

/** What is known to differ so; undefined: nothing explains it. */
export const explained = (d: Difference, c: Case): string | undefined =>
  KNOWN.find((k) => k.holds(d, c))?.what;
