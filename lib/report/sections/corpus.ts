/** What was read, and what looks wrong with it. */
import { factsOf } from "../../data/lists/summary.js";
import { html } from "../pages/html.js";
import { type Section, table } from "./section.js";

export const corpus: Section = ({ record }) => {
  if (record.corpus === undefined) return undefined;
  const facts = factsOf(record.corpus).map(([name, value]) => [name.replace(/^of /, ""), value]);
  const notes = record.corpus.warnings.map(({ message }) => html`<li>${message}</li>\n`);
  const list = notes.length === 0 ? "" : html`\n<ul>${notes}</ul>`;
  return { id: "corpus", title: "What was read", body: [table(["fact", "value"], facts), list] };
};
