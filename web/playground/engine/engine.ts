/**
 * What the worker does: trains the current run in turns, between which it hears the page, and tells
 * what is to be seen of it.
 */
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { MmError } from "../../../lib/errors.js";
import type { Task } from "../../../lib/train/event-loop.js";
import type { Command, List, Report, RunId, RunReport } from "../protocol.js";
import { Lists } from "./lists.js";
import { Run } from "./run.js";
import { openedRun } from "./saved.js";
import { Schedule } from "./schedule.js";
import { Speed } from "./speed.js";
import { newTraining, type Training } from "./training.js";

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
  /** goes on with the steps */
  #training: Task<void> | undefined;
  /** what is measured and made up beside the steps, the first one next */
  #beside: Task<void>[] = [];
  #schedule = new Schedule();
  #speed = new Speed();
  #prefix = "";
  #lastFrame = 0;
  #isWorking = false;

  /** @param folder for lists and runs, of the file system that the library sees */
  constructor(
    private readonly post: (report: Report) => void,
    private readonly folder: string,
  ) {
    this.#lists = new Lists(join(folder, "lists"));
  }

  handle(command: Command): void {
    switch (command.kind) {
      case "reset": {
        const { run, list } = command;
        const dir = this.#folderOf(run);
        return this.#make(run, () => ({ training: newTraining(command, this.#lists, dir), list }));
      }
      case "open": {
        const { run, archive, list } = command;
        const from = { lists: this.#lists, list };
        return this.#make(run, () => openedRun(archive, this.#folderOf(run), from));
      }
      case "back": {
        const run = this.#kept.get(command.run);
        return run === undefined ? undefined : this.#makeCurrent(run);
      }
      case "forget":
        this.#kept.get(command.run)?.forget();
        return void this.#kept.delete(command.run);
      case "run":
        return this.#start();
      case "pause":
        return this.#pause();
      case "step":
        return this.#step();
      case "prefix":
        this.#prefix = command.text;
        return this.#run?.next(this.#prefix);
      case "save":
        return this.#guarded(() => this.#run?.save());
      case "keep":
        return this.#kept.get(command.run)?.keep();
    }
  }

  /** What its .zip is called. */
  #folderOf = (run: RunId): string => join(this.folder, "runs", String(run), "mm-train-run");

  #make(id: RunId, training: () => { training: Training; list: List }): void {
    this.#stop();
    this.#run = undefined;
    try {
      const made = training();
      const tell = (report: RunReport): void => this.post({ ...report, run: id });
      const run = new Run(id, made.training, made.list, tell);
      this.#kept.set(id, run);
      this.#makeCurrent(run);
    } catch (error) {
      this.post({ kind: "refused", message: messageOf(error), run: id });
    }
  }

  #makeCurrent(run: Run): void {
    this.#stop();
    this.#run = run;
    run.ready();
    this.#show(run, run.step === 0 ? "live" : "whole");
  }

  /** Everything there is to see of a run that stands still. */
  #show(run: Run, losses: "live" | "whole"): void {
    this.#frame();
    run.next(this.#prefix);
    run.digest();
    this.#beside = [run.names(), run.bigrams(), run.measuring(losses)];
    void this.#work();
  }

  #start(): void {
    const run = this.#run;
    if (run === undefined || run.done || this.#running) return;
    this.#running = true;
    // The losses of all examples can wait for the next pause, those of step 0 cannot.
    if (run.step > 0) this.#beside = [run.bigrams()];
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
    this.#guarded(() => {
      for (const _ of run.steps(run.step + 1));
    });
    this.#show(run, run.done ? "whole" : "live");
  }

  /** Works until nothing is left to do, in turns. */
  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    while (this.#turn()) await setImmediate();
    this.#isWorking = false;
  }

  /** Returns whether there is more to do. */
  #turn(): boolean {
    const run = this.#run;
    if (run === undefined) return false;
    this.#guarded(() => {
      let before = performance.now();
      const end = before + TURN;
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
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#stop();
      this.#run?.fail(messageOf(error));
      this.#frame();
    }
  }

  #frame(): void {
    this.#lastFrame = performance.now();
    this.#run?.frame(this.#running, this.#running ? this.#speed.stepsPerSecond : undefined);
  }
}

const nextStop = ({ step, training: { config } }: Run): number =>
  step < MILESTONE ? Math.min(MILESTONE, config.steps) : config.steps;

/** One line; of what is no error of the library, its kind too. */
const messageOf = (error: unknown): string =>
  error instanceof MmError ? error.message : String(error);
