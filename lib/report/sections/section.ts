/** What the sections of report.html are made of. */
import { countText } from "../../count-text.js";
import type { Words } from "../../data/index.js";
import { perplexity } from "../../train/evaluate.js";
import { type Html, html, type Part } from "../pages/html.js";
import type { SectionContent } from "../pages/page.js";
import type { RunRecord } from "../record.js";

/** What a page is made from. */
export interface PageSource {
  readonly record: RunRecord;
  /** of the run */
  readonly name: string;
  readonly charts: readonly PageChart[];
  /** of the run's corpus; undefined where they are not known */
  readonly words: Words | undefined;
}
/** A chart as SVG files, for a desk and for a phone. */
export interface PageChart {
  readonly name: string;
  readonly wide: string;
  readonly narrow: string;
}

/** A section of the page; undefined where the run has nothing for it. */
export type Section = (source: PageSource) => SectionContent | undefined;

export const loss = (value: number | undefined): string => value?.toFixed(4) ?? "-";
/** The perplexity of a loss. */
export function formatPerplexity(nats: number): string {
  const value = perplexity(nats);
  return value < 1000 ? value.toFixed(1) : countText(Math.round(value));
}

/** Shown when its summary is clicked. */
export const folded = (summary: string, body: Html): Html =>
  html`<details>\n<summary>${summary}</summary>\n${body}\n</details>`;

type Rows = readonly (readonly Part[])[];

/** The first cell of each row names it. */
export const table = (columns: readonly Part[], rows: Rows): Html =>
  html`<table>${cells(columns, rows)}</table>`;

/** The last cell of each row is a remark, which a phone shows below the others. */
export const tableWithRemarks = (columns: readonly Part[], rows: Rows): Html =>
  html`<table class="remarks">${cells(columns, rows)}</table>`;

const cells = (columns: readonly Part[], rows: Rows): Html => html`
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${rows.map(row)}</tbody>
`;

const row = ([name, ...values]: readonly Part[]): Html =>
  html`<tr><th scope="row">${name}</th>${values.map((value) => html`<td>${value}</td>`)}</tr>\n`;
