/**
 * linearCrossEntropy is crossEntropy(linear(...)) bit for bit: losses and gradients, whatever is
 * asked for, eager and replayed.
 */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  backend,
  compile,
  crossEntropy,
  Generator,
  IndexError,
  linear,
  linearCrossEntropy,
  noGrad,
  randn,
  type Reduction,
  setBackend,
  setThreads,
  ShapeError,
  type Tensor,
  tensor,
  threads,
  ValueError,
} from "../../lib/index.js";

const ids = (list: number[]): Tensor => tensor(list, { dtype: "int32" });
const bits = (x: Tensor | null): number[] => [
  ...new Int32Array((x as Tensor).contiguous().toTypedArray().slice().buffer),
];

interface Layer {
  rows: number;
  inner: number;
  classes: number;
}
function operands({ rows, inner, classes }: Layer): { leaves: Tensor[]; targets: Tensor } {
  const generator = new Generator(7);
  const leaves = [[rows, inner], [inner, classes], [classes]].map((shape) =>
    randn(shape, { generator }),
  );
  for (const x of leaves) x.requiresGrad = true;
  return { leaves, targets: ids(Array.from({ length: rows }, (_, i) => (i * 7919) % classes)) };
}

/** Loss and gradients of both ways. */
function both(
  layer: Layer,
  reduction: Reduction,
  finish: (losses: Tensor) => Tensor = (x) => x,
): [fused: number[][], apart: number[][]] {
  const ways = [
    ([x, W, b]: Tensor[], y: Tensor) => linearCrossEntropy(x, W, b, y, { reduction }),
    ([x, W, b]: Tensor[], y: Tensor) => crossEntropy(linear(x, W, b), y, { reduction }),
  ];
  return ways.map((way) => {
    const { leaves, targets } = operands(layer);
    const loss = way(leaves, targets);
    finish(loss).backward();
    return [loss, ...leaves.map((x) => x.grad)].map(bits);
  }) as [number[][], number[][]];
}

describe("linearCrossEntropy", () => {
  it.each([
    [1, 1, 1],
    [32, 10, 27],
    [9, 20, 513],
    [300, 7, 1500],
  ])("rows %i, inner %i, classes %i: every reduction", (rows, inner, classes) => {
    const layer = { rows, inner, classes };
    for (const reduction of ["mean", "sum"] as const) {
      const [fused, apart] = both(layer, reduction);
      expect(fused).toEqual(apart);
    }
    const weights = randn([rows], { generator: new Generator(3) });
    const [fused, apart] = both(layer, "none", (losses) => losses.mul(weights).sum());
    expect(fused).toEqual(apart);
  });

  it("gives a weighted mean the same gradients", () => {
    const [fused, apart] = both({ rows: 5, inner: 4, classes: 6 }, "mean", (loss) =>
      loss.mul(0.3).mul(loss),
    );
    expect(fused).toEqual(apart);
  });

  it("can go back twice through the same tape: the second pass has nothing kept to rely on", () => {
    const {
      leaves: [x, W, b],
      targets,
    } = operands({ rows: 40, inner: 30, classes: 600 });
    const loss = linearCrossEntropy(x, W, b, targets);
    loss.backward(undefined, { retainGraph: true });
    const once = [x, W, b].map((p) => bits(p.grad));
    for (const p of [x, W, b]) p.grad = null;
    loss.backward();
    expect([x, W, b].map((p) => bits(p.grad))).toEqual(once);
  });

  it("can go back on another number of threads, or another backend, than it came on", () => {
    const gradients = (
      { rows, inner, classes }: Layer,
      forth: () => void,
      back: () => void,
    ): string[] => {
      const {
        leaves: [x, W, b],
        targets,
      } = operands({ rows, inner, classes });
      forth();
      const loss = linearCrossEntropy(x, W, b, targets);
      back();
      loss.backward();
      return [x, W, b].map((p) =>
        createHash("sha256")
          .update(JSON.stringify(bits(p.grad)))
          .digest("hex"),
      ); // half a million numbers differ slowly
    };
    const [count, name] = [threads(), backend()];
    try {
      const wide = { rows: 150, inner: 140, classes: 4100 }; // eight threads' tiles have 64 rows, one thread's 160
      const [one, eight] = [1, 8].map((n) => () => setThreads(n));
      expect(gradients(wide, eight, one)).toEqual(gradients(wide, one, one));
      const small = { rows: 40, inner: 30, classes: 600 };
      const [native, reference] = (["native", "wasm", "reference"] as const).map(
        (kind) => () => setBackend(kind),
      );
      if (name === "native")
        expect(gradients(small, reference, native)).toEqual(gradients(small, native, native));
    } finally {
      setThreads(count);
      setBackend(name);
    }
  });

  it("gives gradients to those that ask, whichever they are", () => {
    const all = operands({ rows: 6, inner: 4, classes: 5 });
    linearCrossEntropy(all.leaves[0], all.leaves[1], all.leaves[2], all.targets).backward();
    for (let mask = 1; mask < 8; mask++) {
      const { leaves, targets } = operands({ rows: 6, inner: 4, classes: 5 });
      for (const [i, p] of leaves.entries()) p.requiresGrad = ((mask >> i) & 1) === 1;
      linearCrossEntropy(leaves[0], leaves[1], leaves[2], targets).backward();
      for (const [i, p] of leaves.entries()) {
        if ((mask >> i) & 1) expect(bits(p.grad)).toEqual(bits(all.leaves[i].grad));
        else expect(p.grad).toBeNull();
      }
    }
  });

  it("leaves no tape under noGrad", () => {
    const {
      leaves: [x, W, b],
      targets,
    } = operands({ rows: 6, inner: 4, classes: 5 });
    const loss = noGrad(() => linearCrossEntropy(x, W, b, targets));
    expect(loss.requiresGrad).toBe(false);
    expect(bits(loss)).toEqual(bits(linearCrossEntropy(x, W, b, targets)));
  });

  it("is replayed with the same bits, and tells a target out of range there", () => {
    const train = (steps: (step: () => Tensor, y: Tensor) => number[]): number[] => {
      const {
        leaves: [x, W, b],
        targets,
      } = operands({ rows: 20, inner: 12, classes: 700 });
      return steps(() => {
        for (const p of [x, W, b]) p.grad = null;
        const loss = linearCrossEntropy(x, W, b, targets);
        loss.backward();
        noGrad(() => {
          for (const p of [x, W, b]) p.sub_((p.grad as Tensor).mul(0.5));
        });
        return loss;
      }, targets);
    };
    const eager = train((step) => Array.from({ length: 8 }, () => step().item()));
    expect(train((step, y) => [...compile(step, { inputs: [y] }).run(8)])).toEqual(eager);
    const outside = () =>
      train((step, y) => {
        const compiled = compile(step, { inputs: [y] });
        compiled.run(4);
        return [...compiled.run(2, () => y.copy_(ids(new Array<number>(20).fill(700))))];
      });
    expect(outside).toThrow(
      new IndexError("linearCrossEntropy", 700, 700, "target 700 in row 0 is out of range 0..699"),
    );
  });

  it("says what does not fit", () => {
    const {
      leaves: [x, W, b],
      targets,
    } = operands({ rows: 3, inner: 4, classes: 5 });
    expect(() => linearCrossEntropy(x, W.t(), b, targets)).toThrow(ShapeError);
    expect(() => linearCrossEntropy(x, W, x, targets)).toThrow(
      /expected \[n, in\] @ \[in, out\] \+ \[out\]/,
    );
    expect(() => linearCrossEntropy(x, W, b, ids([0, 1]))).toThrow(
      /expected x \[n, in\] with targets \[n\], got \[3, 4\] and \[2\]/,
    );
    expect(() => linearCrossEntropy(x, W, b, b)).toThrow(ValueError);
    expect(() => linearCrossEntropy(x, W, b, ids([0, 5, 1]))).toThrow(
      "linearCrossEntropy: target 5 in row 1 is out of range 0..4",
    );
    expect(() => linearCrossEntropy(x, W, b, targets, { reduction: "max" as "mean" })).toThrow(
      /mean, sum or none/,
    );
  });
});
