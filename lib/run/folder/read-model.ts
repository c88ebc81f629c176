/** A model from the bytes of a run's file. */
import type { Tokens } from "../../data/index.js";
import type { LanguageModel } from "../../models/index.js";
import { familyOf } from "../../models/registry.js";
import { SavedTensors } from "../../models/saved-tensors.js";
import type { Hyperparameters } from "../settings/config.js";
import { decodeFinite } from "../disk/safetensors.js";

/**
 * The model in a file.
 * @param vocabulary what its run knows
 * @throws CheckpointError unless its tensors are those that the settings say
 */
export const readModel = (
  file: string,
  bytes: Buffer,
  config: Hyperparameters,
  vocabulary: Tokens,
): LanguageModel =>
  familyOf(config).restore(new SavedTensors(file, decodeFinite(bytes, file)), config, vocabulary);
