/** Where axes begin, end and have their ticks. */

export function extent(values: readonly number[]): [number, number] {
  return values.reduce(
    ([low, high], v) => [Math.min(low, v), Math.max(high, v)],
    [Infinity, -Infinity],
  );
}

/** Zero, what is not finite and what is nearly so have no place on a log scale. */
export const onLogScale = (x: number): boolean => x >= 1e-45 && x <= 1e45;

/** 0.001 in float32 is a little above 0.001, and still deserves its tick. */
const EDGE = 1e-6;

const DIGITS = [[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 6, 8], [1, 2, 5], [1]];

/**
 * Round values on a log scale, at most ten where possible; undefined on a range so short that a
 * linear scale's are better.
 */
export function logTicks(low: number, high: number): number[] | undefined {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const decades = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const candidates = DIGITS.map((digits) =>
    decades
      .flatMap((e) => digits.map((digit) => Number(`${digit}e${e}`)))
      .filter((tick) => tick >= low * (1 - EDGE) && tick <= high * (1 + EDGE)),
  );
  if (candidates[0].length < 4) return undefined;
  return candidates.find((ticks) => ticks.length <= 10) ?? candidates[candidates.length - 1];
}

/** A tick as it is written on an axis. */
export const plain = (value: number): string => String(Number(value.toPrecision(6)));
