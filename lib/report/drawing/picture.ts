/**
 * One SVG file from one or more plots: paper, title, legend, colours for light and dark. The only
 * file that touches a DOM.
 */
import * as Plot from "@observablehq/plot";
import { type Document, DOMImplementation, type Element, XMLSerializer } from "@xmldom/xmldom";
import { printable } from "../../printable.js";
import { textWidth, wrap } from "./text-width.js";

const SVG = "http://www.w3.org/2000/svg";

/** A plot and its place below the title and the legend. */
export interface Panel {
  readonly x: number;
  readonly y: number;
  readonly plot: Omit<Plot.PlotOptions, "document" | "title" | "caption"> & {
    readonly height: number;
  };
}
/** What a mark of the plot means; it looks as the mark does. */
export interface LegendEntry {
  readonly tone: Tone;
  readonly sign: "dot" | "diamond" | "line" | "line with dots" | "line with diamonds";
  /** of a line, as in `stroke-dasharray` */
  readonly dash?: string;
  readonly text: string;
}
export interface Picture {
  readonly width: number;
  readonly title: string;
  /** what a reader who does not see the picture is told */
  readonly description: string;
  readonly legend?: readonly LegendEntry[];
  /** colours of its own, light and dark: classes mm-NAME of its marks */
  readonly tones?: Readonly<Record<string, readonly [string, string]>>;
  readonly panels: readonly Panel[];
}

/**
 * Class names for marks: their `fill` and `stroke` are "currentColor", and these say which that is.
 */
const TONES = {
  ink: ["#1f2328", "#e6edf3"],
  soft: ["#59636e", "#9aa4b0"],
  raw: ["#8fb0dc", "#48658c"],
  blue: ["#1d5fd0", "#6cb0ff"],
  orange: ["#b84a00", "#ffa657"],
  green: ["#18794e", "#56d391"],
  paper: ["#ffffff", "#0d1117"],
} as const;
export type Tone = keyof typeof TONES;
export const tone = (name: Tone): string => `mm-${name}`;

/**
 * What all axes share. Log axes set their labels by `text`: `tickFormat` would leave out some of
 * the ticks asked for.
 */
export const GRID = {
  stroke: "currentColor",
  strokeOpacity: 0.2,
  className: tone("soft"),
} as const;
export const AXIS_X = { labelAnchor: "center", labelArrow: "none" } as const;
export const AXIS_Y = {
  tickSize: 0,
  labelAnchor: "center",
  labelArrow: "none",
  labelOffset: 56,
} as const;

/** Widths of charts: beside text on a desk, and on a phone. */
export const WIDE = 860;
export const NARROW = 380;

/**
 * An opaque paper of its own makes the picture readable on any page; the colours follow the
 * reader's light or dark setting. Ink is for light paper.
 */
const css = (index: 0 | 1, tones: Picture["tones"]): string =>
  Object.entries({ ...TONES, ...tones })
    .map(([name, colors]) => `.mm-${name}{color:${colors[index]}}`)
    .join("");
/** The class of labels among dots: with a rim of paper. */
export const RIM = "mm-rim";
const rim = (index: 0 | 1): string => {
  const colors = `color:${TONES.ink[index]};stroke:${TONES.paper[index]}`;
  return `.${RIM}{${colors};stroke-width:3px;paint-order:stroke}`;
};

const style = (tones: Picture["tones"]): string =>
  `${css(0, tones)}${rim(0)}.mm-chart text{white-space:pre}.mm-hover :hover{fill-opacity:.12}` +
  `@media screen and (prefers-color-scheme:dark){${css(1, tones)}${rim(1)}}`;

/** The class of marks that show only where the mouse is, and say what stands there. */
export const HOVER = "mm-hover";

const MARGIN = 20;
const TITLE = { size: 16, line: 21 };
const LEGEND = { size: 12, line: 19, sign: 25, gap: 20 };

/** The text of an SVG file; the same bytes for the same picture. */
export function drawPicture({
  width,
  title,
  description,
  legend = [],
  tones,
  panels,
}: Picture): string {
  const inner = width - 2 * MARGIN;
  const titles = wrap(title, inner, TITLE.size);
  const entries = legendRows(legend, inner);
  const rows = entries.reduce((most, { row }) => Math.max(most, row + 1), 0);
  const firstRow = 9 + titles.length * TITLE.line + LEGEND.line;
  const top = firstRow + rows * LEGEND.line - 3;
  const bottom = panels.reduce((low, { y, plot }) => Math.max(low, y + plot.height), 0);
  const height = top + bottom + 10;

  const document = new DOMImplementation().createDocument(SVG, "svg");
  const add = (
    parent: Element,
    name: string,
    attributes: Readonly<Record<string, string | number>>,
    text?: string,
  ): Element => {
    const element = document.createElementNS(SVG, name);
    parent.appendChild(element);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    if (text !== undefined) element.appendChild(document.createTextNode(printable(text)));
    return element;
  };

  const svg = document.documentElement as Element;
  const root = {
    class: "mm-chart mm-ink",
    role: "img",
    "aria-label": printable(`${title}. ${description}`),
    viewBox: `0 0 ${width} ${height}`,
  };
  const font = {
    fill: "currentColor",
    "font-family": "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif",
    "font-size": 12,
  };
  for (const [key, value] of Object.entries({ ...root, width, height, ...font }))
    svg.setAttribute(key, String(value));
  add(svg, "title", {}, title);
  add(svg, "style", {}, style(tones));
  add(svg, "rect", { class: tone("paper"), fill: "currentColor", width, height, rx: 8 });
  for (const [i, line] of titles.entries()) {
    const y = 30 + i * TITLE.line;
    add(svg, "text", { x: MARGIN, y, "font-size": TITLE.size, "font-weight": 600 }, line);
  }
  for (const { x, row, entry } of entries) {
    const y = firstRow + row * LEGEND.line;
    const place = { transform: `translate(${MARGIN + x},${y})` };
    const look = { class: tone(entry.tone), fill: "currentColor", stroke: "currentColor" };
    const mark = add(svg, "g", { ...look, ...place });
    for (const [name, attributes] of signs(entry)) add(mark, name, attributes);
    add(svg, "text", { x: MARGIN + x + LEGEND.sign, y: y + 4 }, entry.text);
  }
  for (const { x, y, plot } of panels) {
    placePlot(add(svg, "g", { transform: `translate(${x},${top + y})` }), plot, document);
  }
  roundNumbers(svg);
  return `${new XMLSerializer().serializeToString(svg)}\n`;
}

interface Placed {
  readonly x: number;
  readonly row: number;
  readonly entry: LegendEntry;
}

/** Entries beside each other, as many as fit into a row. */
function legendRows(legend: readonly LegendEntry[], width: number): Placed[] {
  let [x, row] = [0, 0];
  return legend.map((entry) => {
    const needed = LEGEND.sign + textWidth(entry.text, LEGEND.size);
    if (x > 0 && x + needed > width) [x, row] = [0, row + 1];
    const placed = { x: Math.round(x), row, entry };
    x += needed + LEGEND.gap;
    return placed;
  });
}

type Shape = readonly [name: string, attributes: Readonly<Record<string, string | number>>];

function signs({ sign, dash = "none" }: LegendEntry): Shape[] {
  const shapes: Shape[] = [];
  if (sign.startsWith("line"))
    shapes.push(["path", { d: "M0,0H19", "stroke-width": 2, "stroke-dasharray": dash }]);
  if (sign.includes("dot")) shapes.push(["circle", { cx: 9.5, cy: 0, r: 4, stroke: "none" }]);
  if (sign.includes("diamond"))
    shapes.push(["path", { d: "M9.5,-5L14.5,0L9.5,5L4.5,0Z", stroke: "none" }]);
  return shapes;
}

/**
 * Moves what Plot drew into a group: its own `svg` element brings a style sheet for whole web
 * pages.
 */
function placePlot(group: Element, plot: Panel["plot"], document: Document): void {
  // Plot's types are the browser's DOM, which this project does not load; of it Plot uses what
  // xmldom has.
  const draw = Plot.plot as unknown as (options: object) => Element;
  const drawn = draw({ ...plot, document });
  group.setAttribute("text-anchor", "middle");
  for (const child of [...drawn.childNodes])
    if (child.nodeName !== "style") group.appendChild(child);
}

const GEOMETRY = [
  "d",
  "transform",
  "x",
  "y",
  "x1",
  "x2",
  "y1",
  "y2",
  "cx",
  "cy",
  "r",
  "width",
  "height",
];

/**
 * Hundredths of a pixel: half the size of the file, and no last digit that another engine computes
 * otherwise.
 */
function roundNumbers(element: Element): void {
  for (const name of GEOMETRY) {
    const value = element.getAttribute(name);
    if (value)
      element.setAttribute(
        name,
        value.replace(/-?\d+\.\d+(e-?\d+)?/g, (n) => String(Number(Number(n).toFixed(2)))),
      );
  }
  for (let child = element.firstChild; child; child = child.nextSibling)
    if (child.nodeType === 1) roundNumbers(child as Element);
}
