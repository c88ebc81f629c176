/**
 * The lecture's first network on the first five names: PyTorch's losses, step by step (lecture.json
 * `overfit32`).
 */
import { describe, expect, it } from "vitest";
import {
  buildContexts,
  countParameters,
  Generator,
  MLP,
  parseSchedule,
  setBackend,
  Trainer,
  toBatch,
  Vocabulary,
} from "../../lib/index.js";
import { load, numbers, type TensorRecord } from "../reference/records.js";

interface Lecture {
  data: { first5: { words: string[] }; vocabulary: { itos: string[] } };
  overfit32: {
    initial: Record<string, TensorRecord>;
    step0_grad: Record<string, TensorRecord & { max_abs: number }>;
    loss: Record<string, { value: number }>;
    all_losses: TensorRecord;
    after_1000: { loss_after: { value: number }; argmax: TensorRecord };
  };
}
const lecture = load<Lecture>("lecture.json");
const { overfit32 } = lecture;

function start() {
  const vocabulary = new Vocabulary([lecture.data.vocabulary.itos.slice(1).join("")]);
  const examples = toBatch(buildContexts(lecture.data.first5.words, vocabulary, 3));
  const model = MLP.create(
    { vocabularySize: 27, blockSize: 3, embedding: 2, hidden: 100 },
    new Generator(2147483647),
  );
  return new Trainer({
    model,
    examples,
    batchSize: "full",
    schedule: parseSchedule("0.1"),
    generator: new Generator(1),
  });
}

describe.each(["native", "wasm", "reference"] as const)(
  "overfitting 32 examples on the %s backend",
  (name) => {
    it("starts from PyTorch's parameters and gradients", () => {
      setBackend(name);
      const trainer = start();
      const { model, examples } = trainer.options;
      expect(examples.X.shape).toEqual([32, 3]);
      expect(countParameters(model)).toBe(3481);
      for (const [k, p] of Object.entries(model.namedParameters()))
        expect([...p.toTypedArray()]).toEqual(numbers(overfit32.initial[k]));
      model.forward(examples.X).crossEntropy(examples.Y).backward();
      for (const [k, p] of Object.entries(model.namedParameters())) {
        const got = p.grad?.toTypedArray() ?? [];
        const { max_abs: scale } = overfit32.step0_grad[k];
        for (const [i, want] of numbers(overfit32.step0_grad[k]).entries())
          expect(Math.abs(got[i] - want)).toBeLessThan(1e-6 * scale);
      }
    });

    it("loses as PyTorch loses for 1000 steps", () => {
      setBackend(name);
      const trainer = start();
      const losses = Array.from({ length: 1000 }, () => trainer.trainStep());
      const want = numbers(overfit32.all_losses);
      expect(losses[0]).toBeCloseTo(17.769714, 5);
      for (let i = 0; i < 300; i++) expect(Math.abs(losses[i] / want[i] - 1)).toBeLessThan(2e-6);
      expect(Math.abs(losses[499] / want[499] - 1)).toBeLessThan(5e-3);
      expect(Math.abs(losses[999] - want[999])).toBeLessThan(3e-4);
      const { model, examples } = trainer.options;
      // All five names begin with another letter, so five letters are equally likely after "...":
      // which one is ahead after a thousand steps, rounding decides.
      const first = examples.X.eq(0).sum(1).toArray() as number[];
      const known = (list: readonly number[]) => list.filter((_, i) => first[i] < 3);
      expect(known(model.forward(examples.X).argmax(1).toArray() as number[])).toEqual(
        known(numbers(overfit32.after_1000.argmax)),
      );
    });
  },
);
