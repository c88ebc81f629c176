/** What a training ended with, as `train` prints it. */
import { backend, isa, threads } from "../backend/index.js";
import { countOf, countText } from "../count-text.js";
import { printable } from "../printable.js";
import { readMetrics } from "../run/folder/metrics.js";
import { sparkline } from "../report/sparkline.js";
import { perplexity } from "../train/evaluate.js";
import { MARK_TEXT } from "../run/known-samples.js";
import type { Sample } from "../generate/sample.js";
import { cutText, shownSample } from "../run/folder/samples-file.js";
import type { TrainResult } from "../run/result.js";
import { verdictText } from "../run/verdict.js";
import { inColumns } from "./terminal/columns.js";
import { nextCommand, partText } from "./outcome.js";
import { columnsOf, labelled, type Line, say, sentence, width } from "./terminal/say.js";
import { styled } from "./terminal/style.js";

export function jsonResult(r: TrainResult): object {
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
/** More than between a word and its mark: it is seen to which word a mark belongs. */
const BETWEEN_MARKED = 6;

export function printResult(r: TrainResult, report: string | undefined): void {
  const lines: string[] = [];
  if (r.interrupted)
    lines.push(`interrupted after ${countOf(r.steps, "step")}; the model so far is saved`);
  if (r.stoppedEarly)
    lines.push(
      `stopped after ${countOf(r.steps, "step")}: the dev loss has found no new ` +
        "low for as long as --patience",
    );
  const row = (name: string, value: string) => lines.push(...labelled(`  ${name}`, value, VALUES));
  const rate = countText(Math.round(r.stepsPerSecond));
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
      `${loss(r.best.devLoss)} after ${countOf(r.best.step, "step")}: --best takes that model`,
    );
  if (r.bigram) row("bigrams, dev", r.bigram.dev.toFixed(4));
  if (r.steps > 0)
    row(
      "training",
      `${r.seconds.toFixed(2)} s, ${rate} steps/s (${backend()} ${isa()}, ` +
        `${countOf(threads(), "thread")})`,
    );
  const losses = readMetrics(String(r.run)).flatMap(({ loss }) => loss ?? []);
  if (losses.length > 1)
    row(
      "losses",
      sparkline(losses, Math.min(BARS, (columnsOf(process.stdout) ?? Infinity) - VALUES)),
    );
  row("run folder", String(r.run));
  if (report !== undefined) row("report", report);
  const names: Line[] = sampleLines(r).map((line) => styled("sample", line));
  const cut = cutText(samplesOf(r));
  if (cut !== undefined) names.push(cut);
  if (r.shortage !== undefined) names.push(`samples: ${r.shortage}`);
  // The losses last: a terminal of 24 lines shows them, whatever number of names is above.
  say([
    ...names,
    ...(names.length > 0 ? [""] : []),
    ...lines,
    "",
    ...sentence(`next: ${nextCommand(r)}`),
  ]);
}

const samplesOf = ({ samples, cut }: TrainResult): Sample[] =>
  samples.map((word, i) => ({ word, cut: cut[i] }));

/** Names and their marks side by side where a terminal is wide enough, sentences one a line. */
function sampleLines(r: TrainResult): string[] {
  const { level } = r.corpus.vocabulary;
  const samples = samplesOf(r).map((sample) => printable(shownSample(sample, level)));
  if (level === "word") return samples;
  const longest = samples.reduce((most, word) => Math.max(most, width(word)), 0);
  const column = Math.min(WORD_WIDTH, longest);
  const marked = samples.map((word, i) => {
    const padding = " ".repeat(Math.max(0, column - width(word)));
    return `${word}${padding}  ${MARK_TEXT[r.marks[i]]}`;
  });
  const columns = columnsOf(process.stdout);
  return columns === undefined ? marked : inColumns(marked, columns, BETWEEN_MARKED);
}
