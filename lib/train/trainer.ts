/** The training loop: draw a minibatch, forward, backward, update. */
import { backward } from "../autograd/index.js";
import { type Batch, minibatch } from "../data/batches.js";
import { TrainingError, ValueError } from "../errors.js";
import type { LanguageModel } from "../models/index.js";
import { SGD } from "../optim/index.js";
import type { Generator } from "../random/index.js";
import { crossEntropy } from "../tensor/index.js";
import { rateAt, type Schedule } from "./schedule.js";
import { inTurns, type Task } from "./turns.js";

export interface TrainerOptions {
  model: LanguageModel;
  /** training examples, or all of them at every step with batchSize "full" */
  examples: Batch;
  batchSize: number | "full";
  schedule: Schedule;
  /** draws the minibatches */
  generator: Generator;
}

/** Told the number of each step, from 0, and the loss of its minibatch before the update. */
export type StepListener = (step: number, loss: number) => void;

export class Trainer {
  /** steps done */
  step = 0;
  readonly options: Readonly<TrainerOptions>;
  private readonly optimizer: SGD;

  constructor(options: TrainerOptions) {
    if (options.examples.Y.numel === 0) throw new ValueError("Trainer: expected at least one training example, got none");
    this.options = options;
    this.optimizer = new SGD(Object.values(options.model.parameters), options.schedule[0].rate);
  }

  /** One step; returns the loss of its minibatch, before the update. */
  trainStep(): number {
    const { model, examples, batchSize, schedule, generator } = this.options;
    const { X, Y } = batchSize === "full" ? examples : minibatch(examples, batchSize, generator);
    const loss = crossEntropy(model.forward(X), Y);
    this.optimizer.zeroGrad();
    backward(loss);
    this.optimizer.lr = rateAt(schedule, this.step);
    this.optimizer.step();
    this.step++;
    return loss.item();
  }

  /**
   * Steps until `until` are done, giving way to the event loop between turns; ends early if `signal` aborts.
   * @throws TrainingError at the first loss that is not finite
   */
  async run(until: number, onStep?: StepListener, signal?: AbortSignal): Promise<void> {
    await inTurns(this.training(until, onStep), signal);
  }

  /** `run` as a task that yields after every step. */
  *training(until: number, onStep?: StepListener): Task<void> {
    while (this.step < until) {
      const at = this.step;
      const loss = this.trainStep();
      if (!Number.isFinite(loss)) throw new TrainingError(at, `the loss is ${loss} at step ${at}: training diverged; lower the learning rate`);
      onStep?.(at, loss);
      yield;
    }
  }
}
