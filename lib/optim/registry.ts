/** The optimizers that a run can have, by name, with the settings of a run that each takes. */
import type { Tensor } from "../tensor/index.js";
import { AdamW } from "./adamw.js";
import type { Optimizer } from "./optimizer.js";
import { SGD } from "./sgd.js";

/** What a run says of its optimizer. */
export interface OptimizerSettings {
  readonly lr: number;
  readonly momentum: number;
  readonly weightDecay: number;
  /** parameters that weight decay leaves alone */
  readonly undecayed?: Iterable<Tensor>;
}

export const OPTIMIZERS = {
  sgd: (parameters: readonly Tensor[], settings: OptimizerSettings) =>
    new SGD(parameters, settings),
  adamw: (parameters: readonly Tensor[], { momentum: _, ...settings }: OptimizerSettings) =>
    new AdamW(parameters, settings),
} satisfies Record<string, (parameters: readonly Tensor[], s: OptimizerSettings) => Optimizer>;

export const OPTIMIZER_NAMES = Object.keys(OPTIMIZERS) as [keyof typeof OPTIMIZERS];
