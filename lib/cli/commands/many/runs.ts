/** `mm-train runs` */
import { isAbsolute, relative } from "node:path";
import { Command } from "commander";
import { countOf } from "../../../count-text.js";
import { asTyped } from "../../../report/differences.js";
import { type ListedRun, listRuns } from "../../../report/run-list.js";
import { printable } from "../../../printable.js";
import { verdictText } from "../../../run/verdict.js";
import { addJsonOption } from "../../options.js";
import { columnsOf, type Line, say, sayJson, width, wrapped } from "../../terminal/say.js";
import { styled } from "../../terminal/style.js";

export function runsCommand(): Command {
  const command = new Command("runs").description(
    "list the runs in runs/, the newest first: dev loss, date, what differs from the defaults",
  );
  return addJsonOption(command).action(({ json }: { json?: true }) => {
    const runs = listRuns();
    if (json) for (const run of runs) sayJson(run);
    else say(runs.length === 0 ? "no runs in runs/ yet; `npx mm-train` makes one" : table(runs));
  });
}

const HEADINGS = ["run", "dev loss", "date", "differs from the defaults"];

/** A line per run, or as many as what differs needs; nothing of it is cut. */
function table(runs: readonly ListedRun[]): Line[] {
  const names = runs.map(({ run }) => printable(run));
  const longest = Math.max(...[HEADINGS[0], ...names].map(width));
  const losses = runs.map(({ devLoss }) => devLoss?.toFixed(4) ?? "-");
  const digits = Math.max(...[HEADINGS[1], ...losses].map((text) => text.length));
  const row = (name: string, loss: string, date: string, note: string) =>
    `${name}${" ".repeat(longest - width(name))}  ${loss.padStart(digits)}  ` +
    `${date.padEnd(10)}  ${note}`;
  const indent = row("", "", "", "");
  const columns = columnsOf(process.stdout);
  // On a terminal too narrow for a column of notes they go below the names.
  const beside = columns === undefined || columns - indent.length >= 24;
  const margin = beside ? indent : "  ";
  const [name, loss, date, note] = HEADINGS;
  const lines = runs.flatMap((run, i): string[] => {
    const start = row(names[i], losses[i], run.date.slice(0, 10), "");
    const notes = wrapped(notesOf(run), columns && columns - margin.length);
    if (beside) return [start + (notes[0] ?? ""), ...notes.slice(1).map((text) => margin + text)];
    return [start, ...notes.map((text) => margin + text)];
  });
  const heading = row(name, loss, date, beside ? note : "");
  return [styled("heading", heading.trimEnd()), ...lines.map((line) => line.trimEnd())];
}

function notesOf(run: ListedRun): string[] {
  const { problem, differences = {}, stepsDone, steps, verdict } = run;
  if (problem !== undefined) return [printable(problem)];
  const settings = Object.entries(differences).map(([key, value]) =>
    printable(asTyped(key, key === "data" && value !== null ? fromHere(String(value)) : value)),
  );
  const part = stepsDone !== undefined && stepsDone !== steps;
  return [
    ...settings,
    ...(part ? [`(${countOf(stepsDone, "step")} done)`] : []),
    ...(verdict === undefined ? [] : [`(${verdictText(verdict)})`]),
  ];
}

/** A corpus is kept by its whole path; from here it is found by less. */
function fromHere(corpus: string): string {
  const path = relative("", corpus);
  return isAbsolute(corpus) && !path.startsWith("..") ? path : corpus;
}
