/**
 * `npm run bench:peers -- [--quick] [--python PATH] [--only step|words|paper|matmul]`: mm-train
 * beside PyTorch, JAX, OpenBLAS and the JavaScript libraries.
 */
import { parseArgs } from "node:util";
import { machine } from "../lib/bench/machine/machine.js";
import { type Effort, spread } from "../lib/bench/measure.js";
import { cellText, digits } from "../lib/bench/table.js";
import { supportedIsas } from "../lib/index.js";
import { type Contest, contests } from "./peers/contests.js";
import { type Goal, goals } from "./peers/goals.js";
import { javascript, python } from "./peers/install.js";
import { type ContestResult, hold } from "./peers/run.js";
import { wholeRun } from "./peers/whole-run.js";
import { machineText, markdownTable, writeSection } from "./results-file.js";

export interface PeersOptions {
  quick?: boolean;
  python?: string;
  /** this task's contests only, and nothing is written */
  only?: string;
}

/** A round of a product needs less: its calls are all alike. */
const USUAL: Effort = { rounds: 7, seconds: 0.5 };
const QUICK: Effort = { rounds: 3, seconds: 0.05 };

const TITLES: Record<Contest["task"], (size: number) => string> = {
  step: (batch) => `the lecture's step, batch ${batch}`,
  paper: (batch) => `the step of the paper's MLP9, batch ${batch}`,
  words: (batch) => `the step over words, batch ${batch}`,
  matmul: (n) => `${n} x ${n} x ${n} product`,
};

export async function peers({ quick = false, python: given, only }: PeersOptions): Promise<void> {
  const effort = quick ? QUICK : USUAL;
  const here = machine(effort);
  const list = contests({ python: python(given), javascript: javascript(), isas: supportedIsas() });
  const results: ContestResult[] = [];
  for (const contest of list.filter(({ task }) => only === undefined || task === only)) {
    const result = await hold(contest, effort);
    results.push(result);
    console.log(`\n${contestTable(result)}`);
  }
  if (only !== undefined) return;
  const reached = goalTable(goals(results, wholeRun(quick)));
  console.log(`\n${reached}`);
  const tables = results.map(contestTable).join("\n\n");
  writeSection("goals", `${machineText(here, quick)}\n\n${reached}`);
  writeSection("peers", `${machineText(here, quick)}\n\n${tables}`);
}

/** Everybody's rate, and how many times ours (the first's) that is. */
function contestTable({ task, size, unit, results }: ContestResult): string {
  const ours = results[0].rates;
  const rows = results.map(({ label, name, rates, skipped }) => {
    if (rates === undefined) return [label, `skipped: ${skipped}`, "", ""];
    const { median } = spread(rates);
    return [
      label,
      cellText(spread(rates), unit),
      ours ? `${digits(spread(ours).median / median)}x` : "-",
      name ?? "",
    ];
  });
  return markdownTable([TITLES[task](size), unit, "first / this", "version"], rows);
}

const goalTable = (list: readonly Goal[]): string =>
  markdownTable(
    ["goal", "wanted", "median (lowest..highest)", "reached"],
    list.map(({ what, goal, measured, unit, met }) => [
      what,
      goal,
      measured === undefined ? "not measured" : `${cellText(measured, " ")} ${unit}`,
      met === undefined ? "-" : met ? "yes" : "**no**",
    ]),
  );

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: { quick: { type: "boolean" }, python: { type: "string" }, only: { type: "string" } },
  });
  await peers(values);
}
