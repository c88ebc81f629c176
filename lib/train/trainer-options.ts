/** What a Trainer is made of, and what is wrong with it. */
import {
  checkArguments,
  checkBoolean,
  checkFields,
  checkWhole,
  instance,
  optional,
} from "../check.js";
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

const checkModule = instance<Module>(Module, "a Module");

const KINDS = {
  model: (what: string, model: TrainerOptions["model"]) =>
    checkModule(what, checkModel(what, model) as typeof model),
  batchSize: (what: string, size: number | "full") =>
    size === "full" || checkWhole(what, size, 1, MOST_ELEMENTS),
  schedule: checkSchedule,
  generator: checkGenerator,
  order: optional(instance(EpochOrder, "an EpochOrder")),
  optimizer: optional(instance<Optimizer>(Optimizer as never, "an Optimizer")),
  clip: optional(instance(GradientClip, "a GradientClip")),
  compile: optional(checkBoolean),
};
const NAMES = ["examples", ...Object.keys(KINDS)] as (keyof TrainerOptions)[];

/** A copy of the options, complete but for what may be left out. */
export function checkTrainerOptions(
  options: TrainerOptions,
): TrainerOptions & { readonly examples: Dataset } {
  const { examples, ...rest } = checkFields("Trainer: options", options, NAMES);
  const given = { compile: true, ...rest };
  checkArguments("Trainer", given, KINDS);
  const { batchSize, order } = given;
  const dataset = datasetOf("Trainer: examples", examples);
  const n = dataset.count;
  if (n === 0) throw new ValueError("Trainer: expected at least one training example, got none");
  if (order !== undefined && (order.examples !== n || order.size !== batchSize))
    throw new ValueError(
      `Trainer: order: expected minibatches of ${batchSize} from ${n} examples, got ` +
        `${order.size} from ${order.examples}`,
    );
  const schedule = given.schedule.map((milestone) => ({ ...milestone }));
  return { ...given, examples: dataset, schedule };
}
