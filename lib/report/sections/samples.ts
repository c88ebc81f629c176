/** What the model made up, and where each is known from. */
import type { Words } from "../../data/index.js";
import { type Mark, MARK_TEXT, markSamples } from "../../run/known-samples.js";
import type { Sample } from "../../generate/sample.js";
import { cutText, shownSample } from "../../run/folder/samples-file.js";
import { html, type Html } from "../pages/html.js";
import type { Section } from "./section.js";

export const samples: Section = ({ record: { config, samples: made }, words }) =>
  made.length === 0
    ? undefined
    : {
        id: "samples",
        title: config.level === "word" ? "Made-up sentences" : "Made-up words",
        body: sampleList(made, words?.length ? words : undefined, config),
      };

/** The test words are not looked at, also not here. */
function sampleList(
  made: readonly Sample[],
  words: Words | undefined,
  { splitSeed, level }: { splitSeed: number; level: "character" | "word" },
): Html {
  const list = level === "word" ? "samples sentences" : "samples";
  const marks =
    words &&
    markSamples(
      made.map(({ word }) => word),
      words,
      splitSeed,
    );
  const item = (sample: Sample, i: number) => {
    // A name may hold characters that are written from right to left: `bdi` keeps the mark on its
    // side.
    const shown = html`<bdi>${shownSample(sample, level)}</bdi>`;
    if (marks === undefined) return html`<li>${shown}</li>\n`;
    return html`<li class="${marks[i]}">${shown} <span>${MARK_TEXT[marks[i]]}</span></li>\n`;
  };
  const notes = [marks && freshText(marks), cutText(made)].filter((note) => note !== undefined);
  const remarks = notes.map((note) => html`<p>${note}.</p>\n`);
  return html`${remarks}<ul class="${list}">${made.map(item)}</ul>`;
}

const freshText = (marks: readonly Mark[]): string =>
  `${marks.filter((mark) => mark === "new").length} of ${marks.length} are in neither the ` +
  "train nor the dev words";
