/**
 * Trains on the shipped names and prints a hash of the parameters at some steps: `bits.ts
 * BATCH@STEP,STEP BATCH@STEP ...` Every step runs as written with MM_TEST_EAGER, otherwise as many
 * as possible are replayed in one call.
 */
import { parameterHash } from "../support.js";
import { lectureTrainer } from "./lecture-trainer.js";

const hashes: Record<string, string> = {};
for (const plan of process.argv.slice(2)) {
  const [batch, steps] = plan.split("@");
  const trainer = lectureTrainer(Number(batch), !process.env.MM_TEST_EAGER);
  for (const step of steps.split(",").map(Number)) {
    trainer.trainSteps(step - trainer.step);
    hashes[`${batch}@${step}`] = parameterHash(trainer.options.model);
  }
}
process.stdout.write(JSON.stringify(hashes));
