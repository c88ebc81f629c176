/** What a person sees while training: a bar on a terminal, a line per tenth elsewhere. On standard error, so that results can be piped. */
import { Presets, SingleBar } from "cli-progress";
import type { Split } from "../train/corpus.js";

/** Milliseconds between two looks at the clock's worth of news. */
const REFRESH = 100;

/** 180K */
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

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

  constructor(private readonly total: number) {}

  start(run: { parameters: number; examples: Record<Split, number>; vocabularySize: number; step: number }): void {
    const n = (x: number) => x.toLocaleString("en");
    const { train, dev, test } = run.examples;
    process.stderr.write(
      `${n(run.parameters)} parameters, ${run.vocabularySize} characters; examples: ${n(train)} train, ${n(dev)} dev, ${n(test)} test\n`,
    );
    this.started = performance.now();
    this.first = run.step;
    if (run.step > 0) process.stderr.write(`going on from step ${n(run.step)}\n`);
    if (process.stderr.isTTY && this.total > 0) {
      const format = "{bar} {percentage}% {value}/{total}  loss {loss}  {dev}  {rate} steps/s  {left}";
      this.bar = new SingleBar({ format, barsize: 8 /* the line fits 80 columns */, hideCursor: true, stream: process.stderr, linewrap: false }, Presets.shades_classic);
      this.bar.start(this.total, run.step, { loss: "-", dev: this.dev, rate: "-", left: "-" });
    }
  }

  step(step: number, loss: number): void {
    this.sum += loss;
    this.count++;
    const done = step + 1;
    if (this.bar === undefined) {
      if (done % Math.ceil(this.total / 10) === 0 || done === this.total) this.line(done);
      return;
    }
    const now = performance.now();
    if (now - this.shown < REFRESH && done < this.total) return;
    this.shown = now;
    this.bar.update(done, this.news(done));
  }

  /** With the step it was measured at: it is not news until the next. */
  devLoss(step: number, loss: number): void {
    this.dev = `dev@${COMPACT.format(step)} ${loss.toFixed(4)}`;
  }

  /** Ends the bar; safe to call twice. */
  stop(): void {
    this.bar?.stop();
    this.bar = undefined;
  }

  private line(done: number): void {
    const { loss, dev, rate, left } = this.news(done);
    process.stderr.write(`step ${done}/${this.total}  loss ${loss}  ${dev}  ${rate} steps/s  ${left} left\n`);
  }

  private news(done: number): { loss: string; dev: string; rate: string; left: string } {
    const seconds = (performance.now() - this.started) / 1000;
    const mean = this.sum / this.count;
    this.sum = 0;
    this.count = 0;
    const rate = (done - this.first) / seconds;
    return { loss: mean.toFixed(4), dev: this.dev, rate: Math.round(rate).toLocaleString("en"), left: `${Math.ceil((this.total - done) / rate)} s` };
  }
}
