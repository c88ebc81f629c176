/**
 * Trains without giving way to the event loop or calling the collector; prints the highest resident
 * memory before and after.
 */
import { lectureTrainer } from "./lecture-trainer.js";

const [warm, steps] = process.argv.slice(2).map(Number);
const trainer = lectureTrainer(32);
const losses: number[] = [];
let before = 0;
let after = 0;
while (losses.length < steps) {
  losses.push(trainer.trainStep());
  if (losses.length % 500 !== 0) continue;
  const resident = process.memoryUsage.rss();
  if (losses.length <= warm) before = Math.max(before, resident);
  else after = Math.max(after, resident);
}
process.stdout.write(JSON.stringify({ before, after, losses: losses.length }));
