/**
 * How to repeat a run: the command, the settings that differ from the defaults, and, folded, the
 * rest.
 */
import { settingsOf } from "../../run/settings/config.js";
import { differences } from "../differences.js";
import { html, type Part } from "../pages/html.js";
import type { RunRecord } from "../record.js";
import { repeatCommand } from "../pages/repeat-command.js";
import { folded, type Section, tableWithRemarks } from "./section.js";

type Config = RunRecord["config"];
const COLUMNS = ["setting", "value", "meaning"];

export const settings: Section = ({ record: { config } }) => {
  const { given, rest } = bySource(config);
  const own =
    given.length > 0
      ? tableWithRemarks(COLUMNS, given)
      : html`<p>All settings are the defaults, the lecture's.</p>`;
  return {
    id: "settings",
    title: "Repeat this run",
    body: [
      html`<pre><code>${repeatCommand(config)}</code></pre>\n`,
      config.data === null
        ? html`<p>Its words came from a program: they go where the command says words.txt.</p>\n`
        : "",
      given.length > 0 ? html`<p class="note">Settings that differ from the defaults</p>\n` : "",
      own,
      folded(`${rest.length} settings at their defaults`, tableWithRemarks(COLUMNS, rest)),
    ],
  };
};

/** Rows of settings that differ from the defaults, and of those that do not. */
function bySource(config: Config): { given: Part[][]; rest: Part[][] } {
  const rows = (which: boolean) =>
    settingRows(config)
      .filter(({ differs }) => differs === which)
      .map(({ key, value, meaning }) => [key, html`<code>${value}</code>`, meaning]);
  return { given: rows(true), rest: rows(false) };
}

/** A setting of a run, for a reader. */
export interface SettingRow {
  readonly key: string;
  readonly value: string;
  readonly meaning: string;
  /** from the default */
  readonly differs: boolean;
}

export function settingRows(config: Config): SettingRow[] {
  const changed = differences(config);
  return Object.entries(settingsOf(config)).map(([key, { description }]) => ({
    key,
    value: shown(key, ({ ...config } as Readonly<Record<string, unknown>>)[key]),
    meaning: description ?? "",
    differs: Object.hasOwn(changed, key),
  }));
}

function shown(key: string, value: unknown): string {
  if (value === null || value === "") return key === "data" ? "words of a program" : "none";
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "-");
}
