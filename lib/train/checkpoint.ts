/**
 * Everything that a training needs to go on with the same bits, in one file that is replaced as a whole: the parameters, the
 * state of the generator that draws minibatches, and the position.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CheckpointError } from "../errors.js";
import { sameShape, show } from "../tensor/shape.js";
import { type Tensor, tensor } from "../tensor/index.js";
import { writeFileAtomic } from "./run-folder.js";
import { encodeSafetensors, readSafetensors } from "./safetensors.js";
import type { Trainer } from "./trainer.js";

const checkpointFile = (dir: string): string => join(dir, "state.safetensors");

/** Names beside the parameters' own; the prefix keeps them apart. */
const STEP = "trainer.step";
const GENERATOR = "trainer.generator";

export function saveCheckpoint(dir: string, trainer: Trainer): void {
  const { model, generator } = trainer.options;
  const state = generator.getState();
  const words = new Int32Array(state.buffer, state.byteOffset, state.length / 4);
  const tensors = { ...model.parameters, [STEP]: tensor(trainer.step, { dtype: "int32" }), [GENERATOR]: tensor(words) };
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
  const { model, generator } = trainer.options;
  const take = (name: string, like: Tensor): Tensor => {
    const got = tensors[name] as Tensor | undefined;
    if (got === undefined || got.dtype !== like.dtype || !sameShape(got.shape, like.shape)) {
      const what = got === undefined ? "nothing" : `${got.dtype} ${show(got.shape)}`;
      throw new CheckpointError(file, `${name}: expected ${like.dtype} ${show(like.shape)}, got ${what}; the file is damaged or of another run`);
    }
    return got;
  };
  const state = generator.getState();
  const words = take(GENERATOR, tensor(new Int32Array(state.length / 4))).toTypedArray();
  const step = take(STEP, tensor(0, { dtype: "int32" })).item();
  const parameters = Object.entries(model.parameters).map(([name, p]) => [p, take(name, p)] as const);
  generator.setState(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
  for (const [p, saved] of parameters) p.data.copy_(saved);
  trainer.step = step;
}
