/**
 * A backward pass uses memory again: its own, and that of gradients that nobody has seen. Whatever
 * somebody may still hold keeps its numbers.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import {
  compile,
  full,
  Generator,
  GradientClip,
  Optimizer,
  randn,
  SGD,
  setBackend,
  type Tensor,
  tensor,
  zeros,
} from "../../lib/index.js";
import { borrowGrad } from "../../lib/tensor/tensor.js";

const SHAPE = [12, 12];
const numbers = (t: Tensor): number[] => [...t.toTypedArray()];
const gradOf = (t: Tensor): number[] => numbers(t.grad as unknown as Tensor);
const all = (value: number): number[] => new Array<number>(144).fill(value);

function parameter(value = 1): Tensor {
  const p = full(SHAPE, value);
  p.requiresGrad = true;
  return p;
}

/** Where the gradient lies, found without showing it to anybody. */
function placeOf(p: Tensor): string {
  const { storage } = borrowGrad(p) as Tensor;
  if (!slabs.has(storage.slab)) slabs.set(storage.slab, slabs.size);
  return `${String(slabs.get(storage.slab))}:${storage.start}`;
}
const slabs = new Map<object, number>();

/** Passes that write over all memory of gradients of this size that is free. */
function overwrite(): void {
  const p = parameter(7);
  for (let i = 0; i < 3; i++) {
    p.mul(p).mul(-55).add(p).sum().backward();
    p.grad = null;
  }
  const several = Array.from({ length: 12 }, () => parameter(9));
  const sum = several.reduce((a, b) => a.add(b.mul(-77)));
  sum.sum().backward();
}

afterAll(() => setBackend("native"));

describe.each(["native", "wasm", "reference"] as const)("memory of gradients on %s", (backend) => {
  beforeEach(() => setBackend(backend));

  it("is used again where nobody has seen them", () => {
    const p = parameter();
    const places = new Set<string>();
    for (let i = 0; i < 20; i++) {
      p.mul(3).tanh().mul(2).sum().backward();
      places.add(placeOf(p));
      p.grad = null;
    }
    expect(places.size).toBeLessThan(4);
  });

  it("is used again by an optimizer's steps, clipped or not", () => {
    for (const isClipped of [false, true]) {
      const p = parameter();
      const optimizer = new SGD([p], 0.01);
      const clip = new GradientClip([p], 1);
      const places = new Set<string>();
      for (let i = 0; i < 20; i++) {
        optimizer.zeroGrad();
        p.mul(3).tanh().sum().backward();
        if (isClipped) clip.apply();
        optimizer.step();
        places.add(placeOf(p));
      }
      expect(places.size).toBeLessThan(4);
    }
  });

  it("is the reader's once .grad was read", () => {
    const p = parameter();
    p.mul(3).sum().backward();
    const kept = p.grad as Tensor;
    p.grad = null;
    overwrite();
    expect(numbers(kept)).toEqual(all(3));
  });

  it("is the reader's where only a view or the memory was kept", () => {
    const p = parameter();
    p.mul(3).sum().backward();
    const view = p.grad?.t().detach() as Tensor;
    const window = p.grad?.memory as Float32Array;
    p.grad = null;
    overwrite();
    expect(numbers(view)).toEqual(all(3));
    expect([...window]).toEqual(all(3));
  });

  it("is the reader's in later passes that add to it", () => {
    const p = parameter();
    p.mul(3).sum().backward();
    const kept = p.grad as Tensor;
    p.mul(4).sum().backward();
    p.grad = null;
    overwrite();
    expect(numbers(kept)).toEqual(all(7));
  });

  it("is apart for leaves that share a gradient", () => {
    const [p, q, r] = [parameter(), parameter(), parameter()];
    p.add(q)
      .add(r.view([144]).view(SHAPE))
      .mul(3)
      .sum()
      .backward();
    p.grad = null;
    overwrite();
    r.grad = null;
    overwrite();
    expect(gradOf(q)).toEqual(all(3));
  });

  it("is not given back twice", () => {
    const [p, q, r] = [parameter(), parameter(), parameter()];
    p.mul(3).sum().backward();
    p.grad = null;
    p.grad = null;
    // Two at once: were one memory free twice, both would be in it.
    q.mul(4).add(r.mul(5)).sum().backward();
    expect(gradOf(q)).toEqual(all(4));
    expect(gradOf(r)).toEqual(all(5));
  });

  it("is of both where a caller gives it to another leaf", () => {
    const [p, q] = [parameter(), parameter()];
    p.mul(3).sum().backward();
    q.grad = p.grad;
    p.grad = null;
    overwrite();
    expect(gradOf(q)).toEqual(all(3));
    q.grad = null;
  });

  it("is the caller's where the caller made it", () => {
    const p = parameter();
    const [seed, own] = [full(SHAPE, 2), full(SHAPE, 5)];
    p.mul(3).backward(seed);
    p.backward(seed);
    p.grad = null;
    p.grad = own;
    p.grad = null;
    overwrite();
    expect(numbers(seed)).toEqual(all(2));
    expect(numbers(own)).toEqual(all(5));
  });

  it("is the result's that retains its gradient", () => {
    const p = parameter();
    const y = p.mul(3);
    y.retainGrad();
    y.mul(2).sum().backward();
    p.grad = null;
    overwrite();
    expect(gradOf(y)).toEqual(all(2));
  });

  it("is not what an expression holds for another pass", () => {
    const p = parameter(0.5);
    const y = p.tanh();
    const loss = y.mul(y).sum();
    loss.backward(undefined, { retainGraph: true });
    const once = gradOf(p);
    p.grad = null;
    overwrite();
    loss.backward();
    expect(gradOf(p)).toEqual(once);
    expect(numbers(y)).toEqual(numbers(tensor(all(0.5)).tanh()));
  });

  it("is right where a tensor comes several times in an expression", () => {
    for (let i = 0; i < 3; i++) {
      const p = parameter(2);
      const y = p.mul(p); // 4
      y.add(y).add(y.t().t()).mul(p).add(p).add(p).sum().backward(); // 3 p^3 + 2 p
      expect(gradOf(p)).toEqual(all(38));
      p.grad = null;
    }
  });

  it("adds up over passes that nobody looks at", () => {
    const p = parameter();
    for (let i = 0; i < 5; i++) {
      p.mul(3).tanh().sum().backward();
      overwrite();
    }
    const q = parameter();
    q.mul(3).tanh().sum().backward();
    const once = gradOf(q);
    expect(gradOf(p)[7]).toBeCloseTo(5 * once[7], 5);
  });

  it("is an optimizer's that keeps what it is given", () => {
    class Keeping extends Optimizer {
      readonly state = {};
      readonly seen: Tensor[] = [];
      constructor(p: Tensor) {
        super([p], 0.1, 1);
      }
      protected numbers(): readonly number[] {
        return [this.lr];
      }
      protected move(_: number, __: Tensor, grad: Tensor): void {
        this.seen.push(grad);
      }
    }
    const p = parameter();
    const optimizer = new Keeping(p);
    p.mul(3).sum().backward();
    optimizer.step();
    optimizer.zeroGrad();
    overwrite();
    expect(numbers(optimizer.seen[0])).toEqual(all(3));
  });

  it("is an optimizer's that keeps what it passes on to SGD", () => {
    const seen: Tensor[] = [];
    class Watching extends SGD {
      protected override move(index: number, p: Tensor, grad: Tensor, scalars: Tensor): void {
        seen.push(grad);
        super.move(index, p, grad, scalars);
      }
    }
    const p = parameter();
    const optimizer = new Watching([p], 0.1);
    p.mul(3).sum().backward();
    optimizer.step();
    optimizer.zeroGrad();
    overwrite();
    expect(numbers(seen[0])).toEqual(all(3));
  });

  it("leaves what a pass did before it failed", () => {
    const [p, q, r] = [parameter(), parameter(), parameter()];
    p.mul(3).sum().backward();
    const kept = p.grad as Tensor;
    // The pass adds to the gradient of p, which the gradient of q needs as it was.
    const loss = r.mul(5).add(p.mul(2)).add(q.mul(kept)).sum();
    expect(() => loss.backward()).toThrow(/changed in place/);
    overwrite();
    expect(numbers(kept)).toEqual(all(5));
    expect(q.grad).toBeNull();
    expect(gradOf(r)).toEqual(all(5));
    expect(numbers(zeros(SHAPE))).toEqual(all(0)); // no longer a workspace's
  });

  it("never shows in new tensors", () => {
    overwrite();
    for (let i = 0; i < 50; i++) expect(numbers(zeros(SHAPE))).toEqual(all(0));
  });

  it("is the plan's in a recorded step, and the reader's after it", () => {
    const make = () => {
      const p = randn(SHAPE, { generator: new Generator(3) });
      p.requiresGrad = true;
      return { p, optimizer: new SGD([p], 0.1) };
    };
    const step = ({ p, optimizer }: ReturnType<typeof make>): Tensor => {
      const loss = p.mul(3).tanh().sum();
      optimizer.zeroGrad();
      loss.backward();
      optimizer.update();
      return loss;
    };
    const [eager, recorded] = [make(), make()];
    const kept: [Tensor, number[]][] = [];
    const compiled = compile(() => step(recorded), { inputs: [recorded.optimizer.scalars] });
    for (let i = 0; i < 8; i++) {
      eager.optimizer.prepare();
      step(eager);
      if (i % 3 === 0) {
        // A step as written in between, whose gradient the next recording finds.
        recorded.optimizer.prepare();
        step(recorded);
      } else compiled.run(1, () => recorded.optimizer.prepare());
      if (i % 2 === 0) kept.push([recorded.p.grad as Tensor, numbers(eager.p.grad as Tensor)]);
      overwrite();
      expect(numbers(recorded.p)).toEqual(numbers(eager.p));
    }
    for (const [grad, expected] of kept) expect(numbers(grad)).toEqual(expected);
  });

  it("is the plan's for numbers of a pass that no kernel makes", () => {
    // The gradient of a maximum along a dimension counts the elements.
    const step = (p: Tensor): Tensor => {
      p.grad = null;
      const { values } = p.mul(2).view([144, 1]).expand([144, 2]).maxAlong(1);
      values.mul(values.exp()).sum().backward();
      p.data.sub_((p.grad as unknown as Tensor).mul(0.01));
      return p.sum();
    };
    const [eager, recorded] = [parameter(0.1), parameter(0.1)];
    const compiled = compile(() => step(recorded));
    for (let i = 0; i < 6; i++) {
      compiled.run(1);
      step(eager);
      overwrite();
      expect(numbers(recorded)).toEqual(numbers(eager));
    }
  });

  it("goes back to a gradient from before a replay that fails", () => {
    const p = parameter();
    const table = parameter(2);
    const ids = zeros([12], "int32");
    const compiled = compile(
      () => {
        p.grad = null;
        p.mul(3).sum().backward();
        return table.detach().index(ids).sum();
      },
      { inputs: [ids] },
    );
    compiled.run(4);
    p.grad = null;
    p.mul(9).sum().backward(); // unseen
    expect(() =>
      compiled.run(2, (i) => {
        if (i === 0) ids.fill_(0);
        else ids.fill_(99);
        overwrite();
      }),
    ).toThrow(/out of range/);
    overwrite();
    expect(gradOf(p)).toEqual(all(3));
  });
});

it("keeps a bounded amount of memory", () => {
  setBackend("native");
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const used = (): number => {
    for (let i = 0; i < 3; i++) collect();
    return process.memoryUsage().arrayBuffers;
  };
  const before = used();
  // 120 sizes, a megabyte each, and one that is too large to keep.
  for (let i = 0; i < 120; i++) {
    const p = zeros([262144 + 64 * i]);
    p.requiresGrad = true;
    p.mul(2).sum().backward();
    p.grad = null;
  }
  const large = zeros([2 ** 24]);
  large.requiresGrad = true;
  large.mul(2).sum().backward();
  large.grad = null;
  large.requiresGrad = false;
  expect(used() - before - 4 * 2 ** 24).toBeLessThan(40e6);
});
