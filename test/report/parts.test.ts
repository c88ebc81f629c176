/** The arithmetic of drawing: projection, smoothing, sparkline, layout, ticks. */
import { visible } from "../../lib/report/drawing/characters.js";
import { describe, expect, it } from "vitest";
import { apart, spread, withRoom } from "../../lib/report/drawing/layout.js";
import { below, lossScale } from "../../lib/report/charts/loss-scale.js";
import { nearest } from "../../lib/report/charts/nearest.js";
import { pca } from "../../lib/report/charts/pca.js";
import { logTicks } from "../../lib/report/drawing/scales.js";
import { smooth, thin } from "../../lib/report/drawing/smooth.js";
import { sparkline } from "../../lib/report/sparkline.js";
import { shorten, textWidth, wrap } from "../../lib/report/drawing/text-width.js";

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
    const rows = Array.from({ length: 50 }, (_, i) => [
      5 * Math.cos(i * 2.4),
      2 * Math.sin(i * 2.4),
    ]).map(([a, b]) => [0, 1, 2].map((j) => 7 + a * u[j] + b * v[j]));
    const { points, share } = pca(rows);
    for (const [i, row] of rows.entries()) {
      expect(Math.abs(points[i][0])).toBeCloseTo(
        Math.abs(row.reduce((s, x, j) => s + (x - 7) * u[j], 0)),
        0,
      );
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
  it(
    "parts discs that cover each other, also on the same point or in a corner, and leaves " +
      "others alone",
    () => {
      const centres = [
        ...Array.from({ length: 20 }, () => ({ x: 50, y: 50 })),
        { x: 0, y: 0 },
        { x: 0, y: 0 },
        { x: 180, y: 180 },
      ];
      const discs = spread(centres, 8, 200, 200);
      for (const [i, a] of discs.entries()) {
        expect(a.x >= 8 && a.y >= 8 && a.x <= 192 && a.y <= 192).toBe(true);
        for (const b of discs.slice(0, i))
          expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(15.9);
      }
      expect(discs[22]).toEqual({ x: 180, y: 180 });
    },
  );

  it("drops labels that would run into one that stands, however long they are", () => {
    const label = (text: string, x: number, y = 10) => ({ label: text, x, y });
    const kept = (...labels: ReturnType<typeof label>[]) =>
      withRoom(labels, 10).map((l) => l.label);
    expect(kept(label("a", 58), label("b", 62), label("c", 90))).toEqual(["a", "c"]);
    expect(
      kept(label("w".repeat(30), 100), label("v".repeat(30), 240), label("u", 240, 40)),
    ).toEqual(["w".repeat(30), "u"]);
    expect(kept(label("中", 50), label("文", 58), label("字", 64))).toEqual(["中", "字"]);
  });

  it("moves places apart, in their order and inside their range", () => {
    expect(apart([10, 50, 12], 15, 100)).toEqual([10, 50, 25]);
    expect(apart([95, 99, 100], 15, 100)).toEqual([70, 85, 100]);
    expect(apart([], 15, 100)).toEqual([]);
  });
});

describe("text", () => {
  it("is as wide as its characters are", () => {
    expect(textWidth("中文", 10)).toBeGreaterThan(1.7 * textWidth("ab", 10));
    expect(textWidth("e\u0301", 10)).toBe(textWidth("e", 10));
  });

  it("breaks at blanks, and is cut with a mark", () => {
    expect(wrap("one two three", 60, 10)).toEqual(["one two", "three"]);
    expect(wrap("incomprehensibilities", 60, 10)).toEqual(["incomprehensibilities"]);
    expect([shorten("abcdef", 6), shorten("abcdefg", 6), shorten("🦊🦊🦊", 2)]).toEqual([
      "abcdef",
      "abcde…",
      "🦊…",
    ]);
  });
});

describe("the scale of losses", () => {
  /** A training as the lecture's: 25.8 at first, 2.4 soon. */
  const points = Array.from({ length: 201 }, (_, i) => ({
    step: 1000 * i,
    loss: 2.4 + 24 * Math.exp(-i) + 0.7 * Math.sin(i),
  }));

  it("gives most of the height to what comes after the start", () => {
    const [bottom, top] = lossScale(points, 200_000, []);
    const later = points.filter(({ step }) => step >= 10_000).map(({ loss }) => loss);
    const share = Math.log(Math.max(...later) / Math.min(...later)) / Math.log(top / bottom);
    expect(share).toBeGreaterThan(0.5);
  });

  it("shows all where the start is not far above", () => {
    const [, top] = lossScale(
      [
        { step: 0, loss: 3.3 },
        { step: 50, loss: 2.6 },
        { step: 100, loss: 2 },
      ],
      100,
      [],
    );
    expect(top).toBeGreaterThan(3.3);
  });

  it("shows losses to compare with: near ones, and those that a bad run is above", () => {
    const bad = [
      { step: 0, loss: 26 },
      { step: 10, loss: 18 },
    ];
    expect(lossScale(bad, 10, [2.5, 3.3])[0]).toBeLessThan(2.5);
    expect(lossScale(points, 200_000, [2.47, 3.3])[1]).toBeGreaterThan(3.3);
    const flat = [
      { step: 0, loss: 2 },
      { step: 10, loss: 2 },
    ];
    expect(lossScale(flat, 10, [9])[1]).toBeLessThan(9);
  });

  it("has room without any loss", () => {
    expect(lossScale([], 1, [])).toEqual([1, 10]);
    const [low, high] = lossScale([{ step: 0, loss: 2 }], 1, []);
    expect(low < 2 && high > 2).toBe(true);
  });

  it("cuts lines where they leave the frame", () => {
    const line = [10, 1, 1, 10, 1].map((loss, step) => ({ step, loss }));
    const half = Math.sqrt(10);
    expect(
      below(line, half).map((run) => run.map(({ step, loss }) => [step, Number(loss.toFixed(6))])),
    ).toEqual([
      [
        [0.5, 3.162278],
        [1, 1],
        [2, 1],
        [2.5, 3.162278],
      ],
      [
        [3.5, 3.162278],
        [4, 1],
      ],
    ]);
    expect(below(line, 20)).toEqual([line]);
    expect(below(line, 0.5)).toEqual([]);
  });
});

describe("nearest", () => {
  it("finds the closest rows in all dimensions", () => {
    expect(
      nearest([
        [0, 0, 0],
        [0, 0, 9],
        [1, 0, 0],
        [0, 2, 0],
        [0, 0, 8],
      ])?.map((near) => near[0]),
    ).toEqual([2, 4, 0, 0, 1]);
    expect(nearest([[1]])).toBeUndefined();
  });
});

describe("ticks", () => {
  it("are round on a log scale", () => {
    expect(logTicks(1.6, 27)).toEqual([2, 3, 4, 5, 6, 7, 8, 10, 20]);
    expect(logTicks(0.0010000000474974513, 1)).toEqual([
      0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1,
    ]);
    expect(logTicks(2.1, 2.4)).toBeUndefined();
  });
});

it("labels words that JavaScript's own objects know as they are", () => {
  expect(["constructor", "__proto__", "toString"].map(visible)).toEqual([
    "constructor",
    "__proto__",
    "toString",
  ]);
});
