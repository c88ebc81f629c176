/**
 * samples.txt of a run, and how a sample is shown that the maximum length ended, not the model. In
 * the file a line is a sample; one that was cut has a tab and "cut" behind it: a mark in the text
 * itself could be part of a word.
 */
import type { Sample } from "../../generate/sample.js";

const CUT_COLUMN = "\tcut";
const CUT = "…";

export const formatSamples = (samples: readonly Sample[]): string =>
  samples.map(({ word, cut }) => `${word}${cut ? CUT_COLUMN : ""}\n`).join("");

export const parseSamples = (text: string): Sample[] =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) =>
      line.endsWith(CUT_COLUMN)
        ? { word: line.slice(0, -CUT_COLUMN.length), cut: true }
        : { word: line, cut: false },
    );

/** A sample as a person sees it: of a text, cut between words, the mark stands apart. */
export const shownSample = ({ word, cut }: Sample, level: "character" | "word"): string =>
  cut ? `${word}${level === "word" ? " " : ""}${CUT}` : word;

/** How many were cut, where some were. */
export function cutText(samples: readonly Sample[], mark = ` (${CUT})`): string | undefined {
  const cut = samples.filter((sample) => sample.cut).length;
  if (cut === 0) return undefined;
  const were = cut === 1 ? "was" : "were";
  return `${cut} of ${samples.length} ${were} cut at the maximum length${mark}`;
}
