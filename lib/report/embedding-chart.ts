/** embedding.svg: where training put each character. Every row of C is a disc with its character inside. */
import { printable } from "../printable.js";
import { visible } from "./characters.js";
import { type Dot, plane, strip } from "./embedding-panels.js";
import { pca } from "./pca.js";
import { drawPicture, type LegendEntry, type Panel } from "./picture.js";

const TOP = 66;
/** Pixels of a plane alone, and of each of two. */
const ALONE = 620;
const BESIDE = 480;
const GAP = 6;
const TWO_VIEWS = "; left its first two dimensions, right its two principal components";

/** With and without diacritics: é is a vowel, y is left with the consonants. */
const isVowel = (character: string): boolean => /^[aeiou]$/i.test(character.normalize("NFD")[0]);

/** @param table the rows of C, one per character (or word) of `itos`; rows that are not finite are left out */
export function embeddingChart(table: readonly (readonly number[])[], itos: readonly string[], level: "character" | "word" = "character"): string {
  const isOrange = (text: string) => level === "character" && isVowel(text);
  const label = (text: string) => (level === "word" ? printable(text) : visible(text));
  const kept = itos.flatMap((character, token) =>
    table[token].every(Number.isFinite) ? [{ character, row: table[token] }] : [],
  );
  const dots: Dots = (points) =>
    points.map(([x, y = 0], i) => ({ x, y, label: label(kept[i].character), vowel: isOrange(kept[i].character) }));
  const E = table[0].length;
  const panels =
    kept.length === 0
      ? []
      : panelsOf(
          E,
          kept.map(({ row }) => row),
          dots,
        );
  const last = panels.at(-1);
  const legend: LegendEntry[] = [
    { tone: "orange", sign: "dot", text: "vowels" },
    { tone: "blue", sign: "dot", text: "all others" },
  ];
  return drawPicture({
    width: (last?.x ?? 0) + (last?.plot.width ?? ALONE) + GAP,
    height: TOP + (last?.plot.height ?? 0) + GAP,
    title: `Embedding C of ${level === "word" ? `the ${itos.length} most frequent words` : `${itos.length} characters`} in ${E} ${E === 1 ? "dimension" : "dimensions"}`,
    description: `A dot per ${level} where training put it${E > 2 ? TWO_VIEWS : ""}.`,
    legend: kept.some(({ character }) => isOrange(character)) ? legend : [],
    panels,
  });
}

type Dots = (points: readonly (readonly number[])[]) => Dot[];

function panelsOf(E: number, rows: readonly (readonly number[])[], dots: Dots): Panel[] {
  const at = { x: 0, y: TOP };
  if (E === 1) return [{ ...at, plot: strip(dots(rows)) }];
  if (E === 2) return [{ ...at, plot: plane(dots(rows), ALONE) }];
  const { points, share } = pca(rows);
  const axis = (i: 0 | 1) => `principal component ${i + 1} (${Math.round(100 * share[i])} % of the variance)`;
  return [
    { ...at, plot: plane(dots(rows), BESIDE) },
    { ...at, x: BESIDE + GAP, plot: plane(dots(points), BESIDE, [axis(0), axis(1)]) },
  ];
}
