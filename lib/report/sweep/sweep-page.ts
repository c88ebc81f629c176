/** sweep.html and sweep.csv of a sweep's folder: its trials on one page that needs nothing else. */
import { join } from "node:path";
import { countOf, countText } from "../../count-text.js";
import { writeFileAtomic } from "../../run/disk/file.js";
import type { RankedTrial, SweepRecord } from "../../sweep/index.js";
import { settingsText } from "../../sweep/space/trials.js";
import { html, type Html, type Part } from "../pages/html.js";
import { figure, page, type SectionContent } from "../pages/page.js";
import { folded, loss, table } from "../sections/section.js";
import { importances } from "./importance.js";
import { sweepCharts } from "./sweep-charts.js";
import { settingsTried, stateText, stepsOf, sweepCsv } from "./sweep-table.js";

/** So many trials are shown at once, the others when they are asked for. */
const SHOWN = 20;

/**
 * Draws a sweep. Returns the path of the page.
 * @param file of the page; left out: sweep.html in the sweep's folder, with sweep.csv beside it.
 *   Who names one may be unable to write there
 */
export function writeSweepPage(record: SweepRecord, file?: string): string {
  const page = file ?? join(record.dir, "sweep.html");
  if (file === undefined) writeFileAtomic(join(record.dir, "sweep.csv"), sweepCsv(record));
  writeFileAtomic(page, sweepPage(record));
  return page;
}

function sweepPage(record: SweepRecord): string {
  const section = (id: string, title: string, body: Part | undefined): SectionContent[] =>
    body === undefined ? [] : [{ id, title, body }];
  return page({
    title: `Sweep of ${countOf(record.trials.length, "trial")}`,
    header: html`<p>${summaryOf(record)}</p>`,
    sections: [
      ...section("trials", "Trials", trialTables(record)),
      ...section("importance", "What mattered", importanceTable(record)),
      ...sweepCharts(record).map(({ name, wide, narrow }, i) => ({
        id: `chart${i}`,
        title: name,
        body: figure(wide, narrow),
      })),
    ],
  });
}

/** How it was searched, and what was best. */
export function summaryOf({ space, trials, rungs, done }: SweepRecord): string {
  const seeds =
    space.seeds === undefined ? "" : `, each with ${countOf(space.seeds.length, "seed")}`;
  const climbed = rungs === undefined ? "" : ` over ${rungs.map(countText).join(", ")} steps`;
  const best = trials[0].loss === undefined ? "" : ` Best: ${settingsText(trials[0].settings)}.`;
  return `${space.search}${climbed}${seeds}${done ? "" : "; not all of it is trained yet"}.${best}`;
}

function trialTables(record: SweepRecord): Html {
  const rest = record.trials.length - SHOWN;
  const more =
    rest > 0 ? folded(`${countOf(rest, "more trial")}`, trialTable(record, SHOWN, Infinity)) : "";
  return html`<p class="note">Dev loss in nats, mean of a trial's runs and their standard
deviation; lower is better. All runs: <a href="sweep.csv">sweep.csv</a></p>
${trialTable(record, 0, SHOWN)}
${more}`;
}

function trialTable(record: SweepRecord, from: number, to: number): Html {
  const settings = settingsTried(record);
  const { trials } = record;
  const differ = trials.some((trial) => stepsOf(trial) !== stepsOf(trials[0]));
  const row = (trial: RankedTrial, i: number): Part[] => [
    countText(from + i + 1),
    loss(trial.loss),
    ...(record.space.seeds === undefined ? [] : [trial.deviation?.toFixed(4) ?? "-"]),
    ...(differ ? [countText(stepsOf(trial)), stateText(trial)] : []),
    ...settings.map((key) => String(trial.settings[key] ?? "-")),
  ];
  const headings = [
    "rank",
    "dev",
    ...(record.space.seeds === undefined ? [] : ["±"]),
    ...(differ ? ["steps", ""] : []),
    ...settings,
  ];
  return table(headings, record.trials.slice(from, to).map(row));
}

function importanceTable(record: SweepRecord): Html | undefined {
  const found = importances(record);
  if (found.length === 0) return undefined;
  const rows = found.map(({ key, share, trials }) => [
    key,
    `${Math.round(100 * share)} %`,
    countText(trials),
  ]);
  return html`<p class="note">The part of the differences between trials that a setting explains by
itself: trials are put into groups of like value (numbers into quarters), and the variance
between the groups is divided by that of all trials, less what as many groups would explain by
chance (epsilon squared). Settings that matter only together are not seen.</p>
${table(["setting", "explains", "trials"], rows)}`;
}
