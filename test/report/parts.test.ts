/** The arithmetic of drawing: projection, smoothing, sparkline, layout, ticks. */
import { describe, expect, it } from "vitest";
import { spread, withRoom } from "../../lib/report/layout.js";
import { pca } from "../../lib/report/pca.js";
import { exponentTicks, logTicks } from "../../lib/report/scales.js";
import { smooth, thin } from "../../lib/report/smooth.js";
import { sparkline } from "../../lib/report/sparkline.js";

describe("sparkline", () => {
  it("falls from the highest bar to the lowest, in as many characters as asked", () => {
    const losses = Array.from({ length: 200 }, (_, i) => 2 + 20 / (i + 1));
    const line = sparkline(losses, 40);
    expect([...line]).toHaveLength(40);
    expect(line).toMatch(/^█.*▁$/);
  });

  it.each([
    [[1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7], 8, "▁▂▃▄▅▆▇█"],
    [[0, 1, 2, 3, 4, 5, 6, 7], 8, "▁▂▃▄▅▆▇█"],
    [[3, 2, 1], 20, "█▅▁"],
    [[2, 2, 2], 3, "▁▁▁"],
    [[Number.NaN, 4, Infinity, 1], 4, " █ ▁"],
    [[Number.NaN], 4, " "],
    [[], 4, ""],
    [[1, 2], 0, ""],
  ])("of %j in %i", (values, width, line) => {
    expect(sparkline(values, width)).toBe(line);
  });
});

describe("pca", () => {
  it("finds the axes of a stretched cloud, whatever their direction", () => {
    const [u, v] = [
      [0.6, 0.8, 0],
      [-0.8, 0.6, 0],
    ];
    const rows = Array.from({ length: 50 }, (_, i) => [5 * Math.cos(i * 2.4), 2 * Math.sin(i * 2.4)]).map(([a, b]) =>
      [0, 1, 2].map((j) => 7 + a * u[j] + b * v[j]),
    );
    const { points, share } = pca(rows);
    for (const [i, row] of rows.entries()) {
      expect(Math.abs(points[i][0])).toBeCloseTo(Math.abs(row.reduce((s, x, j) => s + (x - 7) * u[j], 0)), 0);
      expect(Math.hypot(...points[i])).toBeCloseTo(Math.hypot(...row.map((x) => x - 7)), 0);
    }
    expect(share[0]).toBeCloseTo(25 / 29, 2);
    expect(share[0] + share[1]).toBeCloseTo(1, 9);
  });

  it("is not misled by one long row across the main axis", () => {
    const rows = [...Array.from({ length: 100 }, (_, i) => [i % 2 ? 1 : -1, 0]), [0, 5], [0, -5]];
    expect(pca(rows).share[0]).toBeCloseTo(100 / 150, 6);
  });

  it("gives zeros where nothing varies", () => {
    expect(
      pca([
        [1, 2, 3],
        [1, 2, 3],
      ]),
    ).toEqual({
      points: [
        [0, 0],
        [0, 0],
      ],
      share: [0, 0],
    });
    expect(pca([[1, 2]]).points).toEqual([[0, 0]]);
  });
});

describe("smooth and thin", () => {
  const points = Array.from({ length: 9 }, (_, step) => ({ step, loss: 10 ** step }));

  it("averages logarithms", () => {
    expect(smooth(points, 3, false).map((p) => Math.log10(p.loss))).toEqual(
      [0.5, 1, 2, 3, 4, 5, 6, 7, 7.5].map((x) => expect.closeTo(x, 9)),
    );
    expect(smooth(points, 3, true)[0].loss).toBeCloseTo(1, 9);
  });

  it("keeps at most so many", () => {
    expect(thin(points, 3).map((p) => p.step)).toEqual([0, 3, 6]);
    expect(thin(points, 100)).toEqual(points);
  });
});

describe("layout", () => {
  it("parts discs that cover each other, also on the same point or in a corner, and leaves others alone", () => {
    const centres = [...Array.from({ length: 20 }, () => ({ x: 50, y: 50 })), { x: 0, y: 0 }, { x: 0, y: 0 }, { x: 180, y: 180 }];
    const discs = spread(centres, 8, 200, 200);
    for (const [i, a] of discs.entries()) {
      expect(a.x >= 8 && a.y >= 8 && a.x <= 192 && a.y <= 192).toBe(true);
      for (const b of discs.slice(0, i)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(15.9);
    }
    expect(discs[22]).toEqual({ x: 180, y: 180 });
  });

  it("drops labels that would run into one that stands", () => {
    const dots = [{ label: "a" }, { label: "b" }, { label: "c" }];
    expect(
      withRoom(
        dots,
        [
          { x: 58, y: 10 },
          { x: 62, y: 10 },
          { x: 90, y: 10 },
        ],
        10,
      ),
    ).toEqual([{ label: "a" }, { label: "c" }]);
  });
});

describe("ticks", () => {
  it("are round on a log scale", () => {
    expect(logTicks(1.6, 27)).toEqual([2, 3, 4, 5, 6, 7, 8, 10, 20]);
    expect(logTicks(0.0010000000474974513, 1)).toEqual([0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]);
    expect(logTicks(2.1, 2.4)).toBeUndefined();
  });

  it("of exponents have as many digits as their step", () => {
    const { exponents, format } = exponentTicks(1.6, 27);
    expect(exponents.map(format)).toEqual(["0.4", "0.6", "0.8", "1.0", "1.2", "1.4"]);
  });
});
