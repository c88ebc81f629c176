/** One SVG file from one or more plots: paper, title, legend, colours for light and dark. The only file that touches a DOM. */
import * as Plot from "@observablehq/plot";
import { type Document, DOMImplementation, type Element, XMLSerializer } from "@xmldom/xmldom";
import { printable } from "../printable.js";

const SVG = "http://www.w3.org/2000/svg";

/** A plot and its place in the picture. */
export interface Panel {
  readonly x: number;
  readonly y: number;
  readonly plot: Omit<Plot.PlotOptions, "document" | "title" | "caption">;
}
export interface LegendEntry {
  readonly tone: Tone;
  readonly sign: "dot" | "line" | "diamond";
  readonly text: string;
}
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** what a reader who does not see the picture is told */
  readonly description: string;
  readonly legend?: readonly LegendEntry[];
  /** colours of its own, light and dark: classes mm-NAME of its marks */
  readonly tones?: Readonly<Record<string, readonly [string, string]>>;
  readonly panels: readonly Panel[];
}

/** Class names for marks: their `fill` and `stroke` are "currentColor", and these say which that is. */
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

/** What all axes share. Log axes set their labels by `text`: `tickFormat` would leave out some of the ticks asked for. */
export const GRID = { stroke: "currentColor", strokeOpacity: 0.2, className: tone("soft") } as const;
export const AXIS_X = { labelAnchor: "center", labelArrow: "none" } as const;
export const AXIS_Y = { tickSize: 0, labelAnchor: "center", labelArrow: "none", labelOffset: 56 } as const;

/** An opaque paper of its own makes the picture readable on any page; the colours follow the reader's light or dark setting. */
const css = (index: 0 | 1, tones: Picture["tones"]): string =>
  Object.entries({ ...TONES, ...tones })
    .map(([name, colors]) => `.mm-${name}{color:${colors[index]}}`)
    .join("");
const style = (tones: Picture["tones"]): string =>
  `${css(0, tones)}.mm-chart text{white-space:pre}@media (prefers-color-scheme:dark){${css(1, tones)}}`;

/** Estimate, in Plot's default font: enough to set one legend entry beside the other. */
const textWidth = (text: string, size: number): number => [...text].length * size * 0.56;

/** The text of an SVG file; the same bytes for the same picture. */
export function drawPicture({ width, height, title, description, legend = [], tones, panels }: Picture): string {
  const document = new DOMImplementation().createDocument(SVG, "svg");
  const add = (parent: Element, name: string, attributes: Readonly<Record<string, string | number>>, text?: string): Element => {
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
  for (const [key, value] of Object.entries({ ...root, width, height, ...font })) svg.setAttribute(key, String(value));
  add(svg, "title", {}, title);
  add(svg, "style", {}, style(tones));
  add(svg, "rect", { class: tone("paper"), fill: "currentColor", width, height, rx: 8 });
  add(svg, "text", { x: 20, y: 30, "font-size": 16, "font-weight": 600 }, title);

  let x = 20;
  for (const { tone: color, sign, text } of legend) {
    const mark = add(svg, "g", {
      class: tone(color),
      fill: "currentColor",
      stroke: "currentColor",
      transform: `translate(${Math.round(x)},50)`,
    });
    if (sign === "line") add(mark, "path", { d: "M0,0H18", "stroke-width": 2.5 });
    else if (sign === "dot") add(mark, "circle", { cx: 9, cy: 0, r: 4, stroke: "none" });
    else add(mark, "path", { d: "M9,-5L14,0L9,5L4,0Z", stroke: "none" });
    add(svg, "text", { x: Math.round(x) + 24, y: 54 }, text);
    x += 24 + textWidth(text, 12) + 22;
  }
  for (const panel of panels) placePanel(add(svg, "g", { transform: `translate(${panel.x},${panel.y})` }), panel, document);
  roundNumbers(svg);
  return `${new XMLSerializer().serializeToString(svg)}\n`;
}

/** Moves what Plot drew into a group: its own `svg` element brings a style sheet for whole web pages. */
function placePanel(group: Element, { plot }: Panel, document: Document): void {
  // Plot's types are the browser's DOM, which this project does not load; of it Plot uses what xmldom has.
  const draw = Plot.plot as unknown as (options: object) => Element;
  const drawn = draw({ ...plot, document });
  group.setAttribute("text-anchor", "middle");
  for (const child of [...drawn.childNodes]) if (child.nodeName !== "style") group.appendChild(child);
}

const GEOMETRY = ["d", "transform", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height"];

/** Hundredths of a pixel: half the size of the file, and no last digit that another engine computes otherwise. */
function roundNumbers(element: Element): void {
  for (const name of GEOMETRY) {
    const value = element.getAttribute(name);
    if (value)
      element.setAttribute(
        name,
        value.replace(/-?\d+\.\d+(e-?\d+)?/g, (n) => String(Number(Number(n).toFixed(2)))),
      );
  }
  for (let child = element.firstChild; child; child = child.nextSibling) if (child.nodeType === 1) roundNumbers(child as Element);
}
