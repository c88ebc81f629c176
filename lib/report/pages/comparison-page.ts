/** compare.html: several runs on one page that needs nothing but itself. */
import { existsSync, readFileSync } from "node:fs";
import { countText } from "../../count-text.js";
import { UsageError } from "../../errors.js";
import { writeFileAtomic } from "../../run/disk/file.js";
import { comparisonChart, runClass } from "../charts/comparison-chart.js";
import type { ComparedRun, Comparison } from "../comparison.js";
import { Html, html, type Part } from "./html.js";
import { caution, figure, page } from "./page.js";
import { loss, table } from "../sections/section.js";

/** By this a page is known again: nothing else is overwritten. */
const GENERATOR = '<meta name="generator" content="mm-train compare">';

const MORE_STYLE = `
.key{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.5em;
background:currentColor}
.lowest{font-weight:600}
@media (max-width:640px){tbody th{white-space:normal;overflow-wrap:anywhere;min-width:7rem}}
`;

/** Writes the page. @throws UsageError for a file that is not such a page */
export function writeComparison(file: string, comparison: Comparison): void {
  if (existsSync(file) && !isOurs(file)) {
    const why = "is there and is no page of mm-train compare";
    throw new UsageError(`--out: ${file} ${why}; nothing is overwritten, name another file`);
  }
  writeFileAtomic(file, comparisonPage(comparison));
}

function isOurs(file: string): boolean {
  try {
    return readFileSync(file, "utf8").includes(GENERATOR);
  } catch {
    return false;
  }
}

export function comparisonPage(comparison: Comparison): string {
  const { runs, settings, cautions } = comparison;
  const chart = figure(comparisonChart(comparison), comparisonChart(comparison, { narrow: true }));
  const own =
    settings.length === 0
      ? html`<p>None: the runs have the same settings.</p>`
      : settingsTable(runs, settings);
  return page({
    title: `Comparison of ${runs.length} runs`,
    generator: new Html(GENERATOR),
    style: MORE_STYLE,
    header: cautions.map(caution),
    sections: [
      { id: "losses", title: "Losses", body: lossTable(comparison) },
      { id: "chart", title: "Losses over steps", body: chart },
      { id: "settings", title: "Settings that differ", body: own },
    ],
  });
}

const keyed = (run: ComparedRun, i: number): Html =>
  html`<span class="key ${runClass(i)}"></span><bdi>${run.name}</bdi>`;

function lossTable({ runs, level }: Comparison): Html {
  const lowest = Math.min(...runs.map(({ best }) => best?.devLoss ?? Infinity));
  const row = (run: ComparedRun, i: number): Part[] => {
    const { last, best, record, parameters } = run;
    const at =
      best === undefined ? "-" : `${best.devLoss.toFixed(4)} after ${countText(best.step)}`;
    return [
      keyed(run, i),
      loss(last?.devLoss),
      best?.devLoss === lowest ? html`<span class="lowest">${at}</span>` : at,
      loss(last?.trainLoss),
      countText(record.config.stepsDone),
      countText(parameters),
    ];
  };
  const headings = ["run", "dev", "lowest dev", "train", "steps", "parameters"];
  const unit = `Mean negative log-likelihood per ${level}, in nats; lower is better.`;
  return html`<p class="note">${unit}</p>
${table(headings, runs.map(row))}`;
}

const settingsTable = (runs: readonly ComparedRun[], settings: Comparison["settings"]): Html =>
  table(
    ["setting", ...runs.map(keyed)],
    settings.map(({ key, values }) => [key, ...values.map((value) => String(value ?? "-"))]),
  );
