/** Settings of what moves the parameters, and how far at each step. */
import { OPTIMIZER_NAMES, OWN_SETTINGS } from "../../optim/registry.js";
import { choice, fraction } from "../../setting-kinds.js";
import { schedule } from "./kinds.js";

export const optimizerSettings = {
  optimizer: choice(...OPTIMIZER_NAMES)
    .default("sgd")
    .describe("what moves the parameters"),
  lr: schedule()
    .default("0.1@0,0.01@100000")
    .describe(
      "learning rates: VALUE@STEP,..., step:VALUE*FACTOR/STEPS, cosine:VALUE->VALUE, " +
        "inverse:VALUE/R or onecycle:VALUE/WARM-UP",
    ),
  ...OWN_SETTINGS,
  weightDecay: fraction(0, 1e6)
    .default(0)
    .describe(
      "pull of the parameters towards 0, as PyTorch's optimizers have it; of nplm all but " +
        "the biases",
    ),
  clip: fraction(0, 1e30)
    .default(0)
    .describe("largest norm of all gradients together; 0: no limit"),
};
