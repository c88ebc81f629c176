/** growth-*.svg: time per example over a size, as measured and as each limit alone would have it. */
import * as Plot from "@observablehq/plot";
import { AXIS_X, AXIS_Y, drawPicture, GRID, type Tone, tone } from "../../lib/report/picture.js";
import { extent, logTicks } from "../../lib/report/scales.js";
import { type Limit, takeovers } from "./limits.js";
import type { Point, Sweep } from "./sweep.js";

const WIDTH = 860;
const HEIGHT = 400;

/** What each limit alone would take; operands come from a cache or from memory, never both. */
const LINES: readonly { tone: Tone; dash: string; text: string; seconds: (bounds: Point["bounds"]) => number }[] = [
  { tone: "soft", dash: "2 3", text: "calls alone", seconds: ({ calls }) => calls },
  { tone: "orange", dash: "none", text: "FMA alone", seconds: ({ FMA }) => FMA },
  { tone: "green", dash: "6 3", text: "operands alone (cache or memory)", seconds: ({ cache, memory }) => cache + memory },
];

const SECONDS = [[1e-3, "ms"], [1e-6, "us"], [0, "ns"]] as const;

/** 1.5 us, 20 ns */
export function duration(seconds: number): string {
  const [unit, name] = SECONDS.find(([from]) => seconds >= from) ?? SECONDS[2];
  const value = seconds / (unit || 1e-9);
  return `${Number(value.toPrecision(value >= 100 ? 3 : 2))} ${name}`;
}

export function growthChart({ name, label }: Sweep, points: readonly Point[]): string {
  const measured = (key: "one" | "two") => points.map((p) => ({ x: p.x, y: p[key].median / p.batch }));
  const [one, two] = [measured("one"), measured("two")];
  // What is far below the measured times would only press them together.
  const [low, high] = extent([...one, ...two].map(({ y }) => y));
  const floor = low / 12;
  const ticks = logTicks(floor, high) ?? 6;
  const changes = takeovers(points);
  return drawPicture({
    width: WIDTH,
    height: 66 + HEIGHT + 10,
    title: `Time per example, by ${name === "batch" ? "batch size" : name === "hidden" ? "hidden layer" : "vocabulary"}`,
    description: changes.map(({ x, limit }) => `From ${x} on limited by ${limit}`).join("; "),
    legend: [
      { tone: "blue", sign: "dot", text: "1 thread" },
      { tone: "ink", sign: "diamond", text: "2 threads" },
      ...LINES.map(({ tone, text }) => ({ tone, sign: "line", text }) as const),
    ],
    panels: [{
      x: 0,
      y: 66,
      plot: {
        width: WIDTH,
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
          Plot.axisX({ ticks: points.map((p) => p.x), text: (x: number) => x.toLocaleString("en-US"), ...AXIS_X }),
          Plot.ruleX(changes.slice(1), { x: "x", stroke: "currentColor", strokeDasharray: "3 4", className: tone("soft") }),
          Plot.text(changes, {
            x: "x", text: ({ limit }: { limit: Limit }) => `${limit} →`, frameAnchor: "top-left", textAnchor: "start", dx: 4, dy: -14, fontWeight: 600, className: tone("soft"),
          }),
          ...LINES.map(({ tone: color, dash, seconds }) =>
            Plot.lineY(points.map((p) => ({ x: p.x, y: seconds(p.bounds) / p.batch })), {
              x: "x", y: "y", stroke: "currentColor", strokeWidth: 1.5, strokeDasharray: dash, clip: true, className: tone(color),
            })),
          ...([[one, "blue", "circle"], [two, "ink", "diamond"]] as const).flatMap(([rows, color, symbol]) => [
            Plot.lineY(rows, { x: "x", y: "y", stroke: "currentColor", strokeWidth: 2, className: tone(color) }),
            Plot.dot(rows, { x: "x", y: "y", r: 4, symbol, fill: "currentColor", stroke: "none", className: tone(color) }),
          ]),
        ],
      },
    }],
  });
}
