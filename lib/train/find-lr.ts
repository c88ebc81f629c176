/**
 * The lecture's learning-rate finder: one step at each of many rates, small to large, and a look at
 * where the loss was lowest.
 */
import { checkSteps } from "../backend/index.js";
import { checkArguments, checkObject, refuse, whole } from "../check.js";
import { TrainingError } from "../errors.js";
import { linspace } from "../tensor/index.js";
import { MOST_ELEMENTS } from "../tensor/shape.js";
import { spoilt } from "./divergence.js";
import { notFinite } from "./finite.js";
import type { Schedule } from "./schedule.js";
import { Trainer } from "./trainer.js";
import type { TrainerOptions } from "./trainer-options.js";

/** One step of the finder. */
export interface RateTrial {
  /** log10 of the rate */
  readonly exponent: number;
  /** the learning rate, 10 ** exponent in float32 */
  readonly rate: number;
  /** of the minibatch in nats, before the step at this rate */
  readonly loss: number;
  /** mean over the trials around this one */
  readonly smoothed: number;
}

/** What the finder found. */
export interface LearningRateResult {
  /** in the order of the rates; fewer than asked for where the loss diverged */
  readonly trials: readonly RateTrial[];
  /**
   * a tenth of `lowest`: there the loss still falls, and training is far from diverging. The rule
   * of fastai's `minimum`
   */
  readonly suggested: number;
  /**
   * the rate where the smoothed loss is lowest, to two digits: where the lecture reads its rate off
   * the plot
   */
  readonly lowest: number;
  /** where the lowest loss lies at an end of the rates tried: the better rate may lie beyond it */
  readonly atEnd?: "from" | "to";
  /** one sentence that says why */
  readonly reason: string;
}

/** A trainer's options, and the rates to try. */
export interface FindLearningRateOptions extends Omit<TrainerOptions, "schedule"> {
  /** log10 of the first rate; the lecture's -3 */
  from?: number;
  /** log10 of the last rate; the lecture's 0 */
  to?: number;
  /** how many rates; the lecture's 1000 */
  trials?: number;
}

/**
 * A 20th of the trials on both sides: minibatch losses jump by more than neighbouring rates differ.
 */
const WINDOW = 1 / 20;

/** Of powers of ten that float32 has. */
const exponent = (what: string, x: number): unknown =>
  (typeof x === "number" && Math.abs(x) <= 38) || refuse(what, "an exponent from -38 to 38", x);
const RATES = { from: exponent, to: exponent, trials: whole(1, MOST_ELEMENTS) };

/**
 * Trains `model` (which is not worth keeping afterwards) for one step per rate; stops early where
 * the loss is no longer finite.
 * @throws ValueError as `Trainer`; TrainingError where the first loss is not finite
 */
export function findLearningRate(options: FindLearningRateOptions): LearningRateResult {
  const {
    from = -3,
    to = 0,
    trials = 1000,
    ...rest
  } = checkObject("findLearningRate: options", options);
  checkArguments("findLearningRate", { from, to, trials }, RATES);
  checkSteps(trials);
  const exponents = [...linspace(from, to, trials).toTypedArray()];
  // As in the lecture, `10 ** exponent` in float32.
  const schedule: Schedule = exponents.map((exponent, step) => ({
    step,
    rate: Math.fround(10 ** exponent),
  }));
  const trainer = new Trainer({ ...rest, schedule });
  const flaw = notFinite(trainer.options.model.stateDict());
  const losses: number[] = [];
  while (losses.length < trials) {
    const loss = trainer.trainStep();
    if (flaw !== undefined && !Number.isFinite(loss)) {
      throw spoilt(`the loss is ${loss} at trial ${losses.length}`, losses.length, flaw);
    }
    if (losses.length === 0 && !Number.isFinite(loss))
      throw new TrainingError(
        0,
        `the loss is ${loss} before any update: look at the data and the first parameters`,
      );
    if (!Number.isFinite(loss)) break;
    losses.push(loss);
  }
  const smoothed = movingMean(losses, Math.max(1, Math.round(trials * WINDOW)));
  const found = losses.map((loss, i) => ({
    exponent: exponents[i],
    rate: schedule[i].rate,
    loss,
    smoothed: smoothed[i],
  }));
  return { trials: found, ...suggest(found, trials) };
}

/**
 * The mean of each value and its neighbours, `half` on both sides, fewer at the ends. From sums
 * from the start and to the end of blocks as long as a window, which touches two of them at most:
 * nothing is subtracted, so no large loss swallows later ones.
 */
export function movingMean(values: readonly number[], half: number): number[] {
  const n = values.length;
  const block = 2 * half + 1;
  const fromStart = [...values];
  for (let i = 1; i < n; i++) if (i % block !== 0) fromStart[i] += fromStart[i - 1];
  const toEnd = [...values];
  for (let i = n - 2; i >= 0; i--) if ((i + 1) % block !== 0) toEnd[i] += toEnd[i + 1];
  return values.map((_, i) => {
    const [from, to] = [Math.max(0, i - half), Math.min(n - 1, i + half)];
    // In one block a window begins or ends with it: it is whole, or one of the shorter ones at the
    // ends.
    const oneBlock = Math.floor(from / block) === Math.floor(to / block);
    const sum = !oneBlock
      ? toEnd[from] + fromStart[to]
      : from % block === 0
        ? fromStart[to]
        : toEnd[from];
    return sum / (to - from + 1);
  });
}

/** A tenth of the rate of the lowest loss, as fastai's `minimum` rule has it. */
const PART = 10;

/** @param wanted how many rates were to be tried */
export function suggest(
  trials: readonly RateTrial[],
  wanted: number,
): Omit<LearningRateResult, "trials"> {
  const at = trials.reduce((best, t, i) => (t.smoothed < trials[best].smoothed ? i : best), 0);
  const low = trials[at];
  // Two digits: the valley is wide, and more would promise what the curve does not know.
  const [lowest, suggested] = [low.rate, low.rate / PART].map((rate) =>
    Number(rate.toPrecision(2)),
  );
  const diverged = trials.length < wanted;
  // Fewer trials are averaged at the ends: within half a window all is the end.
  const near = Math.max(1, Math.round(wanted * WINDOW));
  const atEnd =
    at < Math.min(near, trials.length / 2)
      ? "from"
      : !diverged && at >= trials.length - near
        ? "to"
        : undefined;
  const what =
    `a tenth of ${low.rate.toPrecision(3)}, where the smoothed loss is lowest ` +
    `(${low.smoothed.toFixed(3)})`;
  const ended = diverged
    ? `; the loss diverged at ${trials[trials.length - 1].rate.toPrecision(2)}`
    : "";
  const end =
    atEnd === undefined
      ? ""
      : `; that is the ${atEnd === "to" ? "upper" : "lower"} end of the rates tried: ` +
        `${atEnd === "to" ? "raise to" : "lower from"}`;
  return { suggested, lowest, ...(atEnd && { atEnd }), reason: `${what}${ended}${end}` };
}
