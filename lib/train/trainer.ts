/** The training loop: draw a minibatch, forward, backward, update. */
import { backward } from "../autograd/index.js";
import { type Batch, minibatch } from "../data/batches.js";
import { TrainingError, ValueError } from "../errors.js";
import type { Dropout, LanguageModel } from "../models/index.js";
import { type GradientClip, type Optimizer, SGD } from "../optim/index.js";
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
  /** of the model's parameters; plain SGD, the lecture's, where left out. Its rate is the schedule's. */
  optimizer?: Optimizer;
  /** limits the gradients' common norm before each update */
  clip?: GradientClip;
  /** masks the model's hidden layer */
  dropout?: Dropout;
}

/** Told the number of each step, from 0, and the loss of its minibatch before the update. */
export type StepListener = (step: number, loss: number) => void;

export class Trainer {
  /** steps done */
  step = 0;
  readonly options: Readonly<TrainerOptions>;
  readonly optimizer: Optimizer;

  constructor(options: TrainerOptions) {
    if (options.examples.Y.numel === 0) throw new ValueError("Trainer: expected at least one training example, got none");
    this.options = options;
    this.optimizer = options.optimizer ?? new SGD(Object.values(options.model.parameters), options.schedule[0].rate);
  }

  /** One step; returns the loss of its minibatch, before the update. */
  trainStep(): number {
    const { model, examples, batchSize, schedule, generator, clip, dropout } = this.options;
    // What TypeScript computes comes first; from the forward pass on there are kernels only.
    dropout?.draw();
    this.optimizer.lr = rateAt(schedule, this.step);
    this.optimizer.prepare();
    const { X, Y } = batchSize === "full" ? examples : minibatch(examples, batchSize, generator);
    const loss = crossEntropy(model.forward(X, dropout?.mask), Y);
    this.optimizer.zeroGrad();
    backward(loss);
    clip?.apply();
    this.optimizer.update();
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
