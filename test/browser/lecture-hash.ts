import { createHash } from "node:crypto";
import { lectureTrainer } from "../train/programs/lecture-trainer.js";

/** The SHA-256 of all parameters after so many of the lecture's steps, as recorded-digests.ts has it. */
export function lectureHash(steps: number): Record<string, string> {
  const trainer = lectureTrainer(32);
  trainer.trainSteps(steps);
  const hash = createHash("sha256");
  for (const p of Object.values(trainer.options.model.stateDict())) hash.update(p.toTypedArray());
  return { [`32@${steps}`]: hash.digest("hex") };
}
