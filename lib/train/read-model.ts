/** A model from the bytes of a run's file. */
import type { Tokens } from "../data/index.js";
import { CheckpointError } from "../errors.js";
import { Bigram, type LanguageModel, MLP, type MLPParameters, NPLM } from "../models/index.js";
import { show } from "../tensor/shape.js";
import type { TrainConfig } from "./config.js";
import { isCounted, readCounted } from "./counted.js";
import { decodeFinite } from "./finite.js";

type Settings = Omit<TrainConfig, "data">;

/**
 * The model in a file.
 * @param vocabulary what its run knows
 * @throws CheckpointError unless its tensors are those that the settings say
 */
export function readModel(
  file: string,
  bytes: Buffer,
  config: Settings,
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
  if (config.model === "nplm") return new NPLM(parameters, config.blockSize);
  return config.model === "bigram" ? new Bigram(tensors.W) : new MLP(parameters as MLPParameters);
}

function shapesOf(
  { model, blockSize, embedding: E, hidden: H, direct, tied }: Settings,
  V: number,
): Record<string, number[]> {
  if (model === "nplm")
    return NPLM.shapes({ vocabularySize: V, blockSize, embedding: E, hidden: H, direct, tied });
  return model === "bigram"
    ? { W: [V, V] }
    : MLP.shapes({ vocabularySize: V, blockSize, embedding: E, hidden: H });
}
