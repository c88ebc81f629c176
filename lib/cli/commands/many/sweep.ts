/** `mm-train sweep space.json` */
import { existsSync, readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { Command, Option } from "commander";
import { countOf } from "../../../count-text.js";
import { UsageError } from "../../../errors.js";
import { shellPath } from "../../../shell.js";
import { addRedisOption, redisUrl } from "./redis-option.js";
import { packageVersion } from "../../../package-root.js";
import { readSweep, type SweepListeners, type SweepResult } from "../../../sweep/index.js";
import { runSweep } from "../../../sweep/sweep.js";
import { usualCount } from "../../../sweep/workers.js";
import { testLossOf } from "../../../sweep/test-loss.js";
import { drawOrSay } from "../../draw.js";
import { addJsonOption, asNumber, folderName, wholeNumber } from "../../options.js";
import { INTERRUPTED, SIGNALS } from "../../outcome.js";
import { say, sayJson, sentence, tell } from "../../terminal/say.js";
import { jsonTrial, printTrials } from "./trials-table.js";
import { SweepProgress } from "../../terminal/sweep-progress.js";

interface Options {
  data?: string;
  out?: string;
  parallel?: unknown;
  redis?: string | true;
  test?: true;
  json?: true;
}

/** Where sweeps are that nobody named a folder for. */
const SWEEPS = "sweeps";

const ABOUT = `
The file is JSON:
  { "search": "random", "trials": 60, "seeds": [1, 2, 3],
    "settings": { "hidden": [80, 160, 320], "lr": { "log": [0.01, 1] } },
    "fixed": { "steps": 2000, "data": "words.txt" } }
search: grid (every combination), random, or asha (the better trials are trained
further). A setting is a list of values, {"range": [low, high]} or
{"log": [low, high]}, with "when": {"optimizer": "adamw"} only beside others, with
"as": "cosine:{}->0" within a text. The same command again goes on with a sweep
that was stopped, and trains nothing twice.`;

export function sweepCommand(): Command {
  const command = new Command("sweep")
    .description("train many settings, and rank them by dev loss")
    .argument("<space>", "file that says what is tried")
    .option("--data <corpus>", "corpus of all runs (default: that among the fixed settings)")
    .option("--out <folder>", "folder of the sweep (default: sweeps/NAME, of the file's name)")
    .addOption(
      new Option(
        "--parallel <n>",
        "runs at a time (default: as many as there are cores)",
      ).argParser(asNumber),
    )
    .option("--test", "look at the test loss of the best trial, once: looks are counted")
    .addHelpText("after", ABOUT);
  return addJsonOption(addRedisOption(command)).action(runSweepCommand);
}

async function runSweepCommand(file: string, options: Options): Promise<void> {
  const { data, test, json } = options;
  const parallel =
    options.parallel === undefined
      ? usualCount()
      : wholeNumber("--parallel", options.parallel, 1, 1024);
  const url = options.redis === undefined ? undefined : redisUrl(options.redis);
  if (url !== undefined && options.parallel !== undefined)
    throw new UsageError("--parallel: with --redis it is the workers who say it");
  const out = folderName("--out", options.out) ?? join(SWEEPS, basename(file, extname(file)));
  const space = readSpaceFile(file, data);
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  for (const signal of SIGNALS) process.once(signal, onInterrupt);
  const progress = json ? undefined : new SweepProgress();
  let changed = false;
  const heard = json ? jsonListeners : progress;
  const onRun: SweepListeners["onRun"] = (run) => {
    changed = true;
    heard?.onRun?.(run);
  };
  const listeners = { ...heard, onRun, signal: interrupt.signal };
  try {
    const onTrouble = (message: string) => tell(`mm-train: ${message}`);
    const hire = async (sweepId: string) => {
      if (url === undefined) {
        const { ProcessPool } = await import("../../../sweep/processes/process-pool.js");
        return new ProcessPool(parallel, undefined);
      }
      const { QueueWorkers } = await import("../../../sweep/queue/queue-workers.js");
      return QueueWorkers.hire(url, { sweepId, version: packageVersion() }, onTrouble);
    };
    const result = await runSweep(file, { space, out }, listeners, hire);
    progress?.stop();
    const { best, interrupted } = result;
    const page = await drawOrSay(async () => {
      const page = join(out, "sweep.html");
      if (!changed && existsSync(page)) return page;
      const { writeSweepPage } = await import("../../../report/index.js");
      return writeSweepPage(readSweep(out));
    });
    const tested = test && best !== undefined && !interrupted ? testLossOf(best) : undefined;
    if (json) sayJson(jsonResult(result, tested, page));
    else printResult(file, result, tested, page);
    if (interrupted) process.exitCode = INTERRUPTED;
  } finally {
    progress?.stop();
    for (const signal of SIGNALS) process.off(signal, onInterrupt);
  }
}

function readSpaceFile(file: string, data: string | undefined): unknown {
  let space: unknown;
  try {
    space = JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new UsageError(
      `${file} is not a JSON file that can be read ` +
        `(${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`,
    );
  }
  if (data === undefined || typeof space !== "object" || space === null) return space;
  const { fixed } = space as { fixed?: object };
  return { ...space, fixed: { ...fixed, data } };
}

const jsonListeners: SweepListeners = {
  onStart: (sweep) => sayJson({ event: "sweep", ...sweep }),
  onRun: (run) => sayJson({ event: "run", ...run }),
  onResult: ({ name, trial, steps, devLoss, why, before }) =>
    sayJson({ event: "run-result", name, trial, steps, devLoss, diverged: why, before }),
  onStopped: (name) => sayJson({ event: "run-stopped", name }),
};

const jsonResult = (
  { out, trials, best, interrupted }: SweepResult,
  test: object | undefined,
  page: string | undefined,
) => ({
  event: "result",
  sweep: out,
  best: best && jsonTrial(best),
  ...(test && { test }),
  trials: trials.map(jsonTrial),
  page,
  ...(interrupted && { interrupted }),
});

function printResult(
  file: string,
  { out, trials, best, interrupted }: SweepResult,
  test: { loss: number; looks: number } | undefined,
  page: string | undefined,
): void {
  printTrials(trials, page ?? out);
  if (interrupted)
    tell(`interrupted; the same command goes on: npx mm-train sweep ${shellPath(file)}`);
  if (best === undefined) return;
  const lines = ["", `best     ${best.runs[0].dir}`];
  if (test !== undefined)
    lines.push(
      `test     ${test.loss.toFixed(4)} (${countOf(test.looks, "look")} at the test split of ` +
        `${countOf(best.runs.length, "run")})`,
    );
  if (page !== undefined) lines.push(`page     ${page}`);
  say([
    ...lines,
    "",
    ...sentence(`next: npx mm-train sample --run ${shellPath(best.runs[0].dir)}`),
  ]);
}
