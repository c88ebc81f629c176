/**
 * What a person sees while training: a bar on a terminal, a line per tenth elsewhere. On standard
 * error, so that results can be piped.
 */
import { SingleBar } from "cli-progress";
import { countOf, countText } from "../../count-text.js";
import { type CorpusSummary, factsOf } from "../../data/lists/summary.js";
import { perplexity } from "../../train/evaluate.js";
import { SPLITS } from "../../run/corpus/corpus.js";
import { originText } from "../../run/folder/origin.js";
import type { TrainListeners } from "../../run/session/listeners.js";
import { MeasuringBar } from "./measuring-bar.js";
import { progressLine, type ProgressParts } from "./progress-line.js";
import { columnsOf, tell, wrapped } from "./say.js";
import { canRedraw, rendered, styled } from "./style.js";

/** Milliseconds between two looks at the clock's worth of news. */
const REFRESH = 100;

/** What was read, and what looks wrong with it. */
function corpusLines(summary: CorpusSummary): string[] {
  const facts = factsOf(summary).map(([name, value]) => `${value} ${name}`);
  const [counts, rest] = [facts.slice(0, 4), facts.slice(4)]; // as one line they wrap at 80 columns
  return [
    counts.join(", "),
    rest.join(", "),
    ...summary.warnings.map(({ message }) => `note: ${message}`),
  ];
}

/** 180K */
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

const perplexityText = (loss: number): string => `perplexity ${perplexity(loss).toFixed(1)}`;

export class TrainingProgress {
  private bar: SingleBar | undefined;
  private started = 0;
  /** steps done before this session */
  private first = 0;
  private dev = "dev -";
  private shown = 0;
  /** losses since the last news: minibatch losses are noisy, their mean is not */
  private sum = 0;
  private count = 0;
  /** steps between two lines where there is no bar */
  private every = 1;

  constructor(private readonly total: number) {}

  /** of a model of words: what a person wants to hear of it */
  private words: { perStep: number; epoch: number } | undefined;
  /** what is measured in the end */
  private parts = "";
  private losses: MeasuringBar | undefined;

  start(run: Parameters<NonNullable<TrainListeners["onStart"]>>[0]): void {
    const fitted = (line: string) => wrapped([line], columnsOf(process.stderr));
    if (run.corpus !== undefined) tell(corpusLines(run.corpus).flatMap(fitted));
    const tokens = countOf(run.vocabularySize, run.level);
    const examples = SPLITS.map((split) => `${countText(run.examples[split])} ${split}`);
    const model = `${countText(run.parameters)} parameters, ${tokens};`;
    tell(wrapped([model, `examples: ${examples.join(", ")}`], columnsOf(process.stderr)));
    if (run.from !== null) tell(`from ${originText(run.from, run.level)}`);
    const part = (split: "train" | "dev") =>
      countText(run.measured[split]) +
      (run.measured[split] < run.examples[split] ? ` of ${countText(run.examples[split])}` : "");
    this.parts = `${part("train")} train and ${part("dev")} dev examples`;
    if (run.level === "word")
      this.words = {
        perStep: run.batchSize,
        epoch: Math.max(1, Math.floor(run.examples.train / run.batchSize)),
      };
    // A line per epoch, or of many short ones a hundredth of all.
    const every = this.words?.epoch ?? Math.ceil(this.total / 10);
    this.every = every * Math.max(1, Math.ceil(this.total / every / 100));
    this.started = performance.now();
    this.first = run.step;
    if (run.step > 0)
      tell(
        run.step < this.total
          ? `going on from step ${countText(run.step)}`
          : `all ${countOf(run.step, "step")} are done`,
      );
    if (canRedraw(process.stderr) && this.total > 0) {
      // The bar's own way to keep a line within the terminal would cut a colour code.
      this.bar = new SingleBar({
        format: barLine,
        hideCursor: true,
        stream: process.stderr,
        linewrap: false,
      });
      this.bar.start(this.total, run.step, { loss: "loss -", dev: this.dev, rate: "-", left: "-" });
    }
  }

  step(step: number, loss: number): void {
    this.sum += loss;
    this.count++;
    const done = step + 1;
    if (this.bar === undefined) {
      if (done % this.every === 0 || done === this.total) this.line(done);
      return;
    }
    const now = performance.now();
    if (now - this.shown < REFRESH && done < this.total) return;
    this.shown = now;
    const count = this.words ? undefined : `${done}/${this.total}`;
    this.bar.update(done, { count, ...this.news(done) });
  }

  /** With the step it was measured at: it is not news until the next. */
  devLoss(step: number, loss: number): void {
    this.dev = this.words
      ? `dev@${(step / this.words.epoch).toFixed(1)} ${perplexityText(loss)}`
      : `dev@${COMPACT.format(step)} ${loss.toFixed(4)}`;
  }

  /** Steps are done; what follows takes as long as some of them. */
  measuring(): void {
    this.stop();
    this.losses = new MeasuringBar(this.parts);
  }

  /** Predictions of the final measurement that are done. */
  measured(done: number, total: number): void {
    this.losses?.show(done, total);
  }

  /** Ends the bar; safe to call twice. */
  stop(): void {
    this.losses?.stop();
    this.losses = undefined;
    this.bar?.stop();
    this.bar = undefined;
  }

  private line(done: number): void {
    const { loss, dev, rate, left } = this.news(done);
    const at = this.words
      ? `epoch ${(done / this.words.epoch).toFixed(1)}`
      : `step ${done}/${this.total}`;
    tell(`${at}  ${loss}  ${dev}  ${rate}  ${left} left`);
  }

  private news(done: number): Omit<ProgressParts, "percent" | "count"> {
    const seconds = (performance.now() - this.started) / 1000;
    const mean = this.sum / this.count;
    this.sum = 0;
    this.count = 0;
    const rate = (done - this.first) / seconds;
    const speed = this.words
      ? `${countText(Math.round(rate * this.words.perStep))} words/s`
      : `${countText(Math.round(rate))} steps/s`;
    return {
      loss: this.words ? perplexityText(mean) : `loss ${mean.toFixed(4)}`,
      dev: this.dev,
      rate: speed,
      left: `${Math.ceil((this.total - done) / rate)} s`,
    };
  }
}

/** What the bar draws. One column stays free: some terminals go to the next line after the last. */
function barLine(
  _: object,
  { progress }: { progress: number },
  parts: Omit<ProgressParts, "percent">,
): string {
  const columns = (columnsOf(process.stderr) ?? 80) - 1;
  const line = progressLine(
    { ...parts, percent: `${Math.floor(progress * 100)}%` },
    progress,
    columns,
  );
  return rendered(styled("progress", line), process.stderr);
}
