/**
 * Holds a contest: all start, then take turns, round by round, so that what the machine does
 * meanwhile happens to all.
 */
import type { Effort } from "../../lib/bench/measure.js";
import type { Contest } from "./contests.js";
import { Participant } from "./participant.js";

export interface Result {
  readonly key: string;
  readonly label: string;
  /** the program's name and version */
  readonly name?: string;
  /** one per round, as many for every participant; absent where it could not take part */
  readonly rates?: readonly number[];
  readonly skipped?: string;
}

export interface ContestResult extends Omit<Contest, "entries"> {
  readonly results: readonly Result[];
}

export async function hold(
  { entries, ...contest }: Contest,
  { rounds, seconds }: Effort,
): Promise<ContestResult> {
  const results: Result[] = [];
  const running: { participant: Participant; result: Result & { rates: number[] } }[] = [];
  try {
    for (const entry of entries) {
      const { key, label, skip } = entry;
      try {
        if (skip !== undefined) throw new Error(skip);
        const participant = await Participant.start(entry);
        const result = { key, label, name: participant.name, rates: [] as number[] };
        running.push({ participant, result });
        results.push(result);
      } catch (error) {
        results.push({ key, label, skipped: (error as Error).message });
      }
    }
    for (let round = 0; round < rounds; round++) {
      for (const { participant, result } of running)
        result.rates.push(await participant.measure(seconds));
    }
  } finally {
    for (const { participant } of running) participant.stop();
  }
  return { ...contest, results };
}
