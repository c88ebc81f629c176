/** A case in the making: what it has so far, and operands that fit. */
import { type DType, MmError, type Tensor } from "../../../lib/index.js";
import type { Draw } from "../draw.js";
import { type Case, type Leaf, type Numeral, type Ref, type Step, written } from "./case.js";
import { makeLeaf, runStep } from "./interpret.js";

const SPECIAL: readonly Numeral[] = [
  "nan",
  "inf",
  "-inf",
  "-0",
  0,
  1,
  -1,
  1e-40,
  -1e-45,
  3e38,
  -3e38,
];

/** How the numbers of a leaf are drawn. */
function valuesOf(d: Draw, dtype: DType): () => Numeral {
  if (dtype === "bool") return () => d.whole(0, 1);
  if (dtype === "int32") {
    const wide = d.chance(0.05);
    return () => (wide ? d.pick([2 ** 31 - 1, -(2 ** 31), 46341, -7, 0]) : d.whole(-4, 4));
  }
  const float = (x: number): Numeral => written(Math.fround(x));
  const halves = (): Numeral => d.whole(-6, 6) / 2; // exact sums, and ties
  const kinds = [
    () => float(d.unit() * 4 - 2),
    () => float(Math.exp(d.unit() * 12 - 6) * (d.chance(0.5) ? 1 : -1)),
    () => d.whole(1, 8) / 4,
    () => (d.chance(0.3) ? d.pick(SPECIAL) : halves()),
  ];
  if (d.chance(0.02)) return () => float((d.unit() - 0.5) * 1e-30);
  return d.pick([halves, halves, halves, ...kinds]);
}

export class World {
  readonly made: Case = { leaves: [], steps: [] };
  readonly leaves: Tensor[] = [];
  readonly results: Tensor[] = [];
  /** whether leaves have gradients: else steps may change tensors */
  readonly hasGradients: boolean;

  constructor(readonly d: Draw) {
    this.hasGradients = d.chance(0.6);
  }

  of(x: Ref): Tensor {
    return "l" in x ? this.leaves[x.l] : this.results[x.v];
  }

  dtype(): DType {
    return this.d.pick(["float32", "float32", "float32", "float32", "int32", "bool"]);
  }

  shape(ranks: readonly number[] = [0, 1, 1, 2, 2, 2, 3, 3, 4]): number[] {
    return this.d.list(this.d.pick(ranks), () => this.size());
  }

  size(): number {
    return this.d.chance(0.02) ? 0 : this.d.pick([1, 2, 2, 3, 3, 4]);
  }

  /** Adds a step; whether it could be made. */
  step(step: Step): boolean {
    this.made.steps.push(step);
    try {
      this.results.push(runStep(step, this));
      return true;
    } catch (error) {
      if (!(error instanceof MmError)) throw error;
      return false;
    }
  }

  leaf(
    dtype: DType,
    shape: readonly number[],
    value?: () => Numeral,
    grad = this.hasGradients && this.d.chance(0.85),
  ): Ref {
    const leaf: Leaf = {
      dtype,
      shape: [...shape],
      values: this.d.list(
        shape.reduce((n, size) => n * size, 1),
        value ?? valuesOf(this.d, dtype),
      ),
      grad: dtype === "float32" && grad,
    };
    this.made.leaves.push(leaf);
    this.leaves.push(makeLeaf(leaf));
    return { l: this.leaves.length - 1 };
  }

  /** A new tensor of this shape: a leaf, or a transposed, sliced or expanded view of one. */
  input(dtype: DType, shape: readonly number[], value?: () => Numeral): Ref {
    const { d } = this;
    const rank = shape.length;
    const kind = d.pick(["plain", "plain", "transposed", "sliced", "selected", "expanded"]);
    const i = d.whole(0, Math.max(0, rank - 1));
    if (kind === "transposed" && rank > 1) {
      const j = d.whole(0, rank - 1);
      const turned = shape.map((n, k) => (k === i ? shape[j] : k === j ? shape[i] : n));
      return this.view(this.leaf(dtype, turned, value), "transpose", i, j);
    }
    if (kind === "sliced" && rank > 0) {
      const [before, step] = [d.whole(0, 2), d.pick([1, 1, 2])];
      const large = shape.map((n, k) => (k === i ? before + n * step : n));
      const leaf = this.leaf(dtype, large, value);
      return this.view(leaf, "slice", i, before, before + shape[i] * step, step);
    }
    if (kind === "selected" && rank < 3) {
      const place = d.whole(0, rank);
      const leaf = this.leaf(dtype, shape.toSpliced(place, 0, 2), value);
      return this.view(leaf, "select", place, d.pick([0, 1, -1]));
    }
    if (kind === "expanded" && shape[i] > 1)
      return this.view(
        this.leaf(
          dtype,
          shape.map((n, k) => (k === i ? 1 : n)),
          value,
        ),
        "expand",
        [...shape],
      );
    return this.leaf(dtype, shape, value);
  }

  view(leaf: Ref, operation: string, ...args: (number | number[])[]): Ref {
    if (!this.step([operation, leaf, ...args])) throw new Error(`no view: ${operation}`);
    return { v: this.results.length - 1 };
  }

  /** Whole numbers from `low` to `high`; now and then one beyond. */
  indices(shape: readonly number[], low: number, high: number): Ref {
    const beyond = this.d.chance(0.02);
    return this.input("int32", shape, () =>
      beyond && this.d.chance(0.3) ? high + 1 : this.d.whole(low, Math.max(low, high)),
    );
  }

  /** A shape that broadcasts with this one; now and then one that does not. */
  fitting(shape: readonly number[]): number[] {
    const { d } = this;
    const fits = shape.slice(d.pick([0, 0, 0, d.whole(0, shape.length)]));
    const ones = fits.map((n) => (d.chance(0.2) ? 1 : n));
    const more = d.chance(0.1) && ones.length < 3 ? [d.whole(1, 2), ...ones] : ones;
    return d.chance(0.02) ? more.map((n) => n + 2) : more;
  }
}

/** The next step, whose first operand is `a` or new. */
export type Maker = (w: World, a: Ref) => Step;

/** A dimension of `a`; now and then one that it lacks. */
export function dimOf(w: World, a: Ref): number {
  const { rank } = w.of(a);
  return w.d.chance(0.02) ? rank + 1 : w.d.whole(-Math.max(rank, 1), Math.max(rank, 1) - 1);
}
