/** A model from the bytes of a run's file. */
import type { Tokens } from "../../data/index.js";
import { CheckpointError } from "../../errors.js";
import {
  Bigram,
  type LanguageModel,
  MLP,
  type MLPParameters,
  type MLPShape,
  NPLM,
  type NPLMShape,
} from "../../models/index.js";
import { show } from "../../tensor/shape.js";
import type { Hyperparameters } from "../settings/config.js";
import { isCounted, readCounted } from "../counted-models.js";
import { decodeFinite } from "../disk/safetensors.js";

/**
 * The model in a file.
 * @param vocabulary what its run knows
 * @throws CheckpointError unless its tensors are those that the settings say
 */
export function readModel(
  file: string,
  bytes: Buffer,
  config: Hyperparameters,
  vocabulary: Tokens,
): LanguageModel {
  const tensors = decodeFinite(bytes, file);
  if (isCounted(config.model)) return readCounted(file, config, tensors, vocabulary);
  const expected = shapesOf(config, vocabulary.size);
  for (const [name, shape] of Object.entries(expected)) {
    const got = tensors[name];
    if (got === undefined || got.dtype !== "float32" || got.shape.join() !== shape.join()) {
      const what = got === undefined ? "no such tensor" : `${got.dtype} ${show(got.shape)}`;
      throw new CheckpointError(
        file,
        `tensor ${name}: expected float32 ${show(shape)} as config.json says, got ${what}`,
      );
    }
  }
  const parameters = Object.fromEntries(Object.keys(expected).map((name) => [name, tensors[name]]));
  if (config.model === "nplm") return new NPLM(parameters, nplmShape(config, vocabulary.size));
  return config.model === "bigram" ? new Bigram(tensors.W) : new MLP(parameters as MLPParameters);
}

function shapesOf(config: Hyperparameters, V: number): Record<string, number[]> {
  if (config.model === "nplm") return NPLM.shapes(nplmShape(config, V));
  return config.model === "bigram" ? { W: [V, V] } : MLP.shapes(mlpShape(config, V));
}

/** The sizes of the lecture's network, of all settings. */
export const mlpShape = (config: Hyperparameters, vocabularySize: number): MLPShape => {
  const { blockSize, embedding, hidden } = config;
  return { vocabularySize, blockSize, embedding, hidden };
};

/** The sizes of the paper's network. */
export const nplmShape = (config: Hyperparameters, vocabularySize: number): NPLMShape => {
  const { direct, tied } = config;
  return { ...mlpShape(config, vocabularySize), direct, tied };
};
