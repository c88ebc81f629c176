/**
 * The README's picture of a terminal has the lines that are printed, in their order and their
 * colours.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DOMParser } from "@xmldom/xmldom";
import { expect, it } from "vitest";
import { scratch } from "../cli/support.js";
import { onScreen } from "../cli/screen.js";

const folder = scratch();
const COLORS: Readonly<Record<string, string>> = { "33": "#f0c674", "94": "#9fb4ff" };

/** A line of made-up names and their marks: how many stand in it depends on the longest one. */
const NAMES = "NAMES";
interface Row {
  readonly line: string;
}
const once = <T extends Row>(rows: readonly T[]): T[] =>
  rows.filter(({ line }, i) => line !== NAMES || rows.at(i - 1)?.line !== NAMES);

/** Numbers, made-up names and bars are of one run; the rest of a line is the same for each. */
const shape = (text: string): string =>
  text
    .replace(/^(\S+ +(new|in train|in dev) *)+$/, NAMES)
    .replace(/dev@\S+/, "dev@N")
    .replace(/[▁▂▃▄▅▆▇█]+/, "BARS")
    .replace(/\d[\d,.]*/g, "N")
    .replace(/native \w+|reference typescript/, "BACKEND")
    .replace(/threads?\)/, "threads)");

it("docs/terminal.svg", () => {
  const svg = readFileSync(join(import.meta.dirname, "../../docs/terminal.svg"), "utf8");
  const rows = [
    ...new DOMParser().parseFromString(svg, "image/svg+xml").getElementsByTagName("text"),
  ];
  const drawn = rows.map((row) => ({
    line: shape(row.textContent ?? ""),
    color: row.getElementsByTagName("tspan")[0]?.getAttribute("fill") ?? undefined,
  }));
  expect(drawn.shift()?.line).toBe("$ npx mm-train");

  const quick = ["--preset", "quick"]; // better than bigrams, as the run in the picture
  let color: string | undefined;
  const printed = onScreen(quick, folder(), { columns: 80, rows: 100 }).colored.map((line) => {
    // Every second piece is the code of a colour, which holds on the lines below, too.
    const pieces = line.split(new RegExp(`${"\u001b"}\\[(\\d*)m`));
    let shown: string | undefined;
    for (const [i, piece] of pieces.entries()) {
      if (i % 2 === 1) color = COLORS[piece];
      else if (piece !== "") shown = color;
    }
    return { line: shape(pieces.filter((_, i) => i % 2 === 0).join("")), color: shown };
  });
  expect(once(printed)).toEqual(once(drawn));
});
