/** Losses of examples, each computed once: contexts of few characters come again and again. */
import type { Batch } from "../data/examples/batches.js";
import { ShapeError } from "../errors.js";
import { type LanguageModel, lossOf } from "../models/index.js";
import { tensor, type Tensor } from "../tensor/index.js";

/** 20 MiB: contexts of three from 27 characters, and their targets, take an eighth of it. */
const MOST_EXAMPLES = 2 ** 22;

/**
 * Whether a model's examples, context and target, are so few that a split of `count` repeats them.
 */
export const repeats = (
  { vocabularySize, blockSize }: Pick<LanguageModel, "vocabularySize" | "blockSize">,
  count: number,
): boolean => vocabularySize ** (blockSize + 1) <= Math.min(MOST_EXAMPLES, 64 * count);

/** A model's loss for every example that it was asked for so far. */
export class ExampleLosses {
  readonly #losses: Float32Array;
  readonly #isKnown: Uint8Array;

  constructor(private readonly model: LanguageModel) {
    const all = model.vocabularySize ** (model.blockSize + 1);
    this.#losses = new Float32Array(all);
    this.#isKnown = new Uint8Array(all);
  }

  /** The losses of a batch's examples, float32 [n]: the bits of `lossOf`. */
  of(batch: Batch): Tensor {
    const numbers = this.numbersOf(batch);
    if (numbers === undefined) return lossesOf(this.model, batch);
    const rows: number[] = [];
    for (let i = 0; i < numbers.length; i++) {
      if (this.#isKnown[numbers[i]] === 1) continue;
      this.#isKnown[numbers[i]] = 1;
      rows.push(i);
    }
    if (rows.length > 0) {
      const ix = tensor(Int32Array.from(rows));
      const some = { X: batch.X.index(ix), Y: batch.Y.index(ix) };
      const losses = lossesOf(this.model, some).toTypedArray();
      for (const [k, i] of rows.entries()) this.#losses[numbers[i]] = losses[k];
    }
    const losses = new Float32Array(numbers.length);
    for (let i = 0; i < numbers.length; i++) losses[i] = this.#losses[numbers[i]];
    return tensor(losses);
  }

  /** A number for each example; undefined where a token is unknown, which `lossOf` reports. */
  private numbersOf({ X, Y }: Batch): Int32Array | undefined {
    const { vocabularySize: V, blockSize } = this.model;
    const tokens = X.toTypedArray() as Int32Array;
    const targets = Y.toTypedArray() as Int32Array;
    const width = X.shape[1];
    const numbers = new Int32Array(targets.length);
    for (let i = 0; i < numbers.length; i++) {
      let number = targets[i];
      if (!(number >= 0 && number < V)) return undefined;
      for (let j = (i + 1) * width - blockSize; j < (i + 1) * width; j++) {
        if (!(tokens[j] >= 0 && tokens[j] < V)) return undefined;
        number = number * V + tokens[j];
      }
      numbers[i] = number;
    }
    return numbers;
  }
}

/** @throws ShapeError unless there is a loss for each example */
function lossesOf(model: LanguageModel, { X, Y }: Batch): Tensor {
  const losses = lossOf(model, X, Y, { reduction: "none" });
  if (losses.rank === 1 && losses.numel === Y.numel) return losses;
  throw new ShapeError(
    "the model's loss",
    [losses.shape],
    `expected [${Y.numel}] with reduction "none", a loss for each example`,
  );
}
