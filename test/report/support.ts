/** Run folders without a training, and what can be asked of a picture. */
import { DOMParser, type Document, type Element } from "@xmldom/xmldom";
import { Vocabulary } from "../../lib/data/index.js";
import { MLP } from "../../lib/models/index.js";
import { Generator } from "../../lib/random/index.js";
import { parseConfig } from "../../lib/run/index.js";
import { runFiles } from "../../lib/run/folder/run-folder.js";
import { writeRun } from "../train/support.js";

export interface FakeRun {
  embedding?: number;
  words?: readonly string[];
  steps?: number;
  lr?: string;
  metrics?: readonly object[];
  samples?: readonly string[];
}

/** Writes a run folder whose network was never trained. */
export function fakeRun(
  dir: string,
  {
    embedding = 2,
    words = ["anna", "bob"],
    steps = 3000,
    lr = "0.1",
    metrics = [],
    samples,
  }: FakeRun = {},
): string {
  const vocabulary = new Vocabulary(words);
  const config = {
    ...parseConfig({ embedding, hidden: 4, steps, lr }),
    version: 2 as const,
    wordsSha256: "none",
    from: null,
    stepsDone: steps,
  };
  const shape = { vocabularySize: vocabulary.size, blockSize: 3, embedding, hidden: 4 };
  const model = MLP.create(shape, new Generator(1));
  writeRun(dir, {
    ...runFiles({ config, vocabulary, model }),
    "metrics.jsonl": metrics.map((line) => `${JSON.stringify(line)}\n`).join(""),
    ...(samples && { "samples.txt": samples.map((word) => `${word}\n`).join("") }),
  });
  return dir;
}

/** What a training of `count` logged steps would measure, and its final losses. */
export const curve = (count: number, every = 100): object[] => [
  ...Array.from({ length: count }, (_, i) => ({
    step: i * every,
    loss: 2 + 20 / (i + 1),
    lr: 0.1,
  })),
  { step: count * every, trainLoss: 2.125, devLoss: 2.25 },
];

/** Parses, and fails on anything that is not well-formed XML. */
export function parseXml(text: string): Document {
  const onError = (_level: string, message: string): never => {
    throw new Error(message);
  };
  return new DOMParser({ onError }).parseFromString(text, "image/svg+xml");
}

export const texts = (svg: string): string[] =>
  [...parseXml(svg).getElementsByTagName("text")].map(ownText);

/** Without its hover title. */
const ownText = (element: Element): string =>
  [...element.childNodes]
    .filter((child) => child.nodeName !== "title")
    .map((child) => child.textContent ?? "")
    .join("");

export interface Box {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly y: number;
  readonly size: number;
}

/** About where each text stands: half an em to a letter, one to a Chinese character. */
export function labelBoxes(svg: string): Box[] {
  const found: Box[] = [];
  const visit = (
    element: Element,
    dx: number,
    dy: number,
    inherited: { size: number; anchor: string },
  ): void => {
    const [, tx = "0", ty = "0"] =
      /translate\(([^,)]+),?([^)]*)\)/.exec(element.getAttribute("transform") ?? "") ?? [];
    const [x, y] = [dx + Number(tx), dy + Number(ty)];
    const size = Number(element.getAttribute("font-size") ?? inherited.size);
    const anchor = element.getAttribute("text-anchor") ?? inherited.anchor;
    if (element.tagName === "text") {
      const text = ownText(element);
      const width = [...text].reduce((sum, c) => sum + size * (c >= "\u2e80" ? 1 : 0.5), 0);
      const left =
        x +
        Number.parseFloat(element.getAttribute("x") ?? "0") -
        (anchor === "middle" ? width / 2 : anchor === "end" ? width : 0);
      found.push({
        text,
        left,
        right: left + width,
        y: y + Number.parseFloat(element.getAttribute("y") ?? "0"),
        size,
      });
    }
    for (const child of [...element.childNodes])
      if (child.nodeType === 1) visit(child as Element, x, y, { size, anchor });
  };
  visit(parseXml(svg).documentElement as Element, 0, 0, { size: 12, anchor: "start" });
  return found;
}

/** Pairs of labels that cover each other. */
export const overlaps = (labels: readonly Box[]): string[] =>
  labels.flatMap((a, i) =>
    labels
      .slice(0, i)
      .filter((b) => a.left < b.right && b.left < a.right && Math.abs(a.y - b.y) < 0.9 * a.size)
      .map((b) => `${a.text} ${b.text}`),
  );

/** Where every circle, diamond, label and vertex is, groups' translations added up. */
export function positions(svg: string): { x: number; y: number }[] {
  const found: { x: number; y: number }[] = [];
  const visit = (element: Element, dx: number, dy: number): void => {
    const [, tx = "0", ty = "0"] =
      /translate\(([^,)]+),?([^)]*)\)/.exec(element.getAttribute("transform") ?? "") ?? [];
    const [x, y] = [dx + Number(tx), dy + Number(ty)];
    const number = (name: string) => Number(element.getAttribute(name) ?? 0);
    if (element.tagName === "circle") found.push({ x: x + number("cx"), y: y + number("cy") });
    if (element.tagName === "text")
      found.push({ x: x + Number.parseFloat(element.getAttribute("x") ?? "0"), y });
    if (element.tagName === "path") {
      for (const [, px, py] of (element.getAttribute("d") ?? "").matchAll(
        /[ML](-?[\d.]+),(-?[\d.]+)/g,
      ))
        found.push({ x: x + Number(px), y: y + Number(py) });
    }
    for (const child of [...element.childNodes])
      if (child.nodeType === 1) visit(child as Element, x, y);
  };
  visit(parseXml(svg).documentElement as Element, 0, 0);
  return found;
}

/** Everything is drawn, and drawn inside the picture. */
export function outside(svg: string): { x: number; y: number }[] {
  const [, , width, height] = (parseXml(svg).documentElement?.getAttribute("viewBox") ?? "")
    .split(" ")
    .map(Number);
  return positions(svg).filter(({ x, y }) => !(x >= 0 && x <= width && y >= 0 && y <= height));
}
