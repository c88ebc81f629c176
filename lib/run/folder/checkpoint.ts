/** state.safetensors: all that `--resume` goes on from, in one file that is replaced as a whole. */
import { join } from "node:path";
import { CheckpointError } from "../../errors.js";
import { readListed } from "../disk/sums.js";
import { decodeFinite, encodeSafetensors } from "../disk/safetensors.js";
import { restoreState, trainerState } from "../../train/state.js";
import type { Trainer } from "../../train/trainer.js";

const NAME = "state.safetensors";

export const checkpointFile = (trainer: Trainer) => ({
  [NAME]: encodeSafetensors(trainerState(trainer)),
});

/**
 * Puts a fresh trainer where the checkpoint was; without one (the run ended before its first) the
 * trainer stays at its start. Returns whether there was one.
 * @throws CheckpointError when the file does not fit the model, or holds what is not finite
 */
export function restoreCheckpoint(dir: string, trainer: Trainer): boolean {
  const bytes = readListed(dir, NAME);
  const file = join(dir, NAME);
  if (bytes === undefined) return false;
  const wrong = (message: string) =>
    new CheckpointError(file, `${message}; the file is damaged or of another run`);
  restoreState(trainer, decodeFinite(bytes, file), wrong);
  return true;
}
