/**
 * bench/RESULTS.md: what the commands write stands between markers; the text around them is
 * people's, and stays.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "../lib/bench/index.js";
import { cellText } from "../lib/bench/table.js";
import { writeFileAtomic } from "../lib/run/disk/file.js";

export const RESULTS = join(import.meta.dirname, "RESULTS.md");

/**
 * The text with the generated part `name` replaced.
 * @throws Error where the markers are missing: nothing may be overwritten by guess
 */
export function withSection(text: string, name: string, body: string): string {
  const [open, close] = [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`];
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  if (from < 0 || to < from)
    throw new Error(
      `RESULTS.md: expected the lines ${open} and ${close}, between which this command writes`,
    );
  return `${text.slice(0, from + open.length)}\n${body.trim()}\n${text.slice(to)}`;
}

export function writeSection(name: string, body: string): void {
  if (!existsSync(RESULTS))
    throw new Error(`${RESULTS}: no such file; it holds the hand-written part, restore it`);
  writeFileAtomic(RESULTS, withSection(readFileSync(RESULTS, "utf8"), name, body));
}

export const markdownTable = (
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string =>
  [headings, headings.map((_, i) => (i === 0 ? "---" : "---:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");

/** A line on the machine; says when it was busy or the run was a short one. */
export function machineText(
  { cpu, cores, node, isa, fmaPeak, load, busy }: Machine,
  quick: boolean,
): string {
  const peak =
    fmaPeak === null
      ? "no native kernels"
      : `FMA peak ${cellText(fmaPeak, "GFLOP/s")} GFLOP/s per core`;
  const lines = [
    `${cpu}, ${cores} cores, Node ${node}, kernels ${isa}, ${peak}, load ${load.toFixed(2)} ` +
      "at the start.",
  ];
  if (busy) lines.push("**Other programs were running: these are the results of a busy machine.**");
  if (quick)
    lines.push("**A quick run: it shows that the commands work, not how fast anything is.**");
  return lines.join("\n");
}
