/**
 * Everything that a training needs to go on with the same bits, as tensors by name: the parameters,
 * the optimizer's state, the states of the generators that draw minibatches and dropout masks, and
 * the position.
 */
import { checkObject } from "../check.js";
import { quote } from "../errors.js";
import { dropoutsOf } from "../nn/layers/dropout.js";
import { Generator } from "../random/index.js";
import { sameShape, show } from "../tensor/shape.js";
import { Tensor, tensor } from "../tensor/index.js";
import type { Trainer } from "./trainer.js";

/** Names beside the parameters' own; the prefix keeps them apart. */
const STEP = "trainer.step";
const GENERATOR = "trainer.generator";
const DROPOUT = "trainer.dropout";
const UPDATES = "optimizer.step";

/** A training, as tensors by name: those of the model have its names. */
export type TrainerState = Readonly<Record<string, Tensor>>;

/**
 * What a step changes in place: the parameters, and what the optimizer keeps, as
 * `optimizer.exp_avg.C`.
 */
export function updatedTensors({ optimizer, options }: Trainer): Record<string, Tensor> {
  const names = new Map(
    Object.entries(options.model.namedParameters()).map(([name, p]) => [p, name]),
  );
  // An optimizer may move some of the parameters only, in another order, or others beside them.
  const nameOf = (i: number) => names.get(optimizer.parameters[i]) ?? i;
  const kept = Object.entries(optimizer.state).flatMap(([kind, tensors]) =>
    tensors.map((t, i) => [`optimizer.${kind}.${nameOf(i)}`, t] as const),
  );
  return { ...options.model.stateDict(), ...Object.fromEntries(kept) };
}

const whole = (n: number): Tensor => tensor(n, { dtype: "int32" });

/** The state of a generator as a tensor: int32, four of its bytes each. */
function generatorState(generator: Generator): Tensor {
  const state = generator.getState();
  return tensor(new Int32Array(state.buffer, state.byteOffset, state.length / 4));
}

/** Those of dropout layers each once, since layers may share one. */
function generatorsOf({ options: { generator, model } }: Trainer): Record<string, Generator> {
  const masks = new Set(dropoutsOf(model).map((dropout) => dropout.generator));
  return {
    [GENERATOR]: generator,
    ...Object.fromEntries([...masks].map((g, i) => [i === 0 ? DROPOUT : `${DROPOUT}.${i}`, g])),
  };
}

/** The state as it is; the parameters and the optimizer's are the trainer's own memory. */
export function trainerState(trainer: Trainer): TrainerState {
  const generators = Object.entries(generatorsOf(trainer)).map(
    ([name, g]) => [name, generatorState(g)] as const,
  );
  return {
    ...updatedTensors(trainer),
    [STEP]: whole(trainer.step),
    [UPDATES]: whole(trainer.optimizer.steps),
    ...Object.fromEntries(generators),
  };
}

/**
 * Puts a trainer where `state` was taken.
 * @throws what `wrong` makes of a message, before anything is changed, when it does not fit
 */
export function restoreState(
  trainer: Trainer,
  state: TrainerState,
  wrong: (message: string) => Error,
): void {
  const given: Readonly<Record<string, unknown>> = { ...checkObject("Trainer.restore", state) };
  const take = (name: string, like: Tensor): Tensor => {
    const got: unknown = given[name];
    const fits =
      got instanceof Tensor && got.dtype === like.dtype && sameShape(got.shape, like.shape);
    if (fits) return got;
    const came =
      got instanceof Tensor
        ? `${got.dtype} ${show(got.shape)}`
        : got === undefined
          ? "nothing"
          : quote(got);
    throw wrong(`${name}: expected ${like.dtype} ${show(like.shape)}, got ${came}`);
  };
  const generators = Object.entries(generatorsOf(trainer)).map(
    ([name, g]) => [g, take(name, generatorState(g)).toTypedArray()] as const,
  );
  const [step, updates] = [STEP, UPDATES].map((name) => take(name, whole(0)).item());
  if (step < 0 || updates < 0)
    throw wrong(`${step < 0 ? STEP : UPDATES}: expected 0 or more, got ${Math.min(step, updates)}`);
  const restored = Object.entries(updatedTensors(trainer)).map(
    ([name, t]) => [t, take(name, t)] as const,
  );
  const states = generators.map(([g, words]) => {
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    try {
      new Generator().setState(bytes);
    } catch (error) {
      throw wrong(`a generator's state: ${(error as Error).message}`);
    }
    return [g, bytes] as const;
  });
  for (const [g, bytes] of states) g.setState(bytes);
  for (const [t, saved] of restored) t.data.copy_(saved);
  trainer.step = step;
  trainer.optimizer.steps = updates;
}
