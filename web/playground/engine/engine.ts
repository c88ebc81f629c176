/**
 * What the worker does: trains the current run in turns, between which it hears the page, and tells
 * what is to be seen of it.
 */
import { setImmediate } from "node:timers/promises";
import { MmError } from "../../../lib/errors.js";
import type { Task } from "../../../lib/train/event-loop.js";
import type { Command, List, Report, RunId, RunReport, SettingValues } from "../protocol.js";
import { Lists } from "./lists.js";
import { Run } from "./run.js";
import { Schedule } from "./schedule.js";
import { Speed } from "./speed.js";
import { factsOf, newTraining } from "./training.js";

/** How long the worker hears nothing, in milliseconds. */
const TURN = 30;
/** Between two frames. */
const FRAME = 100;

/** Steps after which a run's digest is told on the way: those of the recorded one. */
const MILESTONE = 2000;

export class Engine {
  #run: Run | undefined;
  readonly #kept = new Map<RunId, Run>();
  readonly #lists: Lists;
  #running = false;
  /** what the current turn goes on with: steps */
  #training: Task<void> | undefined;
  /** what is done beside the steps, the first now */
  #beside: Task<void>[] = [];
  #schedule = new Schedule();
  #speed = new Speed();
  #prefix = "";
  #lastFrame = 0;
  #working = false;

  /** @param folder for lists and runs, of the file system that the library sees */
  constructor(
    private readonly post: (report: Report) => void,
    folder: string,
  ) {
    this.#lists = new Lists(folder);
  }

  handle(command: Command): void {
    switch (command.kind) {
      case "reset":
        return this.#reset(command.run, command.settings, command.list);
      case "run":
        return this.#start();
      case "pause":
        return this.#pause();
      case "step":
        return this.#step();
      case "back": {
        const run = this.#kept.get(command.run);
        return run === undefined ? undefined : this.#makeCurrent(run);
      }
      case "forget":
        return void this.#kept.delete(command.run);
      case "prefix":
        this.#prefix = command.text;
        this.#run?.next(this.#prefix);
        return;
    }
  }

  #reset(id: RunId, settings: SettingValues, list: List): void {
    this.#stop();
    try {
      const training = newTraining(settings, list, this.#lists);
      this.#makeCurrent(new Run(id, training, (report) => this.#tell(id, report)));
    } catch (error) {
      this.#run = undefined;
      this.#tell(id, { kind: "refused", message: messageOf(error) });
    }
  }

  #makeCurrent(run: Run): void {
    this.#stop();
    this.#run = run;
    this.#kept.set(run.id, run);
    this.#tell(run.id, { kind: "ready", facts: factsOf(run.training), step: run.step });
    this.#show(run, run.step === 0 ? "live" : "whole");
    this.#beside.push(run.bigrams());
  }

  /** Everything there is to see of a run that stands still. */
  #show(run: Run, losses: "live" | "whole"): void {
    this.#frame();
    run.next(this.#prefix);
    run.digest();
    this.#beside = [run.names(), run.measuring(losses)];
    void this.#work();
  }

  #start(): void {
    const run = this.#run;
    if (run === undefined || run.done || this.#running) return;
    this.#running = true;
    this.#beside = [];
    this.#schedule = new Schedule();
    this.#speed = new Speed();
    this.#frame();
    void this.#work();
  }

  #pause(): void {
    if (!this.#running || this.#run === undefined) return;
    this.#stop();
    this.#show(this.#run, "whole");
  }

  #stop(): void {
    this.#running = false;
    this.#training = undefined;
    this.#beside = [];
  }

  #step(): void {
    const run = this.#run;
    if (run === undefined || run.done) return;
    this.#stop();
    this.#guarded(run, () => {
      for (const _ of run.steps(run.step + 1));
    });
    this.#show(run, run.done ? "whole" : "live");
  }

  /** Works until nothing is left to do, in turns. */
  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    while (this.#turn()) await setImmediate();
    this.#working = false;
  }

  /** Returns whether there is more to do. */
  #turn(): boolean {
    const run = this.#run;
    if (run === undefined) return false;
    this.#guarded(run, () => {
      const end = performance.now() + TURN;
      let before = performance.now();
      for (let took = 0; before + took < end;) {
        if (!this.#part(run)) break;
        const now = performance.now();
        took = now - before;
        before = now;
      }
    });
    if (this.#running && run.done) {
      this.#stop();
      this.#show(run, "whole");
    } else if (this.#running && performance.now() - this.#lastFrame >= FRAME) {
      this.#frame();
      run.next(this.#prefix);
    }
    return this.#running || this.#beside.length > 0;
  }

  /** A few milliseconds of work; returns whether there was some. */
  #part(run: Run): boolean {
    const began = performance.now();
    if (this.#beside.length > 0) {
      if (this.#beside[0].next().done) this.#beside.shift();
      this.#schedule.spentBeside(performance.now() - began);
      return true;
    }
    if (!this.#running || run.done) return false;
    const from = run.step;
    this.#training ??= run.steps(nextStop(run));
    if (this.#training.next().done) {
      this.#training = undefined;
      if (run.step === MILESTONE) run.digest();
    }
    const took = performance.now() - began;
    if (run.step > from) this.#speed.add(run.step - from, took);
    if (this.#schedule.isDue(took)) this.#beside = [run.names(), run.measuring("live")];
    return true;
  }

  /** An error of the training ends it; what was reached stays. */
  #guarded(run: Run, work: () => void): void {
    try {
      work();
    } catch (error) {
      run.end();
      this.#stop();
      this.#tell(run.id, { kind: "failed", message: messageOf(error) });
      this.#frame();
    }
  }

  #frame(): void {
    this.#lastFrame = performance.now();
    this.#run?.frame(this.#running, this.#running ? this.#speed.stepsPerSecond : undefined);
  }

  #tell(run: RunId, report: RunReport): void {
    this.post({ ...report, run });
  }
}

const nextStop = ({ step, training: { config } }: Run): number =>
  step < MILESTONE ? Math.min(MILESTONE, config.steps) : config.steps;

/** One line; of what is no error of the library, its kind too. */
const messageOf = (error: unknown): string =>
  error instanceof MmError ? error.message : String(error);
