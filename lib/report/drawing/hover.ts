/**
 * What a loss chart says where the mouse is: strips of its width that cannot be seen, each with its
 * values as a title.
 */
import * as Plot from "@observablehq/plot";
import { countText } from "../../count-text.js";
import { HOVER } from "./picture.js";
import { extent } from "./scales.js";
import { groupBy, type Point } from "./smooth.js";

/** Strips that a mouse can still tell apart. */
const MOST_STRIPS = 100;

interface Curves {
  /** the last step of the axis */
  readonly end: number;
  readonly raw: readonly (Point & { readonly lr?: number })[];
  readonly mean: readonly Point[];
  readonly train: readonly Point[];
  readonly dev: readonly Point[];
  /** of the axis of losses */
  readonly bottom: number;
  readonly top: number;
}

export function hoverStrips({ end, raw, mean, train, dev, bottom, top }: Curves): Plot.Markish {
  const all = [raw, mean, dev, train].flatMap((points) => points.map(({ step }) => step));
  const count = Math.max(1, Math.min(MOST_STRIPS, new Set(all).size));
  const width = end / count;
  const stripOf = ({ step }: Point): number => Math.min(count - 1, Math.floor(step / width));
  const [raws, means, devs, trains] = [raw, mean, dev, train].map((points) =>
    groupBy(points, stripOf),
  );
  const strips = Array.from({ length: count }, (_, i) => {
    const points = (raws.get(i) ?? []) as typeof raw;
    const last = (of: Map<number, Point[]>): Point | undefined => of.get(i)?.at(-1);
    const lines = [
      ...minibatchLine(points),
      ...valueLine("mean around", last(means)),
      ...valueLine("dev", last(devs)),
      ...valueLine("train", last(trains)),
      ...(points.at(-1)?.lr === undefined
        ? []
        : [`learning rate ${Number(points.at(-1)?.lr?.toPrecision(3))}`]),
    ];
    const steps = [points, ...[means, devs, trains].map((of) => of.get(i) ?? [])]
      .flat()
      .map(({ step }) => step);
    return {
      x1: i * width,
      x2: (i + 1) * width,
      title: [stepLine(steps), ...lines].join("\n"),
      empty: lines.length === 0,
    };
  });
  return Plot.rect(
    strips.filter(({ empty }) => !empty),
    {
      x1: "x1",
      x2: "x2",
      y1: () => bottom,
      y2: () => top,
      title: "title",
      fill: "currentColor",
      fillOpacity: 0,
      className: HOVER,
    },
  );
}

function stepLine(steps: readonly number[]): string {
  const [low, high] = extent(steps).map(Math.round).map(countText);
  return low === high ? `step ${low}` : `steps ${low} to ${high}`;
}

function minibatchLine(points: readonly Point[]): string[] {
  if (points.length === 0) return [];
  if (points.length === 1) return [`minibatch ${points[0].loss.toFixed(4)}`];
  const [low, high] = extent(points.map(({ loss }) => loss));
  return [`${countText(points.length)} minibatches ${low.toFixed(4)} to ${high.toFixed(4)}`];
}

const valueLine = (name: string, point: Point | undefined): string[] =>
  point === undefined ? [] : [`${name} ${point.loss.toFixed(4)}`];
