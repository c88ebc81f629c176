/** `mm-train [train] [words.txt]` */
import { Command, Option } from "commander";
import { backend, isa, threads } from "../backend/index.js";
import { quote, UsageError } from "../errors.js";
import { configSchema, optionName, parseConfig } from "../train/config.js";
import { freshRunFolder } from "../train/run-folder.js";
import { type TrainResult, train } from "../train/train.js";
import { addBackendOptions, addJsonOption, applyBackendOptions, asNumber, folderName, printJson, wholeNumber } from "./options.js";
import { TrainingProgress } from "./progress.js";

const INTERRUPTED = 130;

interface Options extends Record<string, unknown> {
  backend?: "native" | "reference";
  threads?: unknown;
  out?: string;
  json?: true;
  quiet?: true;
  logEvery: unknown;
}

export function trainCommand(): Command {
  const command = new Command("train")
    .description("train a model on a list of words and make up new ones (the default command)")
    .argument("[words]", "file with one word per line; short for --data")
    .allowExcessArguments(); // counted in runTrain, which says it better
  for (const [key, field] of Object.entries(configSchema.shape)) {
    const text = key === "data" || key === "lr";
    const placeholder = key === "data" ? "corpus" : key === "lr" ? "schedule" : "n";
    const option = new Option(`${optionName(key)} <${placeholder}>`, `${field.description} (default: ${field.def.defaultValue})`);
    command.addOption(text ? option : option.argParser(asNumber));
  }
  addBackendOptions(command)
    .option("--out <folder>", "run folder to write (default: runs/NAME, a new one)")
    .addOption(new Option("--log-every <n>", "steps between the losses kept in metrics.jsonl").argParser(asNumber).default(1000))
    .option("--quiet", "print the result only");
  return addJsonOption(command).action(runTrain);
}

async function runTrain(words: string | undefined, options: Options, command: Command): Promise<void> {
  const { backend: wanted, threads: threadCount, out, json, quiet, logEvery, ...settings } = options;
  const corpora = [...command.args, ...(settings.data !== undefined ? [settings.data] : [])];
  if (corpora.length > 1) throw new UsageError(`expected one corpus, got ${corpora.map(quote).join(" and ")}`);
  const config = parseConfig(words === undefined ? settings : { ...settings, data: words }, optionName);
  const every = wholeNumber("--log-every", logEvery, 1, Number.MAX_SAFE_INTEGER);
  const folder = folderName("--out", out);
  applyBackendOptions({ backend: wanted, threads: threadCount });

  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  process.once("SIGINT", onInterrupt).once("SIGTERM", onInterrupt);
  const progress = json || quiet ? undefined : new TrainingProgress(config.steps);
  try {
    const result = await train({
      ...config,
      out: folder ?? (() => freshRunFolder(config.data)),
      logEvery: every,
      signal: interrupt.signal,
      onStart: (run) => progress?.start(run),
      onStep: (step, loss, logged) => {
        if (json && logged) printJson({ event: "step", step, loss });
        progress?.step(step, loss);
      },
      onTrained: () => progress?.stop(),
    });
    if (json) printJson(jsonResult(result));
    else printResult(result);
    if (result.interrupted) process.exitCode = INTERRUPTED;
  } finally {
    progress?.stop();
    process.off("SIGINT", onInterrupt).off("SIGTERM", onInterrupt);
  }
}

function jsonResult(r: TrainResult): object {
  const { parameters, examples, steps, loss, seconds, stepsPerSecond, samples, run, interrupted } = r;
  return {
    event: "result", parameters, examples, steps, loss, seconds, stepsPerSecond, samples, run,
    backend: backend(), isa: isa(), threads: threads(), ...(interrupted && { interrupted }),
  };
}

function printResult(r: TrainResult): void {
  const lines: string[] = [];
  if (r.interrupted) lines.push(`interrupted after ${r.steps.toLocaleString("en")} steps; the model so far is saved`);
  const row = (name: string, value: string) => lines.push(`  ${name.padEnd(12)}${value}`);
  const rate = Math.round(r.stepsPerSecond).toLocaleString("en");
  row("train loss", r.loss?.train.toFixed(4) ?? "not measured");
  row("dev loss", r.loss?.dev.toFixed(4) ?? "not measured");
  row("training", `${r.seconds.toFixed(2)} s, ${rate} steps/s (${backend()} ${isa()}, ${threads()} thread${threads() === 1 ? "" : "s"})`);
  row("run folder", String(r.run));
  if (r.samples.length > 0) lines.push("", ...r.samples);
  process.stdout.write(`${lines.join("\n")}\n`);
}
