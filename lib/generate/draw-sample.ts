/** One word from a model, a token at a time. */
import type { Tokens } from "../data/index.js";
import type { LanguageModel } from "../models/index.js";
import { logitsOf, predicting } from "../models/model.js";
import type { Generator } from "../random/index.js";
import { multinomial, softmax, type Tensor, tensor } from "../tensor/index.js";
import type { Task } from "../train/event-loop.js";

/** Tokens after the prefix, where no maximum is given: a model need not ever draw an end. */
export const LONGEST = { character: 1000, word: 100 } as const;

/** How tokens are drawn. */
export interface Drawing extends Shaping {
  /** the tokens of the prefix */
  readonly start: readonly number[];
  readonly maxLength?: number;
}

/** What changes the probabilities of a model. */
interface Shaping {
  readonly temperature?: number;
  readonly topK?: number;
}

/** Tokens of a word, those of its prefix first. */
export interface Drawn {
  readonly ids: readonly number[];
  /** whether it was ended by the maximum length, not by the model */
  readonly cut: boolean;
}

/** A word that begins with a prefix, as a task that yields after every token. */
export function* drawSample(
  model: LanguageModel,
  vocabulary: Tokens,
  generator: Generator,
  { start, maxLength, ...shaping }: Drawing,
): Task<Drawn> {
  const ids = [...start];
  const before = new Array<number>(model.blockSize).fill(vocabulary.start);
  let context = [...before, ...start].slice(-model.blockSize);
  // With a maximum, one more token is drawn than the word may have: it may be the word's end.
  const most = maxLength ?? Infinity;
  const draws = LONGEST[vocabulary.level] + (maxLength ?? 0);
  for (let drawn = 0; drawn < draws; drawn++) {
    const contexts = tensor([context], { dtype: "int32" });
    const logits = predicting(model, () => shaped(logitsOf(model, contexts), shaping));
    const id = multinomial(softmax(logits, 1), 1, { generator }).item();
    const end = vocabulary.ends(id);
    // A paragraph that ends before it has begun is no sentence, nor is an empty line; a word of no
    // characters is a word.
    const none = ids.length === (vocabulary.end === undefined ? start.length : 0);
    const skipped = end === "before" && vocabulary.level === "word" && none;
    if (end === "before" && !skipped) return { ids, cut: false };
    if (!skipped) {
      if (ids.length >= most) return { ids, cut: true };
      ids.push(id);
    }
    if (end === "with") return { ids, cut: false };
    context = [...context.slice(1), id];
    yield;
  }
  return { ids, cut: true };
}

/** Logits [1, V] with temperature and topK applied; unchanged without them. */
function shaped(logits: Tensor, { temperature = 1, topK = Infinity }: Shaping): Tensor {
  if (temperature === 1 && topK >= logits.numel) return logits;
  let x = logits.toTypedArray() as Float32Array;
  // Softmax subtracts the largest anyway; done before the division, no temperature is too small.
  const most = x.reduce((a, b) => Math.max(a, b));
  x = x.map((logit) => (logit - most) / temperature);
  return tensor(topK < x.length ? keepLargest(x, topK) : x, { shape: logits.shape });
}

/** All but the k largest made impossible; of equal ones the first stay. */
function keepLargest(x: Float32Array, k: number): Float32Array {
  const edge = x.toSorted()[x.length - k];
  let room = k - x.filter((logit) => logit > edge).length;
  return x.map((logit) => (logit > edge || (logit === edge && room-- > 0) ? logit : -Infinity));
}
