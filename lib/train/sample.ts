/** New words, a character at a time. */
import type { Vocabulary } from "../data/index.js";
import type { LanguageModel } from "../models/index.js";
import type { Generator } from "../random/index.js";
import { multinomial, noGrad, softmax, tensor } from "../tensor/index.js";
import { atOnce, type Task } from "./turns.js";

/** A model that never draws the boundary would go on for ever; no word of the corpora is near this long. */
const LONGEST = 1000;

/** `count` words drawn from the model: softmax of the logits, one multinomial draw, until the boundary comes. */
export const sample = (model: LanguageModel, vocabulary: Vocabulary, count: number, generator: Generator): string[] =>
  atOnce(sampling(model, vocabulary, count, generator));

/** `sample` as a task that yields after every word. */
export function* sampling(model: LanguageModel, vocabulary: Vocabulary, count: number, generator: Generator): Task<string[]> {
  const words: string[] = [];
  while (words.length < count) {
    words.push(vocabulary.decode(noGrad(() => sampleIds(model, generator))));
    yield;
  }
  return words;
}

function sampleIds(model: LanguageModel, generator: Generator): number[] {
  const ids: number[] = [];
  let context = new Array<number>(model.blockSize).fill(0);
  while (ids.length < LONGEST) {
    const logits = model.forward(tensor([context], { dtype: "int32" }));
    const id = multinomial(softmax(logits, 1), 1, { generator }).item();
    if (id === 0) break;
    ids.push(id);
    context = [...context.slice(1), id];
  }
  return ids;
}
