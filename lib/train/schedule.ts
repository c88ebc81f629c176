/** Learning rates over time, written `value@step,value@step`: each value holds from its step on. */
import { UsageError } from "../errors.js";

export interface Milestone {
  readonly step: number;
  readonly rate: number;
}
export type Schedule = readonly Milestone[];

/** Reads `0.1@0,0.01@100000`; a value without a step starts at 0. */
export function parseSchedule(text: string): Schedule {
  const schedule = text.split(",").map((part) => {
    const [value, step = "0", ...more] = part.split("@").map((s) => s.trim());
    const milestone = { rate: value === "" ? Number.NaN : Number(value), step: step === "" ? Number.NaN : Number(step) };
    const valid = Number.isFinite(milestone.rate) && milestone.rate > 0 && Number.isInteger(milestone.step) && milestone.step >= 0;
    if (!valid || more.length > 0) {
      throw new UsageError(`learning rate: expected VALUE@STEP with a value above 0 and a whole step, such as 0.1@0,0.01@100000, got "${part.trim()}"`);
    }
    return milestone;
  });
  if (schedule[0].step !== 0 || schedule.some((m, i) => i > 0 && m.step <= schedule[i - 1].step)) {
    throw new UsageError(`learning rate: expected steps that start at 0 and grow, such as 0.1@0,0.01@100000, got "${text}"`);
  }
  return schedule;
}

export const formatSchedule = (schedule: Schedule): string => schedule.map((m) => `${m.rate}@${m.step}`).join(",");

/** The learning rate of one step. */
export function rateAt(schedule: Schedule, step: number): number {
  // Bisection: the learning-rate finder has a milestone per step.
  let low = 0;
  let high = schedule.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (schedule[middle].step <= step) low = middle;
    else high = middle;
  }
  return schedule[low].rate;
}
