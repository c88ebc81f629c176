/** Processes of this machine that train the runs of a sweep. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { threadsBeside } from "../../backend/native/default-threads.js";
import type { Words } from "../../data/index.js";
import { BackendError, MmError } from "../../errors.js";
import { packageRoot } from "../../package-root.js";
import type { News, Order, Outcome, Workers } from "../workers.js";
import type { FromProcess, ToProcess } from "./messages.js";

/** A run whose process was lost so often (out of memory, killed) is given up. */
const ATTEMPTS = 3;
/** Of what a process wrote before it was lost. */
const LAST_WORDS = 300;

export class ProcessPool implements Workers {
  private readonly idle: TrainerProcess[] = [];
  private readonly all = new Set<TrainerProcess>();
  private closed = false;

  /** @param words of a program, in place of a corpus */
  constructor(
    readonly count: number,
    private readonly words: Words | undefined,
  ) {}

  async train(order: Order, onNews: (news: News) => void): Promise<Outcome> {
    for (let attempt = 1; !this.closed; attempt++) {
      const trainer = this.idle.pop() ?? this.start();
      const end = await trainer.train(order, onNews);
      if ("failed" in end) {
        this.idle.push(trainer);
        throw new MmError(end.failed.code, end.failed.message);
      }
      if ("outcome" in end) {
        this.idle.push(trainer);
        return end.outcome;
      }
      this.all.delete(trainer);
      if (attempt === ATTEMPTS && !this.closed)
        throw new BackendError(
          `${order.dir}: its process ended ${ATTEMPTS} times before the run did (${end.lost})`,
          { remedy: "start the sweep again to go on" },
        );
    }
    return { state: "stopped" };
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.all].map((trainer) => trainer.end()));
  }

  private start(): TrainerProcess {
    const trainer = new TrainerProcess(threadsBeside(this.count), this.words);
    this.all.add(trainer);
    return trainer;
  }
}

type End = Exclude<FromProcess, { news: News }> | { readonly lost: string };

class TrainerProcess {
  private readonly child: ChildProcess;
  private readonly gone: Promise<string>;
  private lastWords = "";
  private onMessage: (message: FromProcess) => void = () => undefined;

  constructor(threads: number, words: Words | undefined) {
    const file = join(packageRoot(), "dist", "sweep", "processes", "trainer-process.js");
    this.child = fork(file, {
      // Threads that wait for a core hold up the others; who sets their number knows better.
      env: { ...process.env, MM_THREADS: process.env.MM_THREADS || String(threads) },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.lastWords = (this.lastWords + text).slice(-LAST_WORDS);
    });
    this.child.on("message", (message: FromProcess) => this.onMessage(message));
    this.gone = new Promise((gone) => {
      this.child.once("error", (error) => gone(error.message));
      this.child.once("close", (code, signal) =>
        gone(this.lastWords.trim().split("\n").at(-1) || (signal ?? `exit code ${code}`)),
      );
    });
    this.send({ words: words === undefined ? null : [...words] });
  }

  train(order: Order, onNews: (news: News) => void): Promise<End> {
    const end = new Promise<End>((ended) => {
      this.onMessage = (message) => ("news" in message ? onNews(message.news) : ended(message));
    });
    this.send({ order });
    return Promise.race([end, this.gone.then((lost) => ({ lost }))]);
  }

  /** Resolves when the process is gone. */
  async end(): Promise<void> {
    this.send({ stop: true });
    await this.gone;
  }

  private send(message: ToProcess): void {
    // A process that is gone is noticed by that, not by an error of the channel.
    if (this.child.connected) this.child.send(message, () => undefined);
  }
}
