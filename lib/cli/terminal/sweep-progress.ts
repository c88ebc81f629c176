/**
 * What a person sees of a sweep: on a terminal a table that is drawn over itself (what is best so
 * far, what is running, time left), elsewhere a line per run. On standard error.
 */
import { MultiBar, type SingleBar } from "cli-progress";
import { countOf, countText } from "../../count-text.js";
import { printable } from "../../printable.js";
import type { SweepListeners } from "../../sweep/index.js";
import { columnsOf, tell, width } from "./say.js";
import { canRedraw, rendered, styled } from "./style.js";

type Heard<K extends keyof SweepListeners> = NonNullable<SweepListeners[K]>;

/** So many lines of each are shown. */
const BEST = 3;
const RUNNING = 8;
/** Milliseconds between two drawings. */
const REFRESH = 200;

interface Running {
  readonly steps: number;
  /** steps done */
  step: number;
  loss: number | undefined;
}

export class SweepProgress {
  private table: MultiBar | undefined;
  private readonly lines: SingleBar[] = [];
  private readonly running = new Map<string, Running>();
  private best: { readonly name: string; readonly devLoss: number }[] = [];
  private all = { runs: 0, steps: 0, rungs: false };
  private results = 0;
  private diverged = 0;
  /** steps of runs, by name, that were done before this session */
  private readonly before = new Map<string, number>();
  private readonly done = new Map<string, number>();
  private readonly began = performance.now();
  private drawn = -Infinity;

  onStart: Heard<"onStart"> = ({ trials, runs, rungs, steps, workers }) => {
    this.all = { runs, steps, rungs: rungs !== undefined };
    const seeds = runs === trials ? "" : ` of ${countOf(runs / trials, "run")}`;
    const at = `${countOf(workers, "run")} at a time`;
    const climb = rungs && `rungs of ${rungs.map(countText).join(", ")} steps`;
    tell([`${countOf(trials, "trial")}${seeds}, ${at}`, ...(climb === undefined ? [] : [climb])]);
    if (!canRedraw(process.stderr)) return;
    this.table = new MultiBar({
      format: (_, __, { line }: { line: string }) => line,
      hideCursor: true,
      stream: process.stderr,
      linewrap: false,
      fps: 1000 / REFRESH,
    });
    for (let i = 0; i < 1 + BEST + Math.min(workers, RUNNING); i++)
      this.lines.push(this.table.create(1, 0, { line: "" }));
    this.draw();
  };

  onRun: Heard<"onRun"> = ({ name, steps }) => {
    this.running.set(name, { steps, step: 0, loss: undefined });
    this.draw();
  };

  onStep: Heard<"onStep"> = (name, step, loss) => {
    const run = this.running.get(name);
    if (run === undefined) return;
    if (!this.before.has(name)) this.before.set(name, this.done.get(name) ?? step - 1);
    this.done.set(name, step);
    Object.assign(run, { step, loss });
    this.draw();
  };

  onResult: Heard<"onResult"> = ({ name, steps, devLoss, why, before }) => {
    this.results++;
    this.running.delete(name);
    this.done.set(name, steps);
    if (before) this.before.set(name, steps);
    if (devLoss === undefined) this.diverged++;
    else
      this.best = [...this.best.filter((run) => run.name !== name), { name, devLoss }].sort(
        (a, b) => a.devLoss - b.devLoss,
      );
    if (this.table === undefined && !before) {
      const result = devLoss === undefined ? `diverged (${why})` : `dev ${devLoss.toFixed(4)}`;
      tell(`${this.count()}  ${result}  ${name}`);
    }
    this.draw();
  };

  onStopped: Heard<"onStopped"> = (name) => {
    this.running.delete(name);
    this.draw();
  };

  /** Takes the table away; safe to call twice. */
  stop(): void {
    if (this.table === undefined) return;
    for (const line of this.lines) this.table.remove(line);
    this.table.stop();
    this.table = undefined;
  }

  private draw(): void {
    const now = performance.now();
    if (this.table === undefined || now - this.drawn < REFRESH / 2) return;
    this.drawn = now;
    const running = [...this.running].map(([name, { step, steps, loss }]) => {
      const at = `${Math.floor((100 * step) / Math.max(1, steps))}%`.padStart(4);
      return `running ${at}  ${loss === undefined ? "-" : loss.toFixed(4).slice(0, 6)}  ${name}`;
    });
    const best = this.best
      .slice(0, BEST)
      .map(({ name, devLoss }) => `best     dev ${devLoss.toFixed(4)}  ${name}`);
    const texts = [this.summary(), ...pad(best, BEST), ...running];
    for (const [i, line] of this.lines.entries())
      line.update(0, { line: fitted(i === 0 ? "heading" : "progress", texts[i] ?? "") });
  }

  private summary(): string {
    const failed = this.diverged === 0 ? "" : `, ${this.diverged} diverged`;
    return `${this.count()}${failed}, ${this.left()}`;
  }

  private count(): string {
    if (this.all.rungs) return `${countOf(this.results, "result")}`;
    return `${countText(this.results)} of ${countOf(this.all.runs, "run")}`;
  }

  /** By the steps of this session. */
  private left(): string {
    const sum = (steps: Map<string, number>) => [...steps.values()].reduce((a, b) => a + b, 0);
    const [done, before] = [sum(this.done), sum(this.before)];
    const rate = (done - before) / (performance.now() - this.began);
    if (!(rate > 0)) return "time left -";
    const seconds = Math.max(0, Math.ceil((this.all.steps - done) / rate / 1000));
    return `${seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`} left`;
  }
}

const pad = (lines: string[], count: number): string[] => [
  ...lines,
  ...new Array<string>(count - lines.length).fill(""),
];

/** What fits the terminal. One column stays free: some go to the next line after the last. */
function fitted(style: "heading" | "progress", text: string): string {
  const columns = (columnsOf(process.stderr) ?? 80) - 1;
  let shown = printable(text);
  if (width(shown) > columns) {
    while (width(shown) > columns - 1) shown = shown.slice(0, -1);
    shown += "…";
  }
  return rendered(styled(style, shown), process.stderr);
}
