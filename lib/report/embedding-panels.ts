/** Characters on a plane, or on a line. */
import * as Plot from "@observablehq/plot";
import { type Disc, spread, withRoom } from "./layout.js";
import { AXIS_X, AXIS_Y, GRID, type Panel, tone } from "./picture.js";
import { extent } from "./scales.js";

export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly label: string;
  readonly vowel: boolean;
}

const MARGINS = { marginLeft: 72, marginRight: 14, marginTop: 10, marginBottom: 46 };
const STRIP = { width: 860, ...MARGINS, marginLeft: MARGINS.marginRight };

interface Look {
  readonly radius: number;
  readonly font: number;
  /** letters inside discs that make room for each other; beside small dots where not */
  readonly inside: boolean;
}

/** As large as the number of characters lets them be. */
function lookOf(count: number): Look {
  if (count <= 64) return { radius: 9.5, font: 12, inside: true };
  return count <= 160 ? { radius: 7, font: 9.5, inside: true } : { radius: 2.5, font: 10, inside: false };
}

/** An axis of the data, `pixels` long. */
class Axis {
  readonly domain: readonly [number, number];

  /** Whole discs lie inside. */
  constructor(
    values: readonly number[],
    private readonly pixels: number,
    radius: number,
  ) {
    const [low, high] = extent(values);
    const margin = (high - low) * ((radius + 4) / (pixels - 2 * (radius + 4)));
    this.domain = high > low ? [low - margin, high + margin] : [low - 1, high + 1];
  }

  toPixel = (value: number): number => ((value - this.domain[0]) / (this.domain[1] - this.domain[0])) * this.pixels;
  fromPixel = (pixel: number): number => this.domain[0] + (pixel / this.pixels) * (this.domain[1] - this.domain[0]);
}

export function plane(
  dots: readonly Dot[],
  side: number,
  labels: readonly [string, string] = ["C[:, 0]", "C[:, 1]"],
): Panel["plot"] {
  const look = lookOf(dots.length);
  const [width, height] = [side - MARGINS.marginLeft - MARGINS.marginRight, side - MARGINS.marginTop - MARGINS.marginBottom];
  const x = new Axis(
    dots.map((dot) => dot.x),
    width,
    look.radius,
  );
  const y = new Axis(
    dots.map((dot) => dot.y),
    height,
    look.radius,
  );
  const pixels = dots.map((dot) => ({ x: x.toPixel(dot.x), y: y.toPixel(dot.y) }));
  const places = look.inside ? spread(pixels, look.radius, width, height) : pixels;
  const moved = dots.map((dot, i) => ({
    ...dot,
    x: x.fromPixel(places[i].x),
    y: y.fromPixel(places[i].y),
    trueX: dot.x,
    trueY: dot.y,
  }));
  const aside = look.inside ? moved : [];
  const grid = { ...GRID, ticks: 6 };
  return {
    width: side,
    height: side,
    ...MARGINS,
    x: { domain: x.domain, label: labels[0] },
    y: { domain: y.domain, label: labels[1] },
    marks: [
      Plot.gridX(grid),
      Plot.gridY(grid),
      Plot.axisX({ ...AXIS_X, ticks: 6, tickSize: 0 }),
      Plot.axisY({ ...AXIS_Y, ticks: 6 }),
      // A disc that made room for another points to where its character is.
      Plot.link(aside, { x1: "x", y1: "y", x2: "trueX", y2: "trueY", stroke: "currentColor", className: tone("ink") }),
      Plot.dot(aside, { x: "trueX", y: "trueY", r: 1.8, fill: "currentColor", className: tone("ink") }),
      ...characters(moved, places, look),
    ],
  };
}

/** Discs that would cover each other are stacked, as in a dot plot. */
export function strip(dots: readonly Dot[]): Panel["plot"] {
  const look = lookOf(dots.length);
  const x = new Axis(
    dots.map((dot) => dot.x),
    STRIP.width - STRIP.marginLeft - STRIP.marginRight,
    look.radius,
  );
  const row = 2 * look.radius + 1;
  const taken: number[] = []; // pixel of the last disc of every row
  const stacked = [...dots]
    .sort((a, b) => a.x - b.x)
    .map((dot) => {
      const left = x.toPixel(dot.x);
      const free = taken.findIndex((last) => left - last >= row);
      const y = free < 0 ? taken.length : free;
      taken[y] = left;
      return { ...dot, y };
    });
  const places = stacked.map((dot) => ({ x: x.toPixel(dot.x), y: dot.y * row }));
  const top = look.inside ? MARGINS.marginTop : 2 * look.font; // a letter beside the highest dot
  return {
    ...STRIP,
    height: taken.length * row + top + MARGINS.marginBottom,
    marginTop: top,
    x: { domain: x.domain, label: "C[:, 0]" },
    y: { domain: [-0.5, taken.length - 0.5], axis: null },
    marks: [Plot.axisX(AXIS_X), ...characters(stacked, places, look)],
  };
}

function characters(dots: readonly Dot[], places: readonly Disc[], { radius, font, inside }: Look): Plot.Markish[] {
  const discs = (vowel: boolean) =>
    Plot.dot(
      dots.filter((dot) => dot.vowel === vowel),
      {
        x: "x",
        y: "y",
        r: radius,
        fill: "currentColor",
        fillOpacity: inside ? 1 : 0.5,
        className: tone(vowel ? "orange" : "blue"),
      },
    );
  const label = { x: "x", y: "y", text: "label", fontSize: font, fill: "currentColor" } as const;
  // A code point without a shape of its own is named by four digits or more, which no disc has room for.
  const fits = (dot: Dot) => inside && [...dot.label].length <= 2;
  const beside = inside ? dots.filter((dot) => !fits(dot)) : withRoom(dots, places, font);
  return [
    discs(false),
    discs(true),
    Plot.text(dots.filter(fits), { ...label, fontWeight: 700, className: tone("paper") }),
    Plot.text(beside, { ...label, dy: -radius - 6, className: tone("ink") }),
  ];
}
