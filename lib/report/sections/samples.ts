/** What the model made up, and where each is known from. */
import type { Words } from "../../data/index.js";
import { MARK_TEXT, markSamples } from "../../train/marks.js";
import { html, type Html } from "../html.js";
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
  made: readonly string[],
  words: Words | undefined,
  { splitSeed, level }: { splitSeed: number; level: string },
): Html {
  const list = level === "word" ? "samples sentences" : "samples";
  // A name may hold characters that are written from right to left: `bdi` keeps the mark on its side.
  if (words === undefined)
    return html`<ul class="${list}">${made.map((word) => html`<li><bdi>${word}</bdi></li>\n`)}</ul>`;
  const marks = markSamples(made, words, splitSeed);
  const marked = made.map((word, i) => ({ word, mark: marks[i] }));
  const item = (s: (typeof marked)[number]) =>
    html`<li class="${s.mark}"><bdi>${s.word}</bdi> <span>${MARK_TEXT[s.mark]}</span></li>\n`;
  const fresh = marked.filter((sample) => sample.mark === "new").length;
  return html`<p>${fresh} of ${made.length} are in neither the train nor the dev words.</p>
<ul class="${list}">${marked.map(item)}</ul>`;
}
