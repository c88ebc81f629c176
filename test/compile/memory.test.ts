/**
 * Temporaries that share memory: never while two of them are needed, and as little of it as that
 * allows.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { compile, Generator, noGrad, randn, type Tensor } from "../../lib/index.js";
import { type Command, allOperands } from "../../lib/backend/plan.js";
import { LECTURE, NetworkStep } from "../../lib/bench/network.js";
import { planMemory } from "../../lib/compile/memory.js";
import { madeBy } from "../../lib/compile/ownership.js";

const SIDE = 5;
type Operation = (x: Tensor, y: Tensor) => Tensor;
/**
 * From square matrices to one more, in every layout: contiguous, transposed, repeated rows, part of
 * something larger.
 */
const OPERATIONS: Record<string, Operation> = {
  add: (x, y) => x.add(y),
  mul: (x, y) => x.mul(y),
  square: (x) => x.mul(x),
  byItsTranspose: (x) => x.sub(x.t()),
  tanh: (x) => x.tanh(),
  neg: (x) => x.neg(),
  matmul: (x, y) => x.matmul(y).tanh(),
  transpose: (x) => x.t(),
  row: (x) => x.slice(0, 1, 2).expand([SIDE, SIDE]),
  part: (x, y) => x.mul(y).add(1).slice(0, 0, SIDE),
  sums: (x) => x.sum(0, { keepdim: true }).add(x),
  inPlace: (x, y) => x.clone().add_(y),
};

it("gives what the step as written gives, for any program", () => {
  const call = fc.tuple(fc.constantFrom(...Object.keys(OPERATIONS)), fc.nat(), fc.nat());
  fc.assert(
    fc.property(fc.array(call, { minLength: 1, maxLength: 25 }), fc.nat(1000), (program, seed) => {
      const generator = new Generator(seed);
      const inputs = [0, 1].map(() => randn([SIDE, SIDE], { generator }));
      const step = () =>
        noGrad(() => {
          const made = [...inputs];
          for (const [name, i, j] of program)
            made.push(OPERATIONS[name](made[i % made.length], made[j % made.length]));
          return (made.at(-1) as Tensor).contiguous().clone();
        });
      const compiled = compile(step, { inputs });
      for (let i = 0; i < 4; i++) {
        for (const x of inputs) x.copy_(randn([SIDE, SIDE], { generator }));
        expect([...compiled.run(1)]).toEqual([...step().toTypedArray()]);
      }
    }),
    { numRuns: 200 },
  );
});

it("gives gradients that are read after a replay, and the tensors that the step changes", () => {
  const make = () => {
    const generator = new Generator(1);
    const [w, x, norm] = [
      randn([SIDE, SIDE], { generator }),
      randn([SIDE, SIDE], { generator }),
      randn([], { generator }),
    ];
    w.requiresGrad = true;
    const step = () => {
      w.grad = null;
      const loss = x.matmul(w).tanh().mul(x).sum();
      loss.backward();
      const grad = w.grad as unknown as Tensor;
      noGrad(() => norm.copy_(grad.mul(grad).sum().sqrt()));
      return loss;
    };
    const state = () => [...(w.grad as unknown as Tensor).toTypedArray(), norm.item()];
    return { x, step, state, prepare: () => void x.copy_(randn([SIDE, SIDE], { generator })) };
  };
  const [a, b] = [make(), make()];
  const compiled = compile(b.step, { inputs: [b.x] });
  for (let i = 0; i < 4; i++) {
    a.prepare();
    a.step();
    compiled.run(1, b.prepare);
    expect(b.state()).toEqual(a.state());
  }
});

function recordings(step: NetworkStep) {
  step.record(); // what the first run makes is not the step's own
  const [first, second] = [step.record(), step.record()];
  return { second, own: madeBy(first, second).temporaries };
}

const storages = (commands: readonly Command[]) =>
  new Set(commands.flatMap(allOperands).map(({ storage }) => storage));

// The hidden layer and its gradient, which are needed together, are 54 % of all.
it("needs two thirds of what the temporaries of a training step take", () => {
  const { second, own } = recordings(new NetworkStep(LECTURE, 256));
  const before = storages(second.commands);
  const placed = [...storages(planMemory(second.commands, own))].filter((s) => !before.has(s));
  expect(placed).toHaveLength(own.size);
  const apart = placed.reduce((words, s) => words + s.length, 0);
  expect(
    Math.max(...placed.map((s) => s.start + s.length)) - Math.min(...placed.map((s) => s.start)),
  ).toBeLessThan(0.67 * apart);
});

it("leaves alone what it was not told to place", () => {
  const { second } = recordings(new NetworkStep(LECTURE, 4));
  expect(planMemory(second.commands, new Set())).toEqual(second.commands);
});
