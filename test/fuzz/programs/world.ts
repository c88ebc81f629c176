/**
 * The tensors of a random program, and the random step over them. All that is drawn comes from the
 * program's seed.
 */
import {
  AdamW,
  crossEntropy,
  Generator,
  linearCrossEntropy,
  noGrad,
  type Optimizer,
  randint,
  randn,
  SGD,
  type Tensor,
  tensor,
  zeros,
} from "../../../lib/index.js";
import type { Draw } from "../draw.js";

export const [ROWS, WIDTH, CLASSES, BATCH] = [5, 3, 4, 2];

/** What a program's step and its callers share. */
export interface World {
  readonly parameters: readonly [C: Tensor, W: Tensor, b: Tensor];
  /** a table of tokens: what follows the example of a number */
  readonly Y: Tensor;
  /** inputs: the minibatch, and a factor of the loss */
  readonly ix: Tensor;
  readonly factor: Tensor;
  /** from outside: read by the step, changed by whoever likes to */
  readonly offset: Tensor;
  readonly running: Tensor;
  readonly optimizer: Optimizer;
}

/**
 * @param flawed the last example's target is no class: a step that draws it ends in an IndexError
 *   when it comes to the loss
 */
export function makeWorld(d: Draw, flawed: boolean): World {
  const generator = new Generator(d.whole(0, 1000));
  const parameters = [
    randn([ROWS, WIDTH], { generator }),
    randn([WIDTH, CLASSES], { generator }),
    zeros([CLASSES]),
  ] as const;
  for (const p of parameters) p.requiresGrad = d.chance(0.9);
  const lr = d.pick([0, 0.1, 0.5]);
  const Y = randint(0, CLASSES, [ROWS], { generator });
  if (flawed) Y.slice(0, -1).copy_(tensor([CLASSES], { dtype: "int32" }));
  return {
    parameters,
    Y,
    ix: zeros([BATCH], "int32"),
    factor: tensor([1]),
    offset: randn([CLASSES], { generator }),
    running: zeros([1]),
    optimizer: d.pick([
      () => new SGD(parameters, lr),
      () => new SGD(parameters, { lr, momentum: 0.9 }),
      () => new AdamW(parameters, { lr }),
    ])(),
  };
}

type Part = (world: World, loss: Tensor) => void;

/** What a step may do before its forward pass, or after it: the same at every run. */
const PARTS: readonly ((d: Draw) => Part)[] = [
  () =>
    ({ optimizer }) => {
      optimizer.zeroGrad();
    },
  (d) => {
    const i = d.whole(0, 2);
    return ({ parameters }) => {
      parameters[i].grad = null;
    };
  },
  () => (_, loss) => {
    if (loss.requiresGrad) loss.backward(undefined, { retainGraph: true });
  },
  () =>
    ({ parameters: [, W] }) =>
      noGrad(() => {
        if (W.grad !== null) W.grad = W.grad.mul(0.5);
      }),
  () =>
    ({ running }, loss) =>
      noGrad(() => {
        running.mul_(0.9).add_(loss.detach().view([1]));
      }),
  () =>
    ({ optimizer }) => {
      optimizer.update();
    },
  () =>
    ({ parameters }) =>
      noGrad(() => {
        for (const p of parameters) if (p.grad !== null) p.sub_(p.grad.mul(0.1));
      }),
  () =>
    ({ parameters: [C, W] }) => {
      if (C.grad === null || W.grad === null) return;
      noGrad(() => {
        (W.grad as Tensor).mul_((C.grad as Tensor).mul(C.grad as Tensor).sum());
      });
    },
];

const forward = (d: Draw): ((world: World) => Tensor) => {
  const kind = d.pick(["plain", "tiled", "views", "none"] as const);
  const scaled = d.chance(0.5);
  return ({ parameters: [C, W, b], Y, ix, factor, offset }) => {
    const x = C.index(ix);
    const y = Y.index(ix);
    let loss: Tensor;
    if (kind === "plain") loss = crossEntropy(x.matmul(W).add(b).add(offset).tanh(), y);
    else if (kind === "tiled") loss = linearCrossEntropy(x.tanh(), W, b, y);
    else if (kind === "views")
      loss = W.t()
        .slice(0, 1, 3)
        .matmul(x.t())
        .add(b.slice(0, 1, 3).unsqueeze(1))
        .exp()
        .mean();
    else loss = x.sum();
    return scaled ? loss.mul(factor.select(0, 0)) : loss;
  };
};

/** A step: no choices are left to it when it runs. */
export function makeStep(d: Draw, world: World): () => Tensor {
  const model = forward(d);
  const part = () => d.pick(PARTS)(d);
  const usual: readonly Part[] = [PARTS[0](d), PARTS[2](d), PARTS[5](d)];
  const parts = d.chance(0.6)
    ? [...usual, ...d.list(d.whole(0, 2), part)]
    : d.list(d.whole(0, 4), part);
  const result = d.whole(0, 9);
  const early = d.chance(0.2); // a gradient that is computed before the loss, and set after it
  const swaps = d.chance(0.1);
  return () => {
    const g = early ? noGrad(() => world.offset.mul(world.factor)) : null;
    const loss = model(world);
    const [, W, b] = world.parameters;
    if (g !== null) b.grad = g;
    if (swaps && W.grad !== null) b.grad = W.grad.select(0, 0); // they share memory
    for (const step of parts) step(world, loss);
    if (result === 0) return world.running;
    if (result === 1) return world.parameters[1].detach();
    if (result === 2) return world.parameters[2].grad ?? loss;
    return loss;
  };
}
