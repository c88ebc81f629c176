/** report.html: everything about a run on one page that needs nothing but itself. */
import { countText } from "../../count-text.js";
import { countParameters } from "../../models/index.js";
import { originText } from "../../run/folder/origin.js";
import { verdictText } from "../../run/verdict.js";
import { type Html, html, type Part } from "./html.js";
import { caution, page } from "./page.js";
import type { RunRecord } from "../record.js";
import { SCRIPT } from "./report-script.js";
import { charts } from "../sections/charts.js";
import { corpus } from "../sections/corpus.js";
import { losses } from "../sections/losses.js";
import { machine } from "../sections/machine.js";
import { samples } from "../sections/samples.js";
import { formatPerplexity, type PageSource, type Section } from "../sections/section.js";
import { settings } from "../sections/settings.js";
import { terms } from "../sections/terms.js";

/** What the page has, from the top down. */
const SECTIONS: readonly Section[] = [losses, charts, samples, corpus, settings, machine, terms];

export function reportPage(source: PageSource): string {
  const { name, record } = source;
  const header = html`<p class="note">${subtitle(record)}</p>
${summary(record)}
${verdict(record)}${startedFrom(record.config)}`;
  const sections = SECTIONS.flatMap((section) => section(source) ?? []);
  return page({ title: name, header, sections, script: SCRIPT });
}

/** What was trained on what, and when. */
export function subtitle({ config, date }: Pick<RunRecord, "config" | "date">): string {
  const what = config.level === "word" ? "words" : "characters";
  const of = config.data === null ? "a program" : config.data;
  return `${config.model} over ${what} of ${of}${date === undefined ? "" : `, ${date}`}`;
}

function summary(record: RunRecord): Html {
  const fact = ([term, value]: readonly string[]) =>
    html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
  return html`<dl class="facts">${summaryFacts(record).map(fact)}</dl>`;
}

/** What a person asks first. */
export function summaryFacts({
  config,
  model,
  vocabulary,
  splits,
}: RunRecord): [term: string, value: string][] {
  const dev = splits.at(-1)?.devLoss;
  const { stepsDone, steps } = config;
  const facts: [string, string][] = [
    ["parameters", countText(countParameters(model))],
    [
      vocabulary.level === "word" ? "distinct words" : "distinct characters",
      countText(vocabulary.size),
    ],
    [
      "steps",
      stepsDone < steps ? `${countText(stepsDone)} of ${countText(steps)}` : countText(stepsDone),
    ],
  ];
  if (dev !== undefined && vocabulary.level === "word")
    facts.unshift(["dev perplexity", formatPerplexity(dev)]);
  if (dev !== undefined) facts.unshift(["dev loss", dev.toFixed(4)]);
  return facts;
}

/** Nothing for a run that is good. */
function verdict({ verdict: found }: RunRecord): Part {
  if (found === undefined) return "";
  return caution(`The dev loss is ${verdictText(found)}. Try ${found.remedy}.`);
}

/** Nothing for a run from fresh parameters. */
function startedFrom({ from, level }: RunRecord["config"]): Part {
  if (from === null) return "";
  const parameters = html`SHA-256 of those parameters: <code>${from.sha256.slice(0, 16)}…</code>`;
  return html`<p>Started from <bdi>${originText(from, level)}</bdi>; ${parameters}</p>`;
}
