/** What a Trainer is made of, and what is wrong with it. */
import { checkBoolean, checkFields, checkInstance, checkWhole, refuse } from "../check.js";
import { type Batch, EpochOrder } from "../data/examples/batches.js";
import { type Dataset, datasetOf } from "../data/examples/dataset.js";
import { ValueError } from "../errors.js";
import type { LanguageModel } from "../models/index.js";
import { checkModel } from "../models/model.js";
import { Module } from "../nn/index.js";
import { GradientClip, Optimizer } from "../optim/index.js";
import type { Generator } from "../random/index.js";
import { checkGenerator } from "../random/generator.js";
import { MOST_ELEMENTS } from "../tensor/shape.js";
import { checkSchedule, type Schedule } from "./schedule.js";

/** What a training loop is made of. */
export interface TrainerOptions {
  /** what is trained; its parameters change in place */
  model: LanguageModel & Module;
  /** the training examples */
  examples: Batch;
  /** examples per step, or "full" for all of them */
  batchSize: number | "full";
  /** the learning rate of each step */
  schedule: Schedule;
  /** draws the minibatches, with replacement as the lecture does: `ix = randint(0, n, (size,))` */
  generator: Generator;
  /** minibatches without replacement, in place of the generator's */
  order?: EpochOrder;
  /**
   * of the model's parameters; plain SGD, the lecture's, where left out. Its rate is the
   * schedule's.
   */
  optimizer?: Optimizer;
  /** limits the gradients' common norm before each update */
  clip?: GradientClip;
  /**
   * record the step and replay it in native calls (default); false runs every step as written, for
   * a model that cannot be recorded
   */
  compile?: boolean;
}

/** A copy of the options, complete but for what may be left out. */
export function checkTrainerOptions(
  options: TrainerOptions,
): TrainerOptions & { readonly examples: Dataset } {
  const {
    model,
    examples,
    batchSize,
    schedule,
    generator,
    order,
    optimizer,
    clip,
    compile: compiled = true,
  } = checkFields("Trainer: options", options, [
    "model",
    "examples",
    "batchSize",
    "schedule",
    "generator",
    "order",
    "optimizer",
    "clip",
    "compile",
  ]);
  checkModel("Trainer: model", model);
  if (!(model instanceof Module)) refuse("Trainer: model", "a Module", model);
  const dataset = datasetOf("Trainer: examples", examples);
  if (dataset.count === 0)
    throw new ValueError("Trainer: expected at least one training example, got none");
  if (batchSize !== "full") checkWhole("Trainer: batchSize", batchSize, 1, MOST_ELEMENTS);
  checkGenerator("Trainer: generator", generator);
  const n = dataset.count;
  if (order !== undefined) {
    const { examples: of, size } = checkInstance(
      "Trainer: order",
      order,
      EpochOrder,
      "an EpochOrder",
    );
    if (of !== n || size !== batchSize)
      throw new ValueError(
        `Trainer: order: expected minibatches of ${batchSize} from ${n} examples, got ` +
          `${size} from ${of}`,
      );
  }
  if (optimizer !== undefined && !(optimizer instanceof Optimizer))
    refuse("Trainer: optimizer", "an Optimizer", optimizer);
  if (clip !== undefined) checkInstance("Trainer: clip", clip, GradientClip, "a GradientClip");
  checkBoolean("Trainer: compile", compiled);
  return {
    model,
    examples: dataset,
    batchSize,
    schedule: checkSchedule("Trainer: schedule", schedule),
    generator,
    order,
    optimizer,
    clip,
    compile: compiled,
  };
}
