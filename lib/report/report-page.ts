/** report.html: everything about a run on one page that needs nothing but itself. */
import { countParameters } from "../models/index.js";
import { configSchema } from "../train/config.js";
import { perplexity } from "../train/evaluate.js";
import type { Words } from "../data/index.js";
import { type CorpusSummary, factsOf } from "../data/summary.js";
import { MARK_TEXT, markSamples } from "../train/marks.js";
import type { TestLook } from "../train/test-looks.js";
import { Html, html, type Part } from "./html.js";
import { formatStep } from "./loss-chart.js";
import type { Machine, RunRecord, SplitLoss } from "./record.js";
import { STYLE } from "./report-style.js";

/** What the lecture's own run of 200,000 steps ends at, on its own names and split. */
const LECTURE_DEV_LOSS = 2.17;

interface PageOptions {
  readonly name: string;
  /** as SVG files */
  readonly charts: readonly string[];
  readonly words: Words | undefined;
}

export function reportPage(record: RunRecord, { name, charts, words }: PageOptions): string {
  const { config, samples, machine, splits, testLooks, corpus } = record;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${name} - mm-train</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
<header>
<h1>${name}</h1>
${summary(record)}
</header>
${section("losses", "Losses", [lossTable(splits, config.level), testLine(testLooks)])}
${section(
  "charts",
  "Charts",
  charts.map((svg) => html`<figure>${inline(svg)}</figure>\n`),
)}
${samples.length > 0 ? section("samples", config.level === "word" ? "Made-up sentences" : "Made-up words", sampleList(samples, words?.length ? words : undefined, config.splitSeed)) : ""}
${corpus === undefined ? "" : section("corpus", "What was read", corpusBlock(corpus))}
${section("configuration", "Configuration", configuration(config))}
${machine.seconds !== undefined ? section("machine", "Machine and speed", machineTable(machine, config.stepsDone)) : ""}
</main>
</body>
</html>
`.source;
}

const section = (id: string, title: string, body: Part): Html =>
  html`<section aria-labelledby="${id}">\n<h2 id="${id}">${title}</h2>\n${body}\n</section>`;

/** In HTML an `svg` element needs no namespace. */
const inline = (svg: string): Html => new Html(svg.trim().replace(/ xmlns="[^"]*"/g, ""));

/** How numbers of this page look. */
const count = (n: number): string => n.toLocaleString("en");
const loss = (value: number | undefined): string => value?.toFixed(4) ?? "-";

function summary({ config, model, vocabulary, splits }: RunRecord): Html {
  const dev = splits.at(-1)?.devLoss;
  const facts: [string, string][] = [
    ["parameters", count(countParameters(model))],
    [vocabulary.level === "word" ? "words" : "characters", count(vocabulary.size)],
    ["steps", config.stepsDone < config.steps ? `${count(config.stepsDone)} of ${count(config.steps)}` : count(config.stepsDone)],
  ];
  if (dev !== undefined && vocabulary.level === "word") facts.unshift(["dev perplexity", perplexity(dev).toFixed(1)]);
  if (dev !== undefined) facts.unshift(["dev loss", dev.toFixed(4)]);
  return html`<dl class="facts">${facts.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function lossTable(splits: readonly SplitLoss[], level: "character" | "word"): Html {
  const last = splits.at(-1);
  if (last === undefined) return html`<p>No split was measured: the run was interrupted.</p>`;
  const best = splits.reduce((low, at) => ((at.devLoss ?? Infinity) < (low.devLoss ?? Infinity) ? at : low));
  const row = (name: string, train: string, dev: string, note: string) =>
    html`<tr><th scope="row">${name}</th><td>${train}</td><td>${dev}</td><td>${note}</td></tr>\n`;
  const rows = [row("this run", loss(last.trainLoss), loss(last.devLoss), `after ${formatStep(last.step)} steps`)];
  if (best.step !== last.step)
    rows.push(row("its best model", loss(best.trainLoss), loss(best.devLoss), `after ${formatStep(best.step)} steps`));
  if (last.bigramDevLoss !== undefined)
    rows.push(row("bigram", loss(last.bigramTrainLoss), loss(last.bigramDevLoss), "counted on the same words"));
  const part = ([measured, all]: readonly [number, number]) => `on ${count(measured)} of ${count(all)} examples`;
  if (last.trainPart !== undefined || last.devPart !== undefined)
    rows.push(row("measured", last.trainPart ? part(last.trainPart) : "on all", last.devPart ? part(last.devPart) : "on all", "a fixed random part"));
  if (level === "character") rows.push(
    row("the lecture", "-", LECTURE_DEV_LOSS.toFixed(2), "its own list of names and split, E = 10, H = 200, 200,000 steps"),
  );
  return html`<table>
<caption>Mean negative log-likelihood per ${level}, in nats; lower is better.</caption>
<thead><tr><th scope="col">model</th><th scope="col">train</th><th scope="col">dev</th><th scope="col">remark</th></tr></thead>
<tbody>
${rows}</tbody>
</table>`;
}

/** The test split's loss beside how often it was looked at, which says what it is worth. */
function testLine(looks: readonly TestLook[]): Html {
  if (looks.length === 0) return html`<p>The test split has not been looked at.</p>`;
  const item = (look: TestLook) =>
    html`<li>${loss(look.loss)}, ${look.model} model of ${formatStep(look.steps)} steps${look.mixedWith === undefined ? "" : html` mixed with <bdi>${look.mixedWith}</bdi>`}, ${look.date.slice(0, 10)}</li>\n`;
  return html`<p>Test loss; ${looks.length === 1 ? "one look" : `${looks.length} looks`} at the test split:</p>
<ol>${looks.map(item)}</ol>`;
}

/** Where each sample is known from. The test words are not looked at, also not here. */
function sampleList(samples: readonly string[], words: Words | undefined, splitSeed: number): Html {
  // A name may hold characters that are written from right to left: `bdi` keeps the mark on its side.
  if (words === undefined) return html`<ul class="samples">${samples.map((word) => html`<li><bdi>${word}</bdi></li>\n`)}</ul>`;
  const marks = markSamples(samples, words, splitSeed);
  const marked = samples.map((word, i) => ({ word, mark: marks[i] }));
  const item = (s: (typeof marked)[number]) => html`<li class="${s.mark}"><bdi>${s.word}</bdi> <span>${MARK_TEXT[s.mark]}</span></li>\n`;
  const fresh = marked.filter((sample) => sample.mark === "new").length;
  return html`<p>${fresh} of ${samples.length} are in neither the train nor the dev words.</p>
<ul class="samples">${marked.map(item)}</ul>`;
}

/** What was read, and what looks wrong with it. */
function corpusBlock(corpus: CorpusSummary): Html {
  const rows = factsOf(corpus).map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>\n`,
  );
  const notes = corpus.warnings.map(({ message }) => html`<li>${message}</li>\n`);
  return html`${table(["fact", "value"], rows)}${notes.length === 0 ? "" : html`\n<ul>${notes}</ul>`}`;
}

function configuration(config: RunRecord["config"]): Html {
  const shape: Readonly<Record<string, { description?: string }>> = configSchema.shape;
  const rows = Object.keys(shape).map((key) => {
    const value = (config as Readonly<Record<string, unknown>>)[key];
    const shown =
      typeof value === "string" || typeof value === "number"
        ? String(value)
        : value === null
          ? "words of a program"
          : JSON.stringify(value);
    const meaning = shape[key].description ?? "";
    return html`<tr><th scope="row">${key}</th><td><code>${shown ?? "-"}</code></td><td>${meaning}</td></tr>\n`;
  });
  return table(["setting", "value", "meaning"], rows);
}

function machineTable({ seconds, stepsPerSecond, backend, isa, threads, cpu, node }: Machine, stepsDone: number): Html {
  // A resumed run measured the steps of its last session.
  const steps = Math.round((seconds ?? 0) * (stepsPerSecond ?? 0));
  const part = steps > 0 && steps < stepsDone ? ` for the last ${formatStep(steps)} steps` : "";
  const facts: [string, string | undefined][] = [
    ["training time", seconds === undefined ? undefined : `${seconds.toFixed(2)} s${part}`],
    ["speed", stepsPerSecond === undefined ? undefined : `${count(Math.round(stepsPerSecond))} steps/s`],
    ["kernels", backend === undefined ? undefined : [backend, isa].filter((name) => name !== undefined).join(", ")],
    ["threads", threads?.toString()],
    ["processor", cpu],
    ["Node", node],
  ];
  return table(
    ["fact", "value"],
    facts.flatMap(([name, value]) =>
      value === undefined ? [] : [html`<tr><th scope="row">${name}</th><td>${value}</td></tr>\n`],
    ),
  );
}

const table = (columns: readonly string[], rows: readonly Html[]): Html => html`<table>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${rows}</tbody>
</table>`;
