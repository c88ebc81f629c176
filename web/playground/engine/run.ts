/** One run of the playground: a training, and what is shown of it. */
import { LARGEST_TABLE } from "../../../lib/models/bigram.js";
import { countBigram } from "../../../lib/models/index.js";
import { Generator } from "../../../lib/random/index.js";
import { sessionLoop } from "../../../lib/run/session/session-loop.js";
import { sampling } from "../../../lib/generate/sample.js";
import { evaluation } from "../../../lib/train/evaluate.js";
import type { Task } from "../../../lib/train/event-loop.js";
import { remove } from "../../files/folder.js";
import type { List, RunId, RunReport } from "../protocol.js";
import { commandTo, modelDigest } from "./check-command.js";
import { historyOf } from "./history.js";
import { KnownWords } from "./known.js";
import { SplitLosses } from "./live-losses.js";
import { likelyNext, problemOf } from "./next.js";
import { Projection } from "./projection.js";
import { savedRun } from "./saved.js";
import { factsOf, type Training } from "./training.js";

/** Made up at a time, and characters that one has at most: an untrained model ends few of them. */
const MADE = 12;
const LONGEST = 20;

type Post = (report: RunReport) => void;

export class Run {
  /** losses of minibatches that were not told yet */
  #losses: number[] = [];
  readonly #projection = new Projection();
  readonly #splits: SplitLosses;
  #known: KnownWords | undefined;
  #hasBigrams = false;
  /** patience ended it, or an error: no step comes after */
  #ended = false;

  constructor(
    readonly id: RunId,
    readonly training: Training,
    readonly list: List,
    private readonly post: Post,
  ) {
    this.#splits = new SplitLosses(training);
  }

  /** What is known of it before its next step. */
  ready(): void {
    const { step, list, training } = this;
    const history = historyOf(training.files.dir);
    this.post({ kind: "ready", facts: factsOf(training), step, history, list });
  }

  save(): void {
    this.post({ kind: "saved", ...savedRun(this.training) });
  }

  /** As `save`, for the page: what goes wrong is no end of the training. */
  keep(): void {
    try {
      const { bytes } = savedRun(this.training);
      this.post({ kind: "kept", step: this.step, bytes });
    } catch (error) {
      this.post({ kind: "notKept", message: String(error) });
    }
  }

  /** Its folder is given back. */
  forget(): void {
    const { files } = this.training;
    files.close();
    remove(files.dir);
  }

  get step(): number {
    return this.training.trainer.step;
  }

  get done(): boolean {
    return this.#ended || this.step >= this.training.config.steps;
  }

  /** Trains until `until` steps are done, measuring dev as often as `mm-train` does. */
  *steps(until: number): Task<void> {
    const { training } = this;
    const { dev } = this.#splits.whole;
    yield* sessionLoop(training, dev, until, {
      onStep: (_, loss) => void this.#losses.push(loss),
      onDevLoss: (step, loss) =>
        this.post({ kind: "measured", step, split: "dev", loss, examples: dev.count }),
    });
    if (this.step < until) this.#ended = true;
    training.trainer.checkFinite();
  }

  /** Nothing can be learned after an error. */
  fail(message: string): void {
    this.#ended = true;
    this.post({ kind: "failed", message });
  }

  frame(running: boolean, stepsPerSecond: number | undefined): void {
    const { C } = this.training.model;
    const { points, seen } = this.#projection.project(C.toTypedArray(), C.shape[1]);
    this.post({
      kind: "frame",
      step: this.step,
      running,
      done: this.done,
      losses: Float32Array.from(this.#losses),
      stepsPerSecond,
      embedding: points,
      seen,
    });
    this.#losses = [];
  }

  measuring(which: "whole" | "live"): Task<void> {
    return this.#splits.measuring(which, this.post);
  }

  /** The same draws every time: how the words change shows what was learned. */
  *names(): Task<void> {
    const { model, corpus, config } = this.training;
    const generator = new Generator(config.sampleSeed);
    const { samples } = yield* sampling(model, corpus.vocabulary, MADE, generator, {
      maxLength: LONGEST,
      minLength: 1,
    });
    this.#known ??= new KnownWords(corpus.words, config.splitSeed);
    const known = this.#known;
    const words = samples.map(({ word, cut }) => ({ word, cut, mark: known.mark(word) }));
    this.post({ kind: "made", step: this.step, words });
  }

  next(prefix: string): void {
    const { model, corpus } = this.training;
    const problem = problemOf(corpus.vocabulary, prefix);
    if (problem !== undefined) this.post({ kind: "next", prefix, likely: [], problem });
    else this.post({ kind: "next", prefix, likely: likelyNext(model, corpus.vocabulary, prefix) });
  }

  digest(): void {
    const command = commandTo(this.training);
    this.post({ kind: "digest", step: this.step, sha256: modelDigest(this.training), command });
  }

  /** The yardstick, once: bigrams counted on the train split, measured on dev. */
  *bigrams(): Task<void> {
    const { splits, vocabulary } = this.training.corpus;
    if (this.#hasBigrams || vocabulary.size > LARGEST_TABLE) return;
    const model = countBigram(splits.train, vocabulary.size);
    const loss = yield* evaluation(model, this.#splits.whole.dev);
    this.#hasBigrams = true;
    this.post({ kind: "bigrams", loss });
  }
}
