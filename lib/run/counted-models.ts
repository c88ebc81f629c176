/** Models that are counted, not trained: n-grams of the train split. */
import type { Tokens } from "../data/index.js";
import { CheckpointError } from "../errors.js";
import {
  ClassNgram,
  DeletedInterpolation,
  KneserNey,
  type LanguageModel,
  NgramCounts,
} from "../models/index.js";
import type { Tensor } from "../tensor/index.js";
import type { TrainConfig } from "./settings/config.js";
import type { Corpus } from "./corpus/corpus.js";

type CountedSettings = Pick<TrainConfig, "model" | "blockSize" | "classes">;

const COUNTED: readonly TrainConfig["model"][] = [
  "del-int",
  "kneser-ney",
  "kneser-ney-backoff",
  "class",
];
export const isCounted = (model: TrainConfig["model"]): boolean => COUNTED.includes(model);

/**
 * What stands before sentences; undefined in a running text, and of characters, whose n-grams were
 * counted with all of a word's boundaries.
 */
const startOf = ({ level, start, end }: Tokens): number | undefined =>
  level === "word" && end !== undefined ? start : undefined;

/** Counts the train split; weights are found on the dev split. */
export function fitCounted(
  { model, blockSize, classes }: CountedSettings,
  { splits: { train, dev }, vocabulary }: Corpus,
): LanguageModel {
  const { size: V } = vocabulary;
  if (model === "del-int") return DeletedInterpolation.fit(train, dev, V);
  if (model === "class") return ClassNgram.fit(train, blockSize + 1, V, classes);
  return new KneserNey(
    NgramCounts.of(train, blockSize + 1, V, startOf(vocabulary)),
    model === "kneser-ney-backoff",
  );
}

/** The model in a file's tensors. @throws CheckpointError naming what is missing or wrong */
export function readCounted(
  file: string,
  { model, blockSize }: CountedSettings,
  tensors: Readonly<Record<string, Tensor | undefined>>,
  vocabulary: Tokens,
): LanguageModel {
  const { size: V } = vocabulary;
  const take = (name: string, rank: number, dtype: Tensor["dtype"] = "int32"): Tensor => {
    const got = tensors[name];
    if (got !== undefined && got.rank === rank && got.dtype === dtype && got.numel > 0) return got;
    throw new CheckpointError(
      file,
      `tensor ${name}: expected ${dtype} of ${rank} dimensions, got ` +
        `${got === undefined ? "no such tensor" : `${got.dtype} [${got.shape.join(", ")}]`}`,
    );
  };
  const [ngrams, counts] = [take("ngrams", 2), take("counts", 1)];
  const order = model === "del-int" ? 3 : blockSize + 1;
  if (ngrams.shape[0] !== counts.numel || ngrams.shape[1] !== order) {
    throw new CheckpointError(
      file,
      `tensor ngrams: expected [${counts.numel}, ${order}] as config.json says, got ` +
        `[${ngrams.shape.join(", ")}]`,
    );
  }
  try {
    if (model === "class") {
      const [classes, words] = [take("classes", 1), take("words", 1)];
      if (classes.numel !== V || words.numel !== V)
        throw new CheckpointError(file, `tensor classes: expected a class for each of ${V} words`);
      const known =
        (classes.toTypedArray() as Int32Array).reduce((most, g) => Math.max(most, g), 0) + 1;
      return new ClassNgram(NgramCounts.fromTensors({ ngrams, counts }, known), classes, words);
    }
    const tree = NgramCounts.fromTensors(
      { ngrams, counts },
      V,
      model === "del-int" ? undefined : startOf(vocabulary),
    );
    return model === "del-int"
      ? new DeletedInterpolation(tree, take("weights", 2, "float32"))
      : new KneserNey(tree, model === "kneser-ney-backoff");
  } catch (error) {
    throw error instanceof CheckpointError
      ? error
      : new CheckpointError(file, `${(error as Error).message}; the file is damaged`);
  }
}
