/**
 * An optimizer as a run has it: everything that the command line, config.json and the report know
 * of it.
 */
import type { SettingKinds, SettingsOf } from "../setting-kinds.js";
import type { Tensor } from "../tensor/index.js";
import type { Optimizer } from "./optimizer.js";

/** What a run says of any optimizer. */
export interface CommonSettings {
  readonly lr: number;
  readonly weightDecay: number;
  /** parameters that weight decay leaves alone */
  readonly undecayed?: Iterable<Tensor>;
}

export interface OptimizerKind<N extends string = string, K extends SettingKinds = SettingKinds> {
  readonly name: N;
  /** the settings that not every optimizer has; an option of the command line each */
  readonly settings: K;
  create(parameters: readonly Tensor[], settings: CommonSettings & SettingsOf<K>): Optimizer;
}

export const optimizerKind = <const N extends string, K extends SettingKinds>(
  kind: OptimizerKind<N, K>,
): OptimizerKind<N, K> => kind;
