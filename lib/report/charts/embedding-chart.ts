/**
 * embedding.svg: where training put each character. Every row of C is a disc with its character
 * inside.
 */
import { countOf, countText } from "../../count-text.js";
import { printable } from "../../printable.js";
import { visible } from "../drawing/characters.js";
import { type Dot, plane, strip } from "./embedding-panels.js";
import { nearest } from "./nearest.js";
import { pca } from "./pca.js";
import type { ChartOptions } from "../drawing/chart-options.js";
import { drawPicture, type LegendEntry, NARROW, type Panel, WIDE } from "../drawing/picture.js";
import { shorten } from "../drawing/text-width.js";

/** Pixels of a plane. */
const SIDE = 620;
/** A longer word would push the labels of its neighbours away. */
const LONGEST_LABEL = 20;

/** What is drawn of an embedding, and how. */
export interface EmbeddingOptions extends ChartOptions {
  /** what each row stands for, a character by default */
  readonly level?: "character" | "word";
}

/** With and without diacritics: é is a vowel, y is left with the consonants. */
const isVowel = (character: string): boolean => /^[aeiou]$/i.test(character.normalize("NFD")[0]);

/**
 * The text of an SVG file.
 * @param table the rows of C, one per character (or word) of `itos`; rows that are not finite
 *   in float32 are left out
 */
export function drawEmbeddingChart(
  table: readonly (readonly number[])[],
  itos: readonly string[],
  { level = "character", narrow = false }: EmbeddingOptions = {},
): string {
  const kept = itos.flatMap((text, token) =>
    table[token].every((x) => Number.isFinite(Math.fround(x))) ? [{ text, row: table[token] }] : [],
  );
  const rows = kept.map(({ row }) => row);
  const labels = kept.map(({ text }) =>
    shorten(level === "word" ? printable(text) : visible(text), LONGEST_LABEL),
  );
  const near = nearest(rows);
  const E = table.at(0)?.length ?? 0;
  const dots: Dot[] = kept.map(({ text }, i) => ({
    x: 0,
    y: 0,
    label: labels[i],
    vowel: level === "character" && isVowel(text),
    title: [
      labels[i],
      ...(near
        ? [`nearest in ${countOf(E, "dimension")}: ${near[i].map((j) => labels[j]).join(" ")}`]
        : []),
    ].join("\n"),
  }));
  const side = narrow ? NARROW : SIDE;
  const panel = kept.length === 0 ? undefined : panelOf(E, rows, dots, side, narrow);
  const legend: LegendEntry[] = [
    { tone: "orange", sign: "dot", text: "vowels" },
    { tone: "blue", sign: "dot", text: "all others" },
  ];
  const what =
    level === "word"
      ? `the ${countText(itos.length)} most frequent words`
      : `${countText(itos.length)} characters`;
  return drawPicture({
    width: panel?.plot.width ?? side,
    title:
      "Embedding of " +
      `${what}${E > 2 ? `, ${E} dimensions projected on 2` : ` in ${countOf(E, "dimension")}`}`,
    description:
      `A dot per ${level} where training put ` +
      `it${E > 2 ? ", on the plane of the two principal components" : ""}.`,
    legend: dots.some(({ vowel }) => vowel) ? legend : [],
    panels: panel ? [panel] : [],
  });
}

function panelOf(
  E: number,
  rows: readonly (readonly number[])[],
  dots: readonly Dot[],
  side: number,
  narrow: boolean,
): Panel {
  const at = (points: readonly (readonly number[])[]): Dot[] =>
    dots.map((dot, i) => ({ ...dot, x: points[i][0], y: points[i][1] ?? 0 }));
  if (E === 1) return { x: 0, y: 0, plot: strip(at(rows), narrow ? NARROW : WIDE) };
  if (E === 2) return { x: 0, y: 0, plot: plane(at(rows), side, ["C[:, 0]", "C[:, 1]"]) };
  const { points, share } = pca(rows);
  const axis = (i: 0 | 1) =>
    `principal component ${i + 1} (${Math.round(100 * share[i])} % of the variance)`;
  return { x: 0, y: 0, plot: plane(at(points), side, [axis(0), axis(1)]) };
}
