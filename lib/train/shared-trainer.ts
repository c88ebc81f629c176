/**
 * One training on many processes: every rank does the steps of a trainer whose model has some
 * columns of the output layer, and has the whole model and its optimizer's state wherever it is
 * measured or saved. All bits are those of one process.
 */
import { share, type Team, type Turn } from "../distributed/team.js";
import { TrainingError } from "../errors.js";
import type { ShardedOutput } from "../models/output/sharded-output.js";
import type { Optimizer } from "../optim/index.js";
import { noGrad, type Tensor } from "../tensor/index.js";
import type { Task } from "./event-loop.js";
import { type StepListener, Trainer } from "./trainer.js";
import type { TrainerOptions } from "./trainer-options.js";

/** Takes the steps of a rank. */
class ShardTrainer extends Trainer {
  constructor(
    options: TrainerOptions & { model: ShardedOutput },
    private readonly team: Team,
  ) {
    // As written: a plan of kernels cannot wait for other processes.
    super({ ...options, compile: false });
  }

  protected override agree(wanted: Turn): Turn {
    return this.team.agree(wanted);
  }
}

/** A training of the whole model, whose steps the ranks of a team take together. */
export class SharedTrainer extends Trainer {
  readonly #shard: ShardTrainer;
  readonly #model: ShardedOutput;

  /**
   * @param options of the whole model's trainer
   * @param optimizer as that one's, of the parameters of `model`
   */
  constructor(
    options: TrainerOptions,
    model: ShardedOutput,
    optimizer: Optimizer,
    private readonly team: Team,
  ) {
    super(options);
    this.#model = model;
    this.#shard = new ShardTrainer({ ...options, model, optimizer }, team);
  }

  override trainSteps(count: number): Float32Array {
    this.#scatter();
    const losses = this.#shard.trainSteps(count);
    this.#gather();
    return losses;
  }

  override *training(until: number, onStep?: StepListener): Task<void> {
    this.#scatter();
    try {
      const task = this.#shard.training(until, onStep);
      // Where the ranks agreed to end, none takes another turn.
      while (!task.next().done && !this.team.ended.aborted) yield;
    } catch (error) {
      // All ranks have the same losses, and stand before the same step.
      if (!(error instanceof TrainingError)) throw error;
      this.#gather();
      throw share(error);
    }
    this.#gather();
    if (this.team.ended.aborted) yield; // to who looks at the signal
  }

  /** What the whole model's trainer and that of this rank's part have, whole and part. */
  *#pairs(): Iterable<readonly [whole: Tensor, part: Tensor, isShared: boolean]> {
    const wholes = this.options.model.namedParameters();
    const parts = this.#model.namedParameters();
    const place = (of: Optimizer, p: Tensor) => of.parameters.indexOf(p);
    for (const [name, whole] of Object.entries(wholes)) {
      const part = parts[name];
      const shared = this.#model.isShared(name);
      if (shared) yield [whole, part, true];
      const [there, here] = [place(this.optimizer, whole), place(this.#shard.optimizer, part)];
      for (const kind of Object.keys(this.optimizer.state))
        yield [this.optimizer.state[kind][there], this.#shard.optimizer.state[kind][here], shared];
    }
  }

  /** This rank's part of where the training stands. */
  #scatter(): void {
    for (const [whole, part, shared] of this.#pairs()) {
      if (shared) this.#model.takeColumns(part, whole);
      else noGrad(() => part.copy_(whole));
    }
    this.#shard.step = this.step;
    this.#shard.optimizer.steps = this.optimizer.steps;
  }

  /** Where the training stands, whole, on every rank. */
  #gather(): void {
    for (const [whole, part, shared] of this.#pairs()) {
      if (shared) this.#model.giveColumns(part, whole);
      else noGrad(() => whole.copy_(part));
    }
    this.step = this.#shard.step;
    this.optimizer.steps = this.#shard.optimizer.steps;
  }
}
