/**
 * Tries for the locks of the folders `lock.ts START EVERY FOLDER...`, one every EVERY ms from the
 * time START on, as other processes do at the same moments; prints which it got as JSON (others
 * must be refused with a CheckpointError), and keeps them until its input ends.
 */
import { CheckpointError } from "../../../lib/index.js";
import { lockFolder } from "../../../lib/run/disk/lock.js";

const [start, every, ...folders] = process.argv.slice(2);
const won: number[] = [];
for (const [i, folder] of folders.entries()) {
  while (Date.now() < Number(start) + i * Number(every)); // not asleep: all wake at once
  try {
    lockFolder(folder);
    won.push(i);
  } catch (error) {
    if (!(error instanceof CheckpointError) || !error.message.includes("is at work in it"))
      throw error;
  }
}
process.stdout.write(`${JSON.stringify(won)}\n`);
process.stdin.resume(); // a process that ends gives its locks back to whoever is late
