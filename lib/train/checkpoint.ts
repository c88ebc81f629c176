/**
 * Everything that a training needs to go on with the same bits, in one file that is replaced as a whole: the parameters, the
 * optimizer's state, the states of the generators that draw minibatches and dropout masks, and the position.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CheckpointError } from "../errors.js";
import type { Generator } from "../random/index.js";
import { sameShape, show } from "../tensor/shape.js";
import { type Tensor, tensor } from "../tensor/index.js";
import { writeFileAtomic } from "./run-folder.js";
import { encodeSafetensors, readSafetensors } from "./safetensors.js";
import type { Trainer } from "./trainer.js";

const checkpointFile = (dir: string): string => join(dir, "state.safetensors");

/** Names beside the parameters' own; the prefix keeps them apart. */
const STEP = "trainer.step";
const GENERATOR = "trainer.generator";
const DROPOUT = "trainer.dropout";
const UPDATES = "optimizer.step";

/** What the optimizer keeps, as `optimizer.exp_avg.C`. */
function optimizerState({ optimizer, options }: Trainer): Record<string, Tensor> {
  const names = Object.keys(options.model.parameters);
  return Object.fromEntries(
    Object.entries(optimizer.state).flatMap(([kind, tensors]) => tensors.map((t, i) => [`optimizer.${kind}.${names[i]}`, t] as const)),
  );
}

const whole = (n: number): Tensor => tensor(n, { dtype: "int32" });

/** The state of a generator as a tensor. */
function stateOf(generator: Generator): Tensor {
  const state = generator.getState();
  return tensor(new Int32Array(state.buffer, state.byteOffset, state.length / 4));
}

export function saveCheckpoint(dir: string, trainer: Trainer): void {
  const { model, generator, dropout } = trainer.options;
  const tensors = {
    ...model.parameters, ...optimizerState(trainer),
    [STEP]: whole(trainer.step), [UPDATES]: whole(trainer.optimizer.steps), [GENERATOR]: stateOf(generator),
    ...(dropout && { [DROPOUT]: stateOf(dropout.generator) }),
  };
  writeFileAtomic(checkpointFile(dir), encodeSafetensors(tensors));
}

/**
 * Puts a fresh trainer where the checkpoint was; without one (the run ended before its first) the trainer stays at its start.
 * @throws CheckpointError when the file does not fit the model
 */
export function restoreCheckpoint(dir: string, trainer: Trainer): void {
  const file = checkpointFile(dir);
  if (!existsSync(file)) return;
  const tensors = readSafetensors(file);
  const { model, generator, dropout } = trainer.options;
  const take = (name: string, like: Tensor): Tensor => {
    const got = tensors[name] as Tensor | undefined;
    if (got === undefined || got.dtype !== like.dtype || !sameShape(got.shape, like.shape)) {
      const what = got === undefined ? "nothing" : `${got.dtype} ${show(got.shape)}`;
      throw new CheckpointError(file, `${name}: expected ${like.dtype} ${show(like.shape)}, got ${what}; the file is damaged or of another run`);
    }
    return got;
  };
  // All is taken before anything is changed: a damaged file leaves the trainer as it was.
  const generators = [[GENERATOR, generator] as const, ...(dropout ? [[DROPOUT, dropout.generator] as const] : [])];
  const states = generators.map(([name, g]) => [g, take(name, stateOf(g)).toTypedArray()] as const);
  const [step, updates] = [STEP, UPDATES].map((name) => take(name, whole(0)).item());
  if (step < 0 || updates < 0) throw new CheckpointError(file, `${step < 0 ? STEP : UPDATES}: expected 0 or more, got ${Math.min(step, updates)}; the file is damaged`);
  const restored = Object.entries({ ...model.parameters, ...optimizerState(trainer) }).map(([name, t]) => [t, take(name, t)] as const);
  for (const [g, words] of states) {
    try {
      g.setState(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
    } catch (error) {
      throw new CheckpointError(file, `a generator's state: ${(error as Error).message}; the file is damaged`);
    }
  }
  for (const [t, saved] of restored) t.data.copy_(saved);
  trainer.step = step;
  trainer.optimizer.steps = updates;
}
