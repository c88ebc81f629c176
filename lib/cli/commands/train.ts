/** `mm-train [train] [words.txt]` */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { quote, UsageError } from "../../errors.js";
import type { Communicator } from "../../distributed/communicator.js";
import { Team } from "../../distributed/team.js";
import type { LiveView } from "../../lab/index.js";
import { eventFile, writeEvents } from "../../report/tensorboard.js";
import { optionName } from "../../run/settings/config.js";
import { settingsIn } from "../../run/settings/by-owner.js";
import { configFrom, readBaseRun } from "../../run/base-run.js";
import { parseConfig, type Settings } from "../../run/settings/parse-config.js";
import { freshRunFolder, latestRunFolder, RUNS } from "../../run/folder/runs.js";
import { cacheBeside } from "../../run/corpus/token-cache/cache-folder.js";
import { readConfig } from "../../run/folder/run-folder.js";
import type { TrainListeners } from "../../run/session/listeners.js";
import type { TrainResult } from "../../run/result.js";
import { resume, train } from "../../run/train.js";
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
} from "../options.js";
import { drawOrSay, drawReport } from "../draw.js";
import { TrainingProgress } from "../terminal/progress.js";
import { openBrowser } from "../open-browser.js";
import { asRank, threadsOf } from "../rank.js";
import { INTERRUPTED, SIGNALS } from "../outcome.js";
import { jsonResult, printResult } from "../result.js";
import { sayJson, tell } from "../terminal/say.js";

interface Options extends CommonOptions, Record<string, unknown> {
  out?: string;
  resume?: true;
  config?: string;
  quiet?: true;
  tensorboard?: true;
  from?: string;
  fromBest?: true;
  open?: true;
  distributed?: "mpi";
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
    .argument(
      "[words]",
      "file with one word per line, a table or a text, also as .gz; - is standard input; " +
        "short for --data",
    )
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
      "start from the parameters of this run: its model's settings are kept, tokens that it " +
        "does not know are added to its own",
    )
    .option("--from-best", "with --from: from its model of the lowest dev loss, not its last one")
    .option(
      "--resume",
      "go on with the run in --out (default: the newest) from its last checkpoint; only " +
        "--steps may change, and --data (--dev-data, --test-data) if its files moved",
    )
    .option("--tensorboard", "write events for TensorBoard into the run folder too")
    .addOption(
      new Option(
        "--distributed <kind>",
        "share the output layer with the other processes that mpirun has started: `mpirun -n 4 " +
          "npx mm-train train --distributed mpi --model nplm ...`; the bits are those of one",
      ).choices(["mpi"]),
    )
    .optionsGroup("Output:")
    .option("--open", "show the training in your browser while it goes on")
    .option("--quiet", "print the result only");
  return addJsonOption(command).action(runTrain);
}

async function runTrain(_: string | undefined, options: Options, command: Command): Promise<void> {
  if (options.distributed === undefined) await trainAs(options, command);
  else await asRank((ranks) => trainAs(options, command, ranks));
}

/** What the command line asks for, checked. */
function prepare(options: Options, command: Command, ranks: Communicator | undefined): Start {
  const {
    backend,
    threads,
    out,
    resume: resuming,
    config: file,
    json: _,
    quiet: __,
    tensorboard: ___,
    from,
    fromBest,
    open,
    distributed: ____,
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
  if (open && ranks !== undefined)
    throw new UsageError(
      "--open: expected no --distributed with it; `mm-train lab` shows the run while it goes on",
    );
  const start = resuming ? resumeRun(folder, settings) : startRun(folder, settings, origin);
  applyBackendOptions({ backend, threads: threads ?? threadsOf(ranks) }, start.left);
  return start;
}

async function trainAs(options: Options, command: Command, ranks?: Communicator): Promise<void> {
  const make = () => prepare(options, command, ranks);
  const start = ranks === undefined ? make() : new Team(ranks).together(make);
  const speaks = ranks === undefined || ranks.rank === 0;
  const { json, quiet, tensorboard, open } = options;

  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  // The file of a run that is resumed is brought up to date, asked for or not.
  const events = (run: string) =>
    drawOrSay(() => (tensorboard || existsSync(eventFile(run)) ? writeEvents(run) : undefined));
  const progress = json || quiet || !speaks ? undefined : new TrainingProgress(start.steps);
  const live = open ? await startLiveView() : undefined;
  try {
    const result = await start.run(ranks, {
      signal: interrupt.signal,
      onStart: (run) => {
        // Before, there is nothing to save, and who reads or counts a corpus hears no signal: the
        // process just ends.
        for (const signal of SIGNALS) process.once(signal, onInterrupt);
        if (json && speaks && run.corpus !== undefined) sayJson({ event: "corpus", ...run.corpus });
        if (live !== undefined) showLive(live, run, start.steps);
        progress?.start(run);
      },
      onStep: (step, loss, logged) => {
        if (json && speaks && logged) sayJson({ event: "step", step, loss });
        if (logged) live?.minibatch(step, loss);
        progress?.step(step, loss);
      },
      onDevLoss: (step, devLoss) => {
        if (json && speaks) sayJson({ event: "dev", step, loss: devLoss });
        live?.devLoss(step, devLoss);
        progress?.devLoss(step, devLoss);
      },
      onSaved: (run) => void events(run),
      onTrained: () => (interrupt.signal.aborted ? progress?.stop() : progress?.measuring()),
      onMeasure: (done, total) => progress?.measured(done, total),
    });
    progress?.stop();
    if (speaks) {
      const run = String(result.run);
      await events(run);
      const report = await drawReport(run, result.corpus.words);
      if (json) sayJson(jsonResult(result));
      else printResult(result, report);
    }
    if (result.interrupted) process.exitCode = INTERRUPTED;
  } finally {
    progress?.stop();
    await live?.end();
    for (const signal of SIGNALS) process.off(signal, onInterrupt);
  }
}

/** Before anything is trained: where there is no page to serve it is said at once. */
const startLiveView = async (): Promise<LiveView> =>
  (await import("../../lab/index.js")).LiveView.start();

function showLive(
  live: LiveView,
  { run, step }: { run: string | undefined; step: number },
  steps: number,
): void {
  const address = live.begin(String(run), step, steps);
  tell(address);
  openBrowser(address);
}

/** A training that has been checked and not begun. */
interface Start {
  readonly steps: number;
  /** of them, those that are not done yet */
  readonly left: number;
  readonly run: (
    ranks: Communicator | undefined,
    listeners: TrainListeners,
  ) => Promise<TrainResult>;
}

function startRun(
  folder: string | undefined,
  settings: Record<string, unknown>,
  from: { from: string | undefined; fromBest: boolean },
): Start {
  const { steps, data } = configFrom(readBaseRun(from, optionName), settings, false, optionName);
  return {
    steps,
    left: steps,
    run: (distributed, listeners) =>
      train({
        ...settings,
        ...from,
        ...listeners,
        out: folder ?? (() => freshRunFolder(data)),
        cache: cacheBeside(folder ?? join(RUNS, "run")),
        distributed,
      }),
  };
}

function resumeRun(folder: string | undefined, settings: Record<string, unknown>): Start {
  const { data, devData, testData, ...others } = settings as Settings;
  const fixed = Object.keys(others).find((key) => key !== "steps");
  if (fixed !== undefined)
    throw new UsageError(
      `${optionName(fixed)}: a resumed run keeps its settings, only --steps may change (and ` +
        "--data, --dev-data and --test-data, if its files moved)",
    );
  const run = folder ?? latestRunFolder("config.json");
  const saved = readConfig(run);
  const { steps } = parseConfig({ steps: saved.steps, ...others }, optionName);
  return {
    steps,
    left: steps - saved.stepsDone,
    run: (distributed, listeners) =>
      resume(run, {
        ...listeners,
        distributed,
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
      `--config: ${file} is not a JSON file that can be read ` +
        `(${(error as NodeJS.ErrnoException).code ?? "not JSON"})`,
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new UsageError(`--config: ${file} holds ${quote(value)}, expected an object`);
  const settings = value as Record<string, unknown>;
  // config.json of a run folder says more than its settings.
  return "version" in settings ? settingsIn(settings) : settings;
}
