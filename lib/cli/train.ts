/** `mm-train [train] [words.txt]` */
import { existsSync, readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { backend, isa, threads } from "../backend/index.js";
import { quote, UsageError } from "../errors.js";
import { printable } from "../printable.js";
import { readMetrics } from "../report/record.js";
import { sparkline } from "../report/sparkline.js";
import { eventFile, writeEvents } from "../report/tensorboard.js";
import { optionName } from "../train/config.js";
import { perplexity } from "../train/evaluate.js";
import { configFrom, sourceOf } from "../train/from.js";
import { parseConfig, type Settings } from "../train/parse-config.js";
import { freshRunFolder, latestRunFolder } from "../train/runs.js";
import { readConfig } from "../train/run-folder.js";
import { MARK_TEXT } from "../train/marks.js";
import type { TrainListeners } from "../train/listeners.js";
import type { TrainResult } from "../train/result.js";
import { resume, train } from "../train/train.js";
import {
  addBackendOptions,
  addJsonOption,
  addPresetOption,
  addSettingOptions,
  applyBackendOptions,
  type CommonOptions,
  folderName,
  HEADING,
  oneCorpus,
} from "./options.js";
import { drawOrSay, drawReport } from "./draw.js";
import { nextCommand, partText, verdictText } from "./outcome.js";
import { TrainingProgress } from "./progress.js";
import { marked } from "./sample.js";
import { columnsOf, type Line, say, sayJson, width } from "./say.js";
import { styled } from "./style.js";

const INTERRUPTED = 130;

interface Options extends CommonOptions, Record<string, unknown> {
  out?: string;
  resume?: true;
  config?: string;
  quiet?: true;
  tensorboard?: true;
  from?: string;
  fromBest?: true;
}

const EXAMPLES = `
Examples:
  npx mm-train words.txt --preset quick
      a good model of your own list, one word per line, in seconds
  npx mm-train words.txt --steps 50000 --hidden 300 --out runs/mine
      the lecture's network, wider, with a run folder of your choice
  npx mm-train --resume --out runs/mine --steps 90000
      goes on with that run, to 90,000 steps`;

export function trainCommand(): Command {
  const command = new Command("train")
    .description("train a model on a list of words and make up new ones (the default command)")
    .argument("[words]", "file with one word per line, or a text; short for --data")
    .allowExcessArguments(); // counted in runTrain, which says it better
  addPresetOption(command).addOption(
    new Option(
      "--config <file>",
      'settings as JSON ({"hidden": 300, ...}); options given here win',
    ).helpGroup(HEADING.settings),
  );
  addBackendOptions(addSettingOptions(command))
    .addHelpText("after", EXAMPLES)
    .optionsGroup(HEADING.run)
    .option("--out <folder>", "run folder to write (default: runs/NAME, a new one)")
    .option(
      "--from <folder>",
      "start from the parameters of this run: its model's settings are kept, tokens that it does not know are added to its own",
    )
    .option("--from-best", "with --from: from its model of the lowest dev loss, not its last one")
    .option(
      "--resume",
      "go on with the run in --out (default: the newest) from its last checkpoint; only --steps may change, and --data (--dev-data, --test-data) if its files moved",
    )
    .option("--tensorboard", "write events for TensorBoard into the run folder too")
    .optionsGroup("Output:")
    .option("--quiet", "print the result only");
  return addJsonOption(command).action(runTrain);
}

/** What asks a training to save and end: Ctrl-C, kill, a terminal that closes. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

async function runTrain(_: string | undefined, options: Options, command: Command): Promise<void> {
  const {
    backend: wanted,
    threads: threadCount,
    out,
    resume: resuming,
    config: file,
    json,
    quiet,
    tensorboard,
    from,
    fromBest,
    ...given
  } = options;
  const data = oneCorpus(command.args, given.data);
  const settings = {
    ...(file !== undefined && readSettings(file)),
    ...given,
    ...(data !== undefined && { data }),
  };
  const folder = folderName("--out", out);
  const origin = { from: folderName("--from", from), fromBest: fromBest === true };
  if (resuming && (from !== undefined || fromBest))
    throw new UsageError(
      "--from: a resumed run goes on from its own checkpoint, expected one of --from and --resume",
    );
  const start = resuming ? resumeRun(folder, settings) : startRun(folder, settings, origin);
  applyBackendOptions({ backend: wanted, threads: threadCount }, start.left);

  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  // The file of a run that is resumed is brought up to date, asked for or not.
  const events = (run: string) =>
    drawOrSay(() => (tensorboard || existsSync(eventFile(run)) ? writeEvents(run) : undefined));
  const progress = json || quiet ? undefined : new TrainingProgress(start.steps);
  try {
    const result = await start.run({
      signal: interrupt.signal,
      onStart: (run) => {
        // Before, there is nothing to save, and who reads or counts a corpus hears no signal: the
        // process just ends.
        for (const signal of SIGNALS) process.once(signal, onInterrupt);
        if (json && run.corpus !== undefined) sayJson({ event: "corpus", ...run.corpus });
        progress?.start(run);
      },
      onStep: (step, loss, logged) => {
        if (json && logged) sayJson({ event: "step", step, loss });
        progress?.step(step, loss);
      },
      onDevLoss: (step, devLoss) => {
        if (json) sayJson({ event: "dev", step, loss: devLoss });
        progress?.devLoss(step, devLoss);
      },
      onSaved: (run) => void events(run),
      onTrained: () => (interrupt.signal.aborted ? progress?.stop() : progress?.measuring()),
      onMeasure: (done, total) => progress?.measured(done, total),
    });
    progress?.stop();
    const run = String(result.run);
    await events(run);
    const report = await drawReport(run, result.corpus.words);
    if (json) sayJson(jsonResult(result));
    else printResult(result, report);
    if (result.interrupted) process.exitCode = INTERRUPTED;
  } finally {
    progress?.stop();
    for (const signal of SIGNALS) process.off(signal, onInterrupt);
  }
}

/** A training that has been checked and not begun. */
interface Start {
  readonly steps: number;
  /** of them, those that are not done yet */
  readonly left: number;
  readonly run: (listeners: TrainListeners) => Promise<TrainResult>;
}

function startRun(
  folder: string | undefined,
  settings: Record<string, unknown>,
  from: { from: string | undefined; fromBest: boolean },
): Start {
  const source = sourceOf(from, optionName);
  const config =
    source === undefined
      ? parseConfig(settings, optionName)
      : configFrom(source, settings, false, optionName);
  const { steps } = config;
  return {
    steps,
    left: steps,
    run: (listeners) =>
      train({
        ...config,
        ...from,
        ...listeners,
        out: folder ?? (() => freshRunFolder(config.data)),
      }),
  };
}

function resumeRun(folder: string | undefined, settings: Record<string, unknown>): Start {
  const { data, devData, testData, ...others } = settings as Settings;
  const fixed = Object.keys(others).find((key) => key !== "steps");
  if (fixed !== undefined)
    throw new UsageError(
      `${optionName(fixed)}: a resumed run keeps its settings, only --steps may change (and --data, --dev-data and --test-data, if its files moved)`,
    );
  const run = folder ?? latestRunFolder("config.json");
  const saved = readConfig(run);
  const { steps } = parseConfig({ steps: saved.steps, ...others }, optionName);
  return {
    steps,
    left: steps - saved.stepsDone,
    run: (listeners) =>
      resume(run, {
        ...listeners,
        steps,
        data,
        devData: devData ?? undefined,
        testData: testData ?? undefined,
      }),
  };
}

/** The settings of a JSON file. */
function readSettings(file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new UsageError(
      `--config: ${file} is not a JSON file that can be read (${(error as NodeJS.ErrnoException).code ?? "not JSON"})`,
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new UsageError(`--config: ${file} holds ${quote(value)}, expected an object`);
  const settings = value as Record<string, unknown>;
  if (!("version" in settings)) return settings;
  // That of a run folder says more than its settings; it names no corpus where a program gave the
  // words.
  const others = [
    "version",
    "wordsSha256",
    "from",
    "stepsDone",
    ...(settings.data === null ? ["data"] : []),
  ];
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !others.includes(key)));
}

function jsonResult(r: TrainResult): object {
  const perplexities = r.loss && { train: perplexity(r.loss.train), dev: perplexity(r.loss.dev) };
  const {
    parameters,
    examples,
    measured,
    steps,
    loss,
    best,
    stoppedEarly,
    bigram,
    verdict,
    seconds,
    stepsPerSecond,
    samples,
    cut,
    marks,
    shortage,
    from,
    run,
    interrupted,
  } = r;
  return {
    event: "result",
    parameters,
    examples,
    measured,
    steps,
    loss,
    perplexity: perplexities,
    best,
    bigram,
    verdict,
    seconds,
    stepsPerSecond,
    samples,
    cut,
    marks,
    ...(shortage !== undefined && { shortage }),
    ...(from && { from }),
    run,
    backend: backend(),
    isa: isa(),
    threads: threads(),
    ...(interrupted && { interrupted }),
    ...(stoppedEarly && { stoppedEarly }),
  };
}

/** Bars of the curve in the table, where the terminal is wide enough. */
const BARS = 40;
/** Columns before a value of the table. */
const VALUES = 16;
/** A longer word does not push the marks of all others aside. */
const WORD_WIDTH = 20;

function printResult(r: TrainResult, report: string | undefined): void {
  const lines: string[] = [];
  if (r.interrupted)
    lines.push(
      `interrupted after ${r.steps.toLocaleString("en")} steps; the model so far is saved${r.run === undefined ? "" : `, \`npx mm-train --resume --out ${r.run}\` goes on`}`,
    );
  if (r.stoppedEarly)
    lines.push(
      `stopped after ${r.steps.toLocaleString("en")} steps: the dev loss has found no new low for as long as --patience`,
    );
  const row = (name: string, value: string) => lines.push(`  ${name.padEnd(VALUES - 2)}${value}`);
  const rate = Math.round(r.stepsPerSecond).toLocaleString("en");
  const words = r.corpus.vocabulary.level === "word";
  const loss = (value: number | undefined) =>
    value === undefined
      ? "not measured"
      : `${value.toFixed(4)}${words ? ` (perplexity ${perplexity(value).toFixed(1)})` : ""}`;
  const on = (split: "train" | "dev") =>
    r.loss && r.measured[split] < r.examples[split]
      ? ` ${partText(r.measured[split], r.examples[split])}`
      : "";
  row("train loss", loss(r.loss?.train) + on("train"));
  row("dev loss", loss(r.loss?.dev) + on("dev"));
  if (r.verdict) row("verdict", verdictText(r.verdict));
  if (r.verdict) row("try", r.verdict.remedy);
  if (r.best && r.best.step !== r.steps)
    row(
      "lowest dev",
      `${loss(r.best.devLoss)} after ${r.best.step.toLocaleString("en")} steps: --best takes that model`,
    );
  if (r.bigram) row("bigrams, dev", r.bigram.dev.toFixed(4));
  if (r.steps > 0)
    row(
      "training",
      `${r.seconds.toFixed(2)} s, ${rate} steps/s (${backend()} ${isa()}, ${threads()} thread${threads() === 1 ? "" : "s"})`,
    );
  const losses = readMetrics(String(r.run)).flatMap(({ loss }) => loss ?? []);
  if (losses.length > 1)
    row(
      "losses",
      sparkline(losses, Math.min(BARS, (columnsOf(process.stdout) ?? Infinity) - VALUES)),
    );
  row("run folder", String(r.run));
  if (report !== undefined) row("report", report);
  const names: Line[] = [];
  const samples = r.samples.map((word, i) =>
    printable(marked({ word, cut: r.cut[i] }, r.corpus.vocabulary.level)),
  );
  const longest = samples.reduce((most, word) => Math.max(most, width(word)), 0);
  const column = words ? 0 : Math.min(WORD_WIDTH, longest);
  for (const [i, word] of samples.entries()) {
    const mark = i < r.marks.length ? `  ${MARK_TEXT[r.marks[i]]}` : "";
    names.push(styled("sample", `${word}${" ".repeat(Math.max(0, column - width(word)))}${mark}`));
  }
  if (r.shortage !== undefined) names.push(`samples: ${r.shortage}`);
  // The losses last: a terminal of 24 lines shows them, whatever number of names is above.
  say([...names, ...(names.length > 0 ? [""] : []), ...lines, "", `next: ${nextCommand(r)}`]);
}
