/**
 * growth-*.svg: time per example over a size, as measured and as each limit alone would have it.
 */
import * as Plot from "@observablehq/plot";
import {
  AXIS_X,
  AXIS_Y,
  drawPicture,
  GRID,
  type Tone,
  tone,
  WIDE,
} from "../../lib/report/drawing/picture.js";
import { extent, logTicks } from "../../lib/report/drawing/scales.js";
import { type Limit, takeovers } from "../../lib/bench/machine/limits.js";
import type { Point, Sweep } from "./sweep.js";

const HEIGHT = 400;

/** What each limit is called in charts and tables. */
export const LIMIT_NAMES: Readonly<Record<Limit, string>> = {
  calls: "calls",
  FMA: "multiply-adds",
  cache: "caches",
  memory: "memory",
};

/** What each limit alone would take; operands come from a cache or from memory, never both. */
const LINES: readonly {
  tone: Tone;
  dash: string;
  text: string;
  seconds: (bounds: Point["bounds"]) => number;
}[] = [
  { tone: "soft", dash: "2 3", text: "calls alone", seconds: ({ calls }) => calls },
  { tone: "orange", dash: "none", text: "multiply-adds alone", seconds: ({ FMA }) => FMA },
  {
    tone: "green",
    dash: "6 3",
    text: "operands alone, from the caches or from memory",
    seconds: ({ cache, memory }) => cache + memory,
  },
];

const TITLES: Readonly<Record<Sweep["name"], string>> = {
  batch: "Time of a training step per example, as the minibatch grows",
  hidden: "Time of a training step per example, as the hidden layer grows",
  vocabulary: "Time of a training step per example, as the vocabulary grows",
};

const SECONDS = [
  [1e-3, "ms"],
  [1e-6, "µs"],
  [0, "ns"],
] as const;

/** 1.5 µs, 20 ns */
export function duration(seconds: number): string {
  const [unit, name] = SECONDS.find(([from]) => seconds >= from) ?? SECONDS[2];
  const value = seconds / (unit || 1e-9);
  return `${Number(value.toPrecision(value >= 100 ? 3 : 2))} ${name}`;
}

export function growthChart({ name, label }: Sweep, points: readonly Point[]): string {
  const measured = (key: "one" | "two") =>
    points.map((p) => ({ x: p.x, y: p[key].median / p.batch }));
  const [one, two] = [measured("one"), measured("two")];
  // What is far below the measured times would only press them together.
  const [low, high] = extent([...one, ...two].map(({ y }) => y));
  const floor = low / 12;
  const ticks = logTicks(floor, high) ?? 6;
  const changes = takeovers(points);
  return drawPicture({
    width: WIDE,
    title: TITLES[name],
    description: changes
      .map(({ x, limit }) => `From ${x} on limited by ${LIMIT_NAMES[limit]}`)
      .join("; "),
    legend: [
      { tone: "blue", sign: "line with dots", text: "1 thread" },
      { tone: "ink", sign: "line with diamonds", text: "2 threads" },
      ...LINES.map(({ tone, dash, text }) => ({ tone, sign: "line", dash, text }) as const),
    ],
    panels: [
      {
        x: 0,
        y: 0,
        plot: {
          width: WIDE,
          height: HEIGHT,
          marginLeft: 78,
          marginRight: 24,
          marginTop: 30,
          marginBottom: 46,
          x: { type: "log", label },
          y: { type: "log", label: "time per example", domain: [floor, high * 1.3] },
          marks: [
            Plot.gridY({ ticks, ...GRID }),
            Plot.axisY({ ticks, text: duration, ...AXIS_Y, labelOffset: 68 }),
            Plot.axisX({
              ticks: points.map((p) => p.x),
              text: (x: number) => x.toLocaleString("en-US"),
              ...AXIS_X,
            }),
            Plot.ruleX(changes.slice(1), {
              x: "x",
              stroke: "currentColor",
              strokeDasharray: "3 4",
              className: tone("soft"),
            }),
            Plot.text(changes, {
              x: "x",
              text: ({ limit }: { limit: Limit }) => `limited by ${LIMIT_NAMES[limit]} →`,
              frameAnchor: "top-left",
              textAnchor: "start",
              dx: 4,
              dy: -16,
              fontWeight: 600,
              className: tone("soft"),
            }),
            ...LINES.map(({ tone: color, dash, seconds }) =>
              Plot.lineY(
                points.map((p) => ({ x: p.x, y: seconds(p.bounds) / p.batch })),
                {
                  x: "x",
                  y: "y",
                  stroke: "currentColor",
                  strokeWidth: 2,
                  strokeDasharray: dash,
                  clip: true,
                  className: tone(color),
                },
              ),
            ),
            ...(
              [
                [one, "blue", "circle"],
                [two, "ink", "diamond"],
              ] as const
            ).flatMap(([rows, color, symbol]) => [
              Plot.lineY(rows, {
                x: "x",
                y: "y",
                stroke: "currentColor",
                strokeWidth: 2,
                className: tone(color),
              }),
              Plot.dot(rows, {
                x: "x",
                y: "y",
                r: 4,
                symbol,
                fill: "currentColor",
                stroke: "none",
                className: tone(color),
              }),
            ]),
          ],
        },
      },
    ],
  });
}
