/** state.safetensors: all that `--resume` goes on from, in one file that is replaced as a whole. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CheckpointError } from "../errors.js";
import { writeFileAtomic } from "./run-folder.js";
import { encodeSafetensors, readSafetensors } from "./safetensors.js";
import { restoreState, trainerState } from "./state.js";
import type { Trainer } from "./trainer.js";

const checkpointFile = (dir: string): string => join(dir, "state.safetensors");

export function saveCheckpoint(dir: string, trainer: Trainer): void {
  writeFileAtomic(checkpointFile(dir), encodeSafetensors(trainerState(trainer)));
}

/**
 * Puts a fresh trainer where the checkpoint was; without one (the run ended before its first) the trainer stays at its start.
 * @throws CheckpointError when the file does not fit the model
 */
export function restoreCheckpoint(dir: string, trainer: Trainer): void {
  const file = checkpointFile(dir);
  if (existsSync(file)) restoreState(trainer, readSafetensors(file), (message) => new CheckpointError(file, `${message}; the file is damaged or of another run`));
}
