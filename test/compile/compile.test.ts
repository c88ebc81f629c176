/**
 * Replay equals the step as written; what a recording cannot stand for is an error, not a wrong
 * number.
 */
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import {
  backend,
  compile,
  CompileError,
  crossEntropy,
  Generator,
  IndexError,
  MLP,
  noGrad,
  rand,
  randn,
  setBackend,
  SGD,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "../../lib/index.js";

/** A small network on fixed examples: the step, and what changes from one to the next. */
function training(seed: number, batch = 5) {
  const model = MLP.create(
    { vocabularySize: 7, blockSize: 2, embedding: 3, hidden: 11 },
    new Generator(seed),
  );
  const generator = new Generator(seed + 1);
  const X = zeros([40, 2], "int32").random_(0, 7, { generator });
  const Y = zeros([40], "int32").random_(0, 7, { generator });
  const ix = zeros([batch], "int32");
  const optimizer = new SGD(model.parameters(), 0.1);
  const step = (): Tensor => {
    const loss = crossEntropy(model.forward(X.index(ix)), Y.index(ix));
    optimizer.zeroGrad();
    loss.backward();
    optimizer.update();
    return loss;
  };
  const prepare = (i: number): void => {
    ix.random_(0, 40, { generator });
    optimizer.lr = 0.5 / (1 + i);
    optimizer.prepare();
  };
  const state = () =>
    model.parameters().map((p) => [...p.toTypedArray(), ...(p.grad?.toTypedArray() ?? [])]);
  return { model, optimizer, ix, step, prepare, state, inputs: [ix, optimizer.scalars] };
}

const doubled = (x: Tensor) => compile(() => x.mul(2));

describe.each(["native", "wasm", "reference"] as const)("on the %s backend", (name) => {
  const before = backend();
  setBackend(name);
  afterAll(() => setBackend(before));

  it("gives the bits of the step as written: losses, parameters and gradients", () => {
    setBackend(name);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1000 }),
        fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 6 }),
        (seed, calls) => {
          const [a, b] = [training(seed), training(seed)];
          const compiled = compile(b.step, { inputs: b.inputs });
          for (const steps of calls) {
            const expected = Array.from({ length: steps }, (_, i) => {
              a.prepare(i);
              return a.step().item();
            });
            expect([...compiled.run(steps, b.prepare)]).toEqual(expected);
            expect(b.state()).toEqual(a.state());
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it("is noticed by gradients that need a parameter as it was", () => {
    setBackend(name);
    const { model, step, prepare, inputs } = training(3);
    const compiled = compile(step, { inputs });
    compiled.run(5, prepare);
    const [w] = model.parameters();
    const y = w.mul(w).sum();
    compiled.run(1, prepare);
    expect(() => y.backward()).toThrow("changed in place after it was used");
  });

  it("says which index is out of range, with the steps before it done", () => {
    setBackend(name);
    const { step, ix, inputs, state } = training(1);
    const compiled = compile(step, { inputs });
    compiled.run(2);
    const before = state();
    expect(() =>
      compiled.run(1, () => void ix.copy_(tensor([0, 1, 40, 2, 3], { dtype: "int32" }))),
    ).toThrow(
      new IndexError("index", 40, 40, "index 40 is out of range for dimension 0 with size 40"),
    );
    expect(state().map((list) => list.slice(0, 5))).toEqual(before.map((list) => list.slice(0, 5)));
    expect(
      compiled.run(1, () => void ix.copy_(tensor([0, 1, 2, 3, 4], { dtype: "int32" }))),
    ).toHaveLength(1);
  });
});

describe("a compiled step", () => {
  it("returns the numbers of every step, also of a result with several", () => {
    const x = tensor([1, 2]);
    const compiled = compile(() => x.mul(3), { inputs: [x] });
    expect([...compiled.run(4, (i) => void x.copy_(tensor([i, 10 * i])))]).toEqual([
      0, 0, 3, 30, 6, 60, 9, 90,
    ]);
    expect([...compiled.run(0)]).toEqual([]);
  });

  it("changes what the step changes, and reads what others change", () => {
    const total = tensor([0]);
    const x = tensor([1]);
    const compiled = compile(() => noGrad(() => total.add_(x)));
    expect([...compiled.run(5)]).toEqual([1, 2, 3, 4, 5]);
    x.copy_(tensor([10]));
    total.copy_(tensor([0]));
    expect([...compiled.run(2)]).toEqual([10, 20]);
  });

  it("fills the inputs' ring as often as the steps need", () => {
    const x = zeros([100_000]);
    const compiled = compile(() => x.sum(), { inputs: [x] });
    expect([...compiled.run(9, (i) => void x.copy_(zeros([100_000]).add(i)))]).toEqual(
      Array.from({ length: 9 }, (_, i) => i * 100_000),
    );
  });

  it("lets state appear in the first run", () => {
    const x = tensor([2]);
    let buffer: Tensor | undefined;
    const compiled = compile(() =>
      buffer === undefined ? (buffer = x.mul(1)) : noGrad(() => (buffer as Tensor).add_(x)),
    );
    expect([...compiled.run(5)]).toEqual([2, 4, 6, 8, 10]);
  });
});

describe("refuses while recording", () => {
  const x = tensor([1, 2, 3]);
  const refused: [string, () => Tensor, RegExp][] = [
    [
      "reading a number",
      () => x.mul(x.sum().item()),
      /^item: a recorded step cannot read or make numbers/,
    ],
    ["reading an array", () => tensor(x.toTypedArray() as Float32Array), /^toTypedArray: /],
    ["a tensor made from numbers", () => x.add(tensor([1, 2, 3])), /^tensor: /],
    ["random numbers", () => x.add(rand([3])), /^rand: /],
    ["an operation that works in JavaScript", () => x.int().float(), /^int: /],
    ["another compiled step", () => tensor(doubled(x).run()), /^run: /],
  ];
  it.each(refused)("%s", (_, step, message) => {
    const compiled = compile(step);
    expect(() => compiled.run()).toThrow(CompileError);
    expect(() => compiled.run()).toThrow(message);
    expect(x.sum().item()).toBe(6); // recording has ended
  });

  it("a result that is no float32 tensor", () => {
    expect(() => compile(() => 1 as unknown as Tensor).run()).toThrow(
      /expected the step to return a contiguous float32 tensor/,
    );
    expect(() => compile(() => zeros([2], "int32")).run()).toThrow(CompileError);
    expect(() => compile(1 as unknown as () => Tensor)).toThrow(ValueError);
  });

  it("a number of steps that is none", () => {
    expect(() => doubled(x).run(-1)).toThrow(ValueError);
    expect(() => doubled(x).run(1.5)).toThrow(ValueError);
  });
});

describe("notices that a step does not repeat itself", () => {
  const x = tensor([1, 2, 3]);
  const steps: [string, () => () => Tensor, RegExp][] = [
    [
      "a number that changes",
      () => {
        let n = 0;
        return () => x.mul(n++);
      },
      /a number made in JavaScript changed/,
    ],
    [
      "a branch that changes",
      () => {
        let n = 0;
        return () => (n++ % 2 === 0 ? x.mul(2) : x.exp());
      },
      /kernel call 0 was (binary|unary), then/,
    ],
    [
      "a shape that changes",
      () => {
        let n = 0;
        return () => x.slice(0, 0, (n++ % 3) + 1).mul(2);
      },
      /kernel call 0 \(binary\) had shape/,
    ],
    [
      "a length that changes",
      () => {
        let n = 0;
        return () => {
          let y = x;
          for (let i = 0; i <= n; i++) y = y.mul(2);
          n++;
          return y;
        };
      },
      /kernel calls, then/,
    ],
    [
      "a tensor handed on",
      () => {
        let h = x;
        return () => (h = h.mul(2));
      },
      /handed on from one run to the next/,
    ],
    [
      "gradients that add up",
      () => {
        const w = tensor([1, 2, 3]);
        w.requiresGrad = true;
        let n = 0;
        return () => {
          const loss = w.mul(x).sum();
          if (n++ % 2 === 0) w.grad = null;
          loss.backward();
          return loss;
        };
      },
      /the step does not repeat itself/,
    ],
  ];
  it.each(steps)("%s", (_, make, message) => {
    const compiled = compile(make());
    expect(() => compiled.run(5)).toThrow(CompileError);
    expect(() => compile(make()).run(5)).toThrow(message);
  });

  it("but not a number that stays: it is frozen", () => {
    let factor = 2;
    const compiled = compile(() => x.mul(factor));
    expect([...compiled.run(3)].slice(6)).toEqual([2, 4, 6]);
    factor = 100; // as documented: what changes must be an input
    expect([...compiled.run(1)]).toEqual([2, 4, 6]);
  });
});

it("keeps apart the results of two compiled steps", () => {
  const x = randn([4], { generator: new Generator(1) });
  const [a, b] = [doubled(x), doubled(x)];
  expect([...a.run(3)]).toEqual([...b.run(3)]);
});
