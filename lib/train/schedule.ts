/**
 * Learning rates over time, as text:
 *
 *     0.1@0,0.01@100000   each value from its step on
 *     step:0.1*0.5/10000  0.1, times 0.5 every 10,000 steps (torch.optim.lr_scheduler.StepLR)
 *     cosine:0.1->0.001   half a cosine from 0.1 to 0.001 over all steps (CosineAnnealingLR)
 *     onecycle:0.01/0.3   up to 0.01 over 0.3 of the steps, then down to nearly 0 (OneCycleLR)
 *     inverse:0.1/1e-5    0.1 / (1 + 1e-5 t) in step t (Bengio et al. 2003, Section 4)
 */
import {
  checkArguments,
  checkAtLeast0,
  checkFunction,
  checkNumber,
  checkText,
  listOf,
  objectWith,
  optional,
  whole,
} from "../check.js";
import { quote, UsageError, ValueError } from "../errors.js";

/** From which step on which learning rate holds. */
export interface Milestone {
  /** counted from 0 */
  readonly step: number;
  /** from `step` on; with a `curve`, at `step` */
  readonly rate: number;
  /** the rate of each step, where it is not the same until the next milestone */
  readonly curve?: (step: number) => number;
}
/** Milestones in order of their steps, the first at 0; `parseSchedule` makes them from text. */
export type Schedule = readonly Milestone[];

const EXAMPLES = "0.1@0,0.01@100000";

/**
 * Reads a schedule; a value without a step starts at 0. Forms: `0.1@0,0.01@100000`,
 * `step:0.1*0.5/10000`, `cosine:0.1->0.001`, `onecycle:0.01/0.3`, `inverse:0.1/1e-5`.
 * @param steps of the whole training, which cosine and onecycle spread over
 * @throws UsageError for other text, and for cosine and onecycle without `steps`
 */
export function parseSchedule(text: string, steps?: number): Schedule {
  checkArguments("parseSchedule", { text, steps }, { text: checkText, steps: optional(whole(0)) });
  const [kind, rest] = text.includes(":") ? text.trim().split(/:(.*)/s) : [];
  return kind === undefined ? milestones(text) : [curve(text, kind, rest, steps)];
}

/** Whether the rates depend on how many steps there are, so that a training cannot be prolonged. */
export const spansTraining = (text: string): boolean => /^\s*(cosine|onecycle):/.test(text);

function milestones(text: string): Schedule {
  const schedule = text.split(",").map((part) => {
    const [value, step = "0", ...more] = part.split("@").map((s) => s.trim());
    const milestone = {
      rate: value === "" ? Number.NaN : Number(value),
      step: step === "" ? Number.NaN : Number(step),
    };
    const valid = isRate(milestone.rate) && Number.isInteger(milestone.step) && milestone.step >= 0;
    if (!valid || more.length > 0) {
      throw new UsageError(
        "learning rate: expected VALUE@STEP with a value above 0 and a whole step, such as " +
          `${EXAMPLES}, got ${quote(part.trim())}`,
      );
    }
    return milestone;
  });
  if (schedule[0].step !== 0 || schedule.some((m, i) => i > 0 && m.step <= schedule[i - 1].step)) {
    throw new UsageError(
      `learning rate: expected steps that start at 0 and grow, such as ${EXAMPLES}, got ` +
        `${quote(text)}`,
    );
  }
  return schedule;
}

const isRate = (value: number): boolean => Number.isFinite(value) && value > 0;

/**
 * What stands between the numbers of each curve, what they must be, and the rate of a step from
 * them.
 */
const CURVES: Readonly<
  Record<
    string,
    {
      shape: RegExp;
      usage: string;
      valid: (n: number[]) => boolean;
      rate: (n: number[], steps: number) => (step: number) => number;
    }
  >
> = {
  step: {
    shape: /^(.+)\*(.+)\/(.+)$/,
    usage: "step:VALUE*FACTOR/STEPS such as step:0.1*0.5/10000",
    valid: ([value, factor, every]) =>
      isRate(value) && isRate(factor) && Number.isInteger(every) && every >= 1,
    rate:
      ([value, factor, every]) =>
      (step) =>
        value * factor ** Math.floor(step / every),
  },
  cosine: {
    shape: /^(.+?)->(.+)$/,
    usage: "cosine:VALUE->VALUE such as cosine:0.1->0.001",
    valid: ([from, to]) => isRate(from) && Number.isFinite(to) && to >= 0,
    rate:
      ([from, to], steps) =>
      (step) =>
        halfCosine(from, to, step / Math.max(1, steps)),
  },
  inverse: {
    shape: /^([^/]+)\/(.+)$/,
    usage: "inverse:VALUE/R such as inverse:0.1/1e-5",
    valid: ([value, r]) => isRate(value) && r >= 0 && r < Infinity,
    rate:
      ([value, r]) =>
      (step) =>
        value / (1 + r * step),
  },
  onecycle: {
    shape: /^([^/]+)(?:\/(.+))?$/,
    usage: "onecycle:VALUE/WARM-UP such as onecycle:0.01/0.3, a part of the steps",
    valid: ([peak, warmUp]) => isRate(peak) && warmUp >= 0 && warmUp < 1,
    rate: ([peak, warmUp], steps) => oneCycle(peak, warmUp, steps),
  },
};
const USAGES = Object.values(CURVES).map(({ usage }) => usage.split(" ")[0]);

function curve(text: string, kind: string, rest: string, steps: number | undefined): Milestone {
  if (!Object.hasOwn(CURVES, kind))
    throw new UsageError(
      `learning rate: expected VALUE@STEP,..., ${USAGES.join(", ")}, got ${quote(text)}`,
    );
  const { shape, usage, valid, rate } = CURVES[kind];
  const numbers = shape
    .exec(rest)
    ?.slice(1)
    .map((word: string | undefined) =>
      word === undefined ? 0.3 : word.trim() === "" ? Number.NaN : Number(word),
    );
  if (numbers === undefined || !valid(numbers))
    throw new UsageError(`learning rate: expected ${usage}, got ${quote(text)}`);
  if (steps === undefined && spansTraining(text))
    throw new UsageError(`learning rate: ${kind} needs the number of steps`);
  const at = rate(numbers, steps ?? 0);
  return { step: 0, rate: at(0), curve: at };
}

/** From `from` at 0 to `to` at 1. */
const halfCosine = (from: number, to: number, share: number): number =>
  to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));

/** PyTorch's constants: from peak / 25 to peak to (peak / 25) / 10,000. */
function oneCycle(peak: number, warmUp: number, steps: number): (step: number) => number {
  const first = peak / 25;
  const top = warmUp * steps - 1;
  const last = steps - 1;
  return (step) =>
    top > 0 && step <= top
      ? halfCosine(first, peak, step / top)
      : halfCosine(peak, first / 1e4, Math.min(1, (step - top) / (last - top || 1)));
}

const checkMilestones = listOf(
  objectWith<Milestone>({
    step: whole(0),
    rate: checkAtLeast0,
    curve: optional(checkFunction),
  }),
);

/** A copy of a schedule that a program made. @throws ValueError */
export function checkSchedule(what: string, value: Schedule): Schedule {
  checkMilestones(what, value);
  const schedule = value.map(({ step, rate, curve }) => ({ step, rate, curve }));
  if (
    schedule.length > 0 &&
    schedule[0].step === 0 &&
    schedule.every((m, i) => i === 0 || m.step > schedule[i - 1].step)
  )
    return schedule;
  throw new ValueError(`${what}: expected milestones whose steps start at 0 and grow`);
}

/** The learning rate of one step, counted from 0. @throws ValueError for what is no schedule */
export function rateAt(schedule: Schedule, step: number): number {
  checkArguments("rateAt", { schedule, step }, { schedule: checkSchedule, step: whole(0) });
  return rateIn(schedule, step);
}

/** `rateAt` of a schedule that was checked. */
export function rateIn(schedule: Schedule, step: number): number {
  // Bisection: the learning-rate finder has a milestone per step.
  let low = 0;
  let high = schedule.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (schedule[middle].step <= step) low = middle;
    else high = middle;
  }
  const { rate, curve } = schedule[low];
  return curve === undefined
    ? rate
    : checkNumber("learning rate: what curve returned", curve(step));
}
