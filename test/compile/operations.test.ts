/** Operations on masks, positions and constants, recorded and replayed, beside the same as written. */
import { describe, expect, it } from "vitest";
import {
  arange,
  compile,
  crossEntropy,
  full,
  linspace,
  oneHot,
  ones,
  onesLike,
  setBackend,
  type Tensor,
  tensor,
  where,
  zeros,
  zerosLike,
} from "../../lib/index.js";

const STEPS = 7;

/** Inputs that every step changes: floats with ties, positions from both ends. */
interface Inputs {
  x: Tensor;
  w: Tensor;
  ids: Tensor;
  ends: Tensor;
}

const steps: Record<string, (inputs: Inputs) => Tensor> = {
  "comparisons of floats": ({ x, w }) => {
    const [gt, le, eq, ne] = [x.gt(w), x.le(0.5), x.eq(w), x.ne(w)].map((m) => m.float());
    return gt.add(le).add(eq.mul(3)).add(ne).mul(w).sum();
  },
  "comparisons of whole numbers": ({ ids, x }) =>
    x
      .argmax(1)
      .eq(ids)
      .float()
      .mean()
      .add(ids.lt(2).logicalOr(ids.ge(3)).float().sum()),
  where: ({ x, w }) => where(x.gt(0), x.mul(w), w).sum(),
  "where, against zero": ({ x, w }) =>
    where(x.gt(0), w, 0)
      .add(where(x.le(0), 0, w))
      .mul(w)
      .sum(),
  maskedFill: ({ x, w }) => w.maskedFill(x.lt(0), -1e9).softmax(1).mul(x).sum(),
  "logic of masks": ({ x, w }) =>
    x
      .gt(0)
      .logicalNot()
      .logicalXor(w.gt(0).mul(x.lt(1)).add(x.eq(0.25)))
      .float()
      .sum(),
  gather: ({ w, ids }) =>
    w
      .gather(1, ids.view([-1, 1]))
      .mul(2)
      .sum(),
  "index by two tensors": ({ w, ids, ends }) =>
    w.index(arange(4), ids).mul(w.index(ends, ids)).sum(),
  oneHot: ({ w, ids }) => oneHot(ids, 4).float().mul(w).sum(),
  "whole numbers": ({ w, ids }) => w.index(ids.mul(3).sub(ids.add(ids)).neg().neg()).sum(),
  constants: ({ w }) =>
    w
      .mul(full([4], 0.5))
      .add(ones([4, 1]))
      .add(linspace(0, 1, 4))
      .add(arange(4))
      .mul(w)
      .sum(),
  "constants that are changed": ({ w, x }) => {
    const sums = zeros([4, 4]);
    sums.add_(x).mul_(onesLike(x).add_(zerosLike(x)));
    return sums.mul(w).sum();
  },
  "changes by position": ({ x, w, ids, ends }) => {
    const sums = zeros([4, 4]).indexAdd_(0, ids, x, { alpha: 2 }).indexAdd_(1, ids, x);
    sums.indexPut_([ends, ids], x.index(0), { accumulate: true }).indexPut_([x.gt(0.5)], -1);
    return sums.mul(w).sum();
  },
  "changes of other types": ({ w, ids }) =>
    zeros([4, 4])
      .copy_(ids.view([4, 1]))
      .add_(ids.clone().fill_(2).mul_(ids))
      .mul(w)
      .sum(),
  "cross-entropy with all that counts": ({ x, w, ids }) =>
    crossEntropy(w, ids, { ignoreIndex: 1, labelSmoothing: 0.2, weight: x.index(0).exp() }).add(
      crossEntropy(
        w.view([2, 2, 4]),
        ids.sub(ids.gt(1).int().mul(2)).index([0, 2]).view([2, 1]).expand([2, 4]).contiguous(),
      ),
    ),
  "a gradient that is kept": ({ x, w }) => {
    const h = w.mul(x);
    h.retainGrad();
    h.mul(h).sum().backward();
    return (h.grad as Tensor).mul(w).sum();
  },
  "the gradient of max": ({ w }) => w.max().mul(w.maxAlong(0).values.sum()),
};

function made(name: string, isCompiled: boolean): number[] {
  const [x, w] = [zeros([4, 4]), zeros([4, 4])];
  w.requiresGrad = true;
  const [ids, ends] = [zeros([4], "int32"), zeros([4], "int32")];
  let at = 0;
  const prepare = () => {
    at++;
    const some = (k: number) =>
      tensor(
        Array.from({ length: 16 }, (_, i) => ((i * k + at * 5) % 9) / 4 - 1),
        { shape: [4, 4] },
      );
    x.copy_(some(7));
    w.data.copy_(some(4));
    ids.copy_(
      tensor(
        [0, 1, 2, 3].map((i) => (i * at) % 4),
        { dtype: "int32" },
      ),
    );
    ends.copy_(
      tensor(
        [0, 1, 2, 3].map((i) => ((i + at) % 8) - 4),
        { dtype: "int32" },
      ),
    );
  };
  const step = () => {
    const loss = steps[name]({ x, w, ids, ends });
    w.grad = null;
    if (loss.requiresGrad) loss.backward();
    return loss;
  };
  const out: number[] = [];
  const program = compile(step, { inputs: [x, w, ids, ends] });
  for (let i = 0; i < STEPS; i++) {
    if (isCompiled) out.push(...program.run(1, prepare));
    else {
      prepare();
      out.push(step().item());
    }
    out.push(...((w.grad as Tensor | null)?.toTypedArray() ?? []));
  }
  return out;
}

describe.each(["native", "wasm", "reference"] as const)("%s", (backend) => {
  it.each(Object.keys(steps))("%s", (name) => {
    setBackend(backend);
    const eager = made(name, false);
    expect(new Set(eager).size).toBeGreaterThan(3);
    expect(made(name, true)).toEqual(eager);
    setBackend("native");
  });
});
