/** What the playground draws: curves, axes, the embedding on a plane. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Generator, randn } from "../../lib/index.js";
import { pca } from "../../lib/report/charts/pca.js";
import {
  isNamedBelow,
  lastShown,
  lastStep,
  linearTicks,
  lossAxis,
  roundUp,
  stepAxis,
} from "../../web/playground/axes.js";
import { kindOf } from "../../web/playground/characters.js";
import { Curve } from "../../web/playground/curve.js";
import { Projection } from "../../web/playground/engine/projection.js";
import { Speed } from "../../web/playground/engine/speed.js";
import { type Frame, frameOf } from "../../web/playground/frame.js";

const numbers = (shape: number[], seed: number): Float32Array =>
  randn(shape, { generator: new Generator(seed) }).toTypedArray() as Float32Array;

it("a curve is the mean of log loss, in few points, however the losses come", () => {
  const losses = Float32Array.from({ length: 10_000 }, (_, i) => 2 + Math.sin(i));
  const [whole, parts] = [new Curve(), new Curve()];
  whole.add(losses);
  for (let i = 0; i < losses.length; i += 37) parts.add(losses.subarray(i, i + 37));
  expect(parts.points).toEqual(whole.points);
  expect(whole.points.length).toBeLessThanOrEqual(600);
  const width = whole.points[1].step - whole.points[0].step;
  const first = [...losses.subarray(0, width)];
  const mean = Math.exp(first.reduce((sum, loss) => sum + Math.log(loss), 0) / width);
  expect(whole.points[0]).toEqual({ step: (width - 1) / 2, loss: expect.closeTo(mean, 10) });
  expect(whole.latest).toBeCloseTo(mean, 0);
});

it("a curve of few losses is these losses", () => {
  const curve = new Curve(100);
  curve.add([3, 2]);
  const points = curve.points.map(({ step, loss }) => [step, Number(loss.toFixed(9))]);
  expect(points).toEqual([[100, 3], [101, 2]]); // prettier-ignore
  expect(new Curve().latest).toBeUndefined();
});

it("a short run is not pressed to the edge by an earlier one of many steps", () => {
  expect(lastShown(600, 1000, [33_736, 3000])).toBe(1000);
  expect(lastShown(0, 3000, [])).toBe(50);
  expect(lastShown(8000, 200_000, [33_736])).toBe(50_000);
  expect(lastShown(40_000, 200_000, [33_736])).toBe(50_000);
  expect(lastShown(0, Number.POSITIVE_INFINITY, [200])).toBe(200);
});

it("names of two lines that are close stand on their two sides", () => {
  expect([isNamedBelow(100, 108), isNamedBelow(108, 100)]).toEqual([false, true]);
  expect([isNamedBelow(100, 140), isNamedBelow(140, 100)]).toEqual([false, false]);
});

it("axes end at round numbers and have few round ticks", () => {
  expect([1, 2.1, 5, 51, 2000, 2001].map(roundUp)).toEqual([1, 5, 5, 100, 2000, 5000]);
  expect(lastStep(0)).toBe(50);
  fc.assert(
    fc.property(
      fc.double({ min: 0.1, max: 30, noNaN: true }),
      fc.double({ min: 0.01, max: 20, noNaN: true }),
      (low, more) => {
        const ticks = linearTicks(low, low + more, 6);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(7);
      },
    ),
  );
  expect(stepAxis(2000, 600).ticks.map(({ text }) => text)).toEqual([
    "0",
    "500",
    "1k",
    "1.5k",
    "2k",
  ]);
});

it.each(["log", "linear"] as const)("what one compares with is on the axis: %s", (scale) => {
  const points = Array.from({ length: 100 }, (_, i) => ({ step: i, loss: 25 / (1 + i) + 2.3 }));
  const axis = lossAxis(points, 100, [2.45, 3.296], { scale, height: 300 });
  for (const loss of [2.45, 3.296]) {
    expect(axis.at(loss)).toBeGreaterThan(0);
    expect(axis.at(loss)).toBeLessThan(300);
  }
  expect(axis.at(2.45)).toBeGreaterThan(axis.at(3.296));
  expect(axis.ticks.length).toBeGreaterThanOrEqual(3);
});

it("the plane is that of the two principal components", () => {
  const table = numbers([27, 10], 1).map((x, i) => x * (1 + (i % 10)));
  const { points, seen } = new Projection().project(table, 10);
  const rows = Array.from({ length: 27 }, (_, r) => [...table.subarray(10 * r, 10 * r + 10)]);
  const { points: expected, share } = pca(rows);
  expect(seen).toBeCloseTo(share[0] + share[1], 5);
  // Up to the signs of the axes.
  for (const axis of [0, 1] as const) {
    const sign = Math.sign(points[axis] * expected[0][axis]);
    const own = expected.map((_, r) => sign * points[2 * r + axis]);
    for (const [r, x] of own.entries()) expect(x).toBeCloseTo(expected[r][axis], 1);
  }
});

it("points do not jump while the table changes, also where the components change places", () => {
  // Two directions of equal variance take turns; a third is nearly as large.
  const base = numbers([27, 6], 3);
  const projection = new Projection();
  let before: Float32Array | undefined;
  let reach = 0;
  for (let t = 0; t < 400; t++) {
    const stretch = [1 + 0.3 * Math.sin(t / 40), 1 + 0.3 * Math.cos(t / 40), 0.9, 0.3, 0.3, 0.3];
    const table = base.map((x, i) => x * stretch[i % 6]);
    const { points } = projection.project(table, 6);
    reach = Math.max(reach, ...points.map(Math.abs));
    if (before !== undefined) {
      const jump = Math.max(...points.map((x, i) => Math.abs(x - (before as Float32Array)[i])));
      expect(jump).toBeLessThan(0.08 * reach);
    }
    before = points;
  }
});

it("a mirrored or turned table is drawn where it was", () => {
  const table = numbers([10, 3], 5);
  const projection = new Projection();
  const { points } = projection.project(table, 3);
  const again = projection.project(
    table.map((x) => -x),
    3,
  ).points;
  for (const [i, x] of points.entries()) expect(again[i]).toBeCloseTo(x, 3);
});

it("two numbers are drawn as they are, one on a line, and any are finite", () => {
  expect([...new Projection().project([1, 2, 3, 4], 2).points]).toEqual([1, 2, 3, 4]);
  expect([...new Projection().project([1, 2], 1).points]).toEqual([1, 0, 2, 0]);
  const same = new Projection();
  for (let i = 0; i < 3; i++)
    for (const x of same.project(new Float32Array(12).fill(1), 4).points) expect(x).toBe(0);
});

it("the frame holds all points, grows at once and shrinks slowly", () => {
  let frame: Frame | undefined;
  const inside = (points: readonly number[], { x, y, reach }: Frame): boolean =>
    points.every((p, i) => Math.abs(p - (i % 2 === 0 ? x : y)) <= reach * (1 + 1e-9));
  for (const size of [1, 3, 3, 1, 1, 1]) {
    const points = [-size, 0, size, size / 2];
    const next = frameOf(points, frame);
    expect(inside(points, next)).toBe(true);
    if (frame !== undefined && size === 1) {
      expect(next.reach).toBeLessThan(frame.reach);
      expect(next.reach).toBeGreaterThan(0.8 * frame.reach);
    }
    frame = next;
  }
  expect(frameOf([])).toMatchObject({ x: 0, y: 0 });
});

it("the speed is told when it means something, and is that of the last steps", () => {
  const speed = new Speed();
  speed.add(999, 100);
  expect(speed.stepsPerSecond).toBeUndefined();
  for (let i = 0; i < 20; i++) speed.add(1000, 100);
  expect(speed.stepsPerSecond).toBeCloseTo(10_000);
  for (let i = 0; i < 20; i++) speed.add(100, 100);
  expect(speed.stepsPerSecond).toBeCloseTo(1000);
  const slow = new Speed();
  for (let i = 0; i < 31; i++) slow.add(1, 200);
  expect(slow.stepsPerSecond).toBeCloseTo(5);
});

it("vowels are told from other letters in three alphabets", () => {
  const kinds = [..."aéωы"].map((c) => kindOf(c, 1));
  expect(kinds).toEqual(["vowel", "vowel", "vowel", "vowel"]);
  expect([..."bñ字'5"].map((c) => kindOf(c, 1))).toEqual(
    ["consonant", "consonant", "consonant", "other", "other"], // prettier-ignore
  );
  expect(kindOf(".", 0)).toBe("boundary");
});
