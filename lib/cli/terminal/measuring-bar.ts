/**
 * What a person sees while losses are measured: a bar on a terminal, a line for long work
 * elsewhere.
 */
import { Presets, SingleBar } from "cli-progress";
import { tell } from "./say.js";
import { canRedraw } from "./style.js";

/** Milliseconds between two updates. */
const REFRESH = 100;
/** Milliseconds after which it is worth a word. */
const LONG = 1000;

export class MeasuringBar {
  private readonly started = performance.now();
  private bar: SingleBar | undefined;
  private shown = 0;
  private isTold = false;

  /** @param what is measured: "22,655 dev examples" */
  constructor(private readonly what: string) {}

  /** Examples done, of all. */
  show(done: number, total: number): void {
    const now = performance.now();
    if (now - this.shown < REFRESH || done === total) return;
    this.shown = now;
    if (canRedraw(process.stderr)) this.draw(done, total);
    else if (!this.isTold && now - this.started > LONG) {
      this.isTold = true;
      tell(`measuring ${this.what}`);
    }
  }

  private draw(done: number, total: number): void {
    if (this.bar !== undefined) this.bar.update(done);
    else {
      const format = `{bar} {percentage}%  measuring ${this.what}`;
      const options = {
        format,
        barsize: 8,
        hideCursor: true,
        stream: process.stderr,
        linewrap: false,
        clearOnComplete: true,
      };
      this.bar = new SingleBar(options, Presets.shades_classic);
      this.bar.start(total, done);
    }
  }

  /** Takes the bar away; safe to call twice. */
  stop(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}
