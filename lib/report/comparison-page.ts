/** compare.html: several runs on one page that needs nothing but itself. */
import { existsSync, readFileSync } from "node:fs";
import { countText } from "../count-text.js";
import { UsageError } from "../errors.js";
import { writeFileAtomic } from "../run/disk/file.js";
import { comparisonChart, runClass } from "./comparison-chart.js";
import type { ComparedRun, Comparison } from "./comparison.js";
import { Html, html } from "./html.js";
import { caution, figure, page } from "./page.js";

/** By this a page is known again: nothing else is overwritten. */
const GENERATOR = '<meta name="generator" content="mm-train compare">';

const MORE_STYLE = `
.key{display:inline-block;width:.8em;height:.8em;border-radius:2px;background:currentColor;margin-right:.5em}
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
  const row = (run: ComparedRun, i: number): Html => {
    const { last, best, record, parameters } = run;
    const at =
      best === undefined ? "-" : `${best.devLoss?.toFixed(4)} after ${countText(best.step)}`;
    const mark = best?.devLoss === lowest ? html` class="lowest"` : "";
    return html`<tr><th scope="row">${keyed(run, i)}</th><td>${last?.devLoss?.toFixed(4) ?? "-"}</td>\
<td${mark}>${at}</td><td>${last?.trainLoss?.toFixed(4) ?? "-"}</td>\
<td>${countText(record.config.stepsDone)}</td><td>${countText(parameters)}</td></tr>\n`;
  };
  const headings = ["run", "dev", "lowest dev", "train", "steps", "parameters"];
  return html`<p class="note">Mean negative log-likelihood per ${level}, in nats; lower is better.</p>
<table>
<thead><tr>${headings.map((text) => html`<th scope="col">${text}</th>`)}</tr></thead>
<tbody>
${runs.map(row)}</tbody>
</table>`;
}

function settingsTable(runs: readonly ComparedRun[], settings: Comparison["settings"]): Html {
  const row = ({ key, values }: Comparison["settings"][number]): Html =>
    html`<tr><th scope="row">${key}</th>${values.map((value) => html`<td>${String(value ?? "-")}</td>`)}</tr>\n`;
  return html`<table>
<thead><tr><th scope="col">setting</th>${runs.map((run, i) => html`<th scope="col">${keyed(run, i)}</th>`)}</tr></thead>
<tbody>
${settings.map(row)}</tbody>
</table>`;
}
