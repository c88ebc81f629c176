/** Prints a hash of the parameters after the lecture's first steps on the shipped names. */
import { createHash } from "node:crypto";
import { lectureTrainer } from "../../train/programs/lecture-trainer.js";

const STEPS = 10;

const trainer = lectureTrainer(32);
trainer.trainSteps(STEPS);
const hash = createHash("sha256");
for (const p of Object.values(trainer.options.model.stateDict())) hash.update(p.toTypedArray());
console.log(JSON.stringify({ [`32@${STEPS}`]: hash.digest("hex") }));
