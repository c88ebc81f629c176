/** The axes of the loss chart: where they end and what is written on them. */
import { lossScale } from "../../lib/report/charts/loss-scale.js";
import { logTicks, plain } from "../../lib/report/drawing/scales.js";
import type { Point } from "../../lib/report/drawing/smooth.js";

export type ScaleName = "log" | "linear";

/** A scale from numbers to pixels, and where it has ticks. */
export interface Axis {
  at(value: number): number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/** 1, 2 or 5 times a power of ten, at or above a number. */
export function roundUp(x: number): number {
  const power = 10 ** Math.floor(Math.log10(x));
  return ([1, 2, 5, 10].find((digit) => digit * power >= x * (1 - 1e-9)) ?? 10) * power;
}

/** The axis ends at a round number, so that it does not move with every step. */
const FEWEST_STEPS = 50;
export const lastStep = (step: number): number => roundUp(Math.max(FEWEST_STEPS, step));

/**
 * Where the picture of a run ends that is drawn over earlier ones: not after the last step that it
 * will do, or beside a run of many more steps it would be a line at the left edge.
 * @param steps to which it trains
 */
export function lastShown(step: number, steps: number, past: readonly number[]): number {
  return lastStep(Math.max(step, Math.min(steps, Math.max(0, ...past))));
}

/** 1,500 as 1.5k: on a phone there is no room for more. */
const shortCount = (n: number): string =>
  n >= 1e6 ? `${plain(n / 1e6)}M` : n >= 1e3 ? `${plain(n / 1e3)}k` : plain(n);

/** @param width pixels from 0 to `end` */
export function stepAxis(end: number, width: number): Axis {
  const at = (step: number): number => (step / end) * width;
  return {
    at,
    ticks: linearTicks(0, end, width < 420 ? 4 : 6).map((t) => ({
      at: at(t),
      text: shortCount(t),
    })),
  };
}

/**
 * @param points what is drawn, up to step `end`
 * @param references losses to compare with, the most telling first
 * @param height pixels from the highest loss to the lowest
 */
export function lossAxis(
  points: readonly Point[],
  end: number,
  references: readonly number[],
  { scale, height }: { readonly scale: ScaleName; readonly height: number },
): Axis & { readonly top: number } {
  const [low, high] = lossScale(points, end, references);
  const of = scale === "log" ? Math.log : (x: number) => x;
  const [bottom, top] = [of(low), of(high)];
  const at = (loss: number): number => ((top - of(loss)) / (top - bottom)) * height;
  const ticks = (scale === "log" ? logTicks(low, high) : undefined) ?? linearTicks(low, high, 6);
  return { at, top: high, ticks: ticks.map((t) => ({ at: at(t), text: plain(t) })) };
}

/** Pixels that a name beside a line takes. */
const NAME = 15;
/** Whether the name of a line stands below it, in pixels from the top: another is close above. */
export const isNamedBelow = (at: number, other: number): boolean => at > other && at - other < NAME;

/** Round numbers from `low` to `high`, about as many as asked for. */
export function linearTicks(low: number, high: number, count: number): number[] {
  const distance = roundUp((high - low) / count);
  const first = Math.ceil(low / distance - 1e-9);
  const last = Math.floor(high / distance + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
    Number(((first + i) * distance).toPrecision(12)),
  );
}
