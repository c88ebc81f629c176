/** Characters on a plane, or on a line. */
import * as Plot from "@observablehq/plot";
import { type Disc, spread, withRoom } from "../drawing/layout.js";
import { AXIS_X, AXIS_Y, GRID, NARROW, type Panel, RIM, tone } from "../drawing/picture.js";
import { extent } from "../drawing/scales.js";
import { textWidth } from "../drawing/text-width.js";

export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly label: string;
  readonly vowel: boolean;
  /** what it says where the mouse is */
  readonly title: string;
}

const MARGINS = { marginRight: 14, marginTop: 10, marginBottom: 46 };
const LEFT = 66;
const LEFT_NARROW = 64;

interface Look {
  readonly radius: number;
  readonly font: number;
  /**
   * letters inside discs that make room for each other; or in place of dots, as many as have room
   */
  readonly inside: boolean;
}

/** As large as the number of characters lets them be. */
function lookOf(dots: readonly Dot[], side: number): Look {
  const small = side <= NARROW;
  if (dots.some(({ label }) => [...label].length > 4))
    return { radius: 2, font: 10.5, inside: false }; // words
  if (dots.length <= (small ? 40 : 64)) return { radius: 9.5, font: 12, inside: true };
  if (dots.length <= (small ? 64 : 160)) return { radius: 7, font: 9.5, inside: true };
  return { radius: 2, font: 11, inside: false };
}

/** An axis of the data, `pixels` long. */
class Axis {
  readonly domain: readonly [number, number];

  /** @param radius of discs, which lie inside as a whole */
  constructor(
    [low, high]: readonly [number, number],
    private readonly pixels: number,
    radius: number,
  ) {
    const margin = (high - low) * ((radius + 4) / (pixels - 2 * (radius + 4)));
    this.domain = high > low ? [low - margin, high + margin] : [low - 1, high + 1];
  }

  toPixel = (value: number): number =>
    ((value - this.domain[0]) / (this.domain[1] - this.domain[0])) * this.pixels;
  fromPixel = (pixel: number): number =>
    this.domain[0] + (pixel / this.pixels) * (this.domain[1] - this.domain[0]);
}

/** Of a crowd, one in so many may lie beyond the frame. */
const FEW = 100;
/** What is left of the axis makes that worth while. */
const WORTH = 0.6;

/**
 * Where most of the values of a crowd lie: a few that are far from all others would press these
 * together.
 */
function crowded(values: readonly number[]): [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const few = Math.floor(values.length / FEW);
  const [low, high] = [sorted[0], sorted[sorted.length - 1]];
  const [from, to] = [sorted[few], sorted[sorted.length - 1 - few]];
  return to - from < WORTH * (high - low)
    ? [from - 0.1 * (to - from), to + 0.1 * (to - from)]
    : [low, high];
}

/** Dots beyond the frame stand at its edge and point to where they are. */
function atEdge(
  dots: readonly Dot[],
  x: readonly [number, number],
  y: readonly [number, number],
): Dot[] {
  return dots.map((dot) => {
    const within = {
      x: Math.min(x[1], Math.max(x[0], dot.x)),
      y: Math.min(y[1], Math.max(y[0], dot.y)),
    };
    if (within.x === dot.x && within.y === dot.y) return dot;
    const arrow = dot.x > x[1] ? "→" : dot.x < x[0] ? "←" : dot.y > y[1] ? "↑" : "↓";
    const place = `beyond the frame, at ${dot.x.toPrecision(3)}, ${dot.y.toPrecision(3)}`;
    return { ...dot, ...within, label: `${dot.label} ${arrow}`, title: `${dot.title}\n${place}` };
  });
}

export function plane(
  all: readonly Dot[],
  side: number,
  labels: readonly [string, string],
): Panel["plot"] {
  const look = lookOf(all, side);
  const range = look.inside ? extent : crowded;
  const [rangeX, rangeY] = [range(all.map((dot) => dot.x)), range(all.map((dot) => dot.y))];
  const dots = look.inside ? all : atEdge(all, rangeX, rangeY).map(quoted);
  const marginLeft = side <= NARROW ? LEFT_NARROW : LEFT;
  const [width, height] = [
    side - marginLeft - MARGINS.marginRight,
    side - MARGINS.marginTop - MARGINS.marginBottom,
  ];
  const room = look.inside ? look.radius : look.font;
  const x = new Axis(rangeX, width, room);
  const y = new Axis(rangeY, height, room);
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
    marginLeft,
    ...MARGINS,
    x: { domain: x.domain, label: labels[0] },
    y: { domain: y.domain, label: labels[1] },
    marks: [
      Plot.gridX(grid),
      Plot.gridY(grid),
      Plot.axisX({ ...AXIS_X, ticks: 6, tickSize: 0 }),
      Plot.axisY({ ...AXIS_Y, ticks: 6, labelOffset: marginLeft - 8 }),
      // A disc that made room for another points to where its character is.
      Plot.link(aside, {
        x1: "x",
        y1: "y",
        x2: "trueX",
        y2: "trueY",
        stroke: "currentColor",
        className: tone("ink"),
      }),
      Plot.dot(aside, {
        x: "trueX",
        y: "trueY",
        r: 1.8,
        fill: "currentColor",
        className: tone("ink"),
      }),
      ...characters(moved, places, look, width),
    ],
  };
}

/** Discs that would cover each other are stacked, as in a dot plot. */
export function strip(dots: readonly Dot[], width: number): Panel["plot"] {
  const look = lookOf(dots, width);
  const margins = { ...MARGINS, marginLeft: MARGINS.marginRight };
  const inner = width - margins.marginLeft - margins.marginRight;
  const x = new Axis(extent(dots.map((dot) => dot.x)), inner, look.radius);
  const row = look.inside ? 2 * look.radius + 1 : look.font + 3;
  const size = (dot: Dot) => (look.inside ? row : textWidth(dot.label, look.font) + 3);
  const taken: number[] = []; // pixel where the last disc of every row ends
  const stacked = [...dots]
    .sort((a, b) => a.x - b.x)
    .map((dot) => {
      const left = x.toPixel(dot.x) - size(dot) / 2;
      const free = taken.findIndex((last) => left >= last);
      const y = free < 0 ? taken.length : free;
      taken[y] = left + size(dot);
      return { ...dot, y };
    });
  const places = stacked.map((dot) => ({ x: x.toPixel(dot.x), y: dot.y * row }));
  return {
    ...margins,
    width,
    height: taken.length * row + margins.marginTop + margins.marginBottom,
    x: { domain: x.domain, label: "C[:, 0]" },
    y: { domain: [-0.5, taken.length - 0.5], axis: null },
    marks: [Plot.axisX({ ...AXIS_X, ticks: 6 }), ...characters(stacked, places, look, inner)],
  };
}

/** A full stop among dots could not be told from them. */
const quoted = (dot: Dot): Dot =>
  /^\p{P}+( [←→↑↓])?$/u.test(dot.label)
    ? { ...dot, label: dot.label.replace(/^\p{P}+/u, "“$&”") }
    : dot;

const LABEL = { x: "x", y: "y", text: "label", fill: "currentColor" } as const;

function characters(
  dots: readonly Dot[],
  places: readonly Disc[],
  look: Look,
  width: number,
): Plot.Markish[] {
  return look.inside ? discs(dots, look) : letters(dots, places, look, width);
}

function discs(dots: readonly Dot[], { radius, font }: Look): Plot.Markish[] {
  const round = (vowel: boolean) =>
    Plot.dot(
      dots.filter((dot) => dot.vowel === vowel),
      {
        x: "x",
        y: "y",
        r: radius,
        fill: "currentColor",
        title: "title",
        className: tone(vowel ? "orange" : "blue"),
      },
    );
  // A code point without a shape of its own is named by four digits or more, which no disc has room
  // for.
  const fits = (dot: Dot) => [...dot.label].length <= 2;
  const beside = dots.filter((dot) => !fits(dot));
  return [
    round(false),
    round(true),
    Plot.text(dots.filter(fits), {
      ...LABEL,
      fontSize: font,
      fontWeight: 700,
      className: tone("paper"),
      pointerEvents: "none",
    }),
    Plot.text(beside, {
      ...LABEL,
      fontSize: font,
      dy: -radius - 6,
      className: tone("ink"),
      pointerEvents: "none",
    }),
  ];
}

/** A label stands in place of its dot; those without room stay dots, pale as what is behind. */
function letters(
  dots: readonly Dot[],
  places: readonly Disc[],
  { radius, font }: Look,
  width: number,
): Plot.Markish[] {
  const at = dots.map((dot, i) => {
    const half = textWidth(dot.label, font) / 2;
    const inside = Math.min(width - half, Math.max(half, places[i].x));
    return { dot, label: dot.label, x: inside, y: places[i].y, dx: inside - places[i].x };
  });
  const labelled = withRoom(at, font);
  const shown = new Set(labelled.map(({ dot }) => dot));
  const text = ({ dot, dx }: (typeof labelled)[number]) => ({ ...dot, dx });
  const [inner, moved] = [
    labelled.filter(({ dx }) => dx === 0),
    labelled.filter(({ dx }) => dx !== 0),
  ];
  const look = { ...LABEL, fontSize: font, title: "title", className: RIM } as const;
  return [
    Plot.dot(
      dots.filter((dot) => !shown.has(dot)),
      {
        x: "x",
        y: "y",
        r: radius,
        fill: "currentColor",
        fillOpacity: 0.6,
        title: "title",
        className: tone("raw"),
      },
    ),
    Plot.text(inner.map(text), look),
    ...moved.map((label) => Plot.text([text(label)], { ...look, dx: label.dx })),
  ];
}
