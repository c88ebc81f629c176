/**
 * The lecture's second network (E = 10, H = 200) against PyTorch's numbers (lecture.json
 * `big_run`).
 *
 * The lecture's corpus is not shipped: MM_NAMES=path/to/names.txt (makemore's, 32,033 names) runs
 * the tests that need it.
 */
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type BackendName,
  backend,
  countParameters,
  evaluate,
  Generator,
  loadCorpus,
  MLP,
  type MLPParameters,
  parseSchedule,
  randint,
  readSafetensors,
  sample,
  setBackend,
  type Split,
  train,
  Trainer,
  Vocabulary,
} from "../../lib/index.js";
import { vectors } from "../random/vectors.js";
import { load, numbers, type TensorRecord } from "../reference/records.js";

interface Lecture {
  data: { vocabulary: { itos: string[] } };
  big_run: {
    n_parameters: number;
    initial: Record<
      string,
      TensorRecord & { first8: TensorRecord; sum?: number; mean?: number; norm?: number }
    >;
    initial_loss: Record<Split, { value: number }>;
    minibatch_indices_first10: number[][];
    loss: Record<string, { value: number }>;
    losses_first_1000: TensorRecord;
    final: Record<Split, { value: number }>;
    samples: { generator_seed: number; names: string[]; first_probs: TensorRecord };
  };
}
const { big_run: run, data } = load<Lecture>("lecture.json");

const file = process.env.MM_NAMES;
if (!file)
  console.warn(
    "most of test/train/lecture.test.ts is skipped: set MM_NAMES to the lecture's names.txt " +
      "to run it",
  );

const SHAPE = { vocabularySize: 27, blockSize: 3, embedding: 10, hidden: 200 };
const create = () => MLP.create(SHAPE, new Generator(2147483647));
/** The stored decimals are the shortest that name a float32. */
const float32 = (record: TensorRecord) => numbers(record).map(Math.fround);
const relative = (got: number, want: number) => Math.abs(got / want - 1);

describe("the initial parameters", () => {
  const model = create();

  it("are 11,897 numbers", () => {
    expect(countParameters(model)).toBe(run.n_parameters);
    expect(run.n_parameters).toBe(11_897);
  });

  it.each(Object.keys(run.initial))("are PyTorch's to the bit: %s", (name) => {
    const want = run.initial[name];
    const got = Array.from(model[name as keyof MLPParameters].toTypedArray());
    if (want.values !== undefined) expect(got).toEqual(float32(want));
    expect(got.slice(0, 8)).toEqual(float32(want.first8));
    if (want.sum === undefined || want.mean === undefined || want.norm === undefined) return;
    // float64 sums of the same float32 numbers in another order: n roundings of 2^-53 of at most
    // the sum of |x|, below 1e-9.
    const sum = got.reduce((s, x) => s + x, 0);
    expect(Math.abs(sum - want.sum)).toBeLessThan(1e-9);
    expect(Math.abs(sum / got.length - want.mean)).toBeLessThan(1e-9);
    expect(Math.abs(Math.sqrt(got.reduce((s, x) => s + x * x, 0)) - want.norm)).toBeLessThan(1e-9);
  });

  it("are the bits of every number that rng.json keeps of the same network", () => {
    const whole = vectors.sequences.find(
      ({ name, seed }) => name === "lecture E=10 H=200" && seed === 2147483647,
    );
    const records = (whole?.steps ?? []).map((step) => ("out" in step ? step.out : undefined));
    expect(records).toHaveLength(5);
    for (const [i, p] of model.parameters().entries()) {
      const { shape, b64, bits } = records[i] as { shape: number[]; b64?: string; bits?: string[] };
      expect(p.shape).toEqual(shape);
      const want =
        b64 === undefined
          ? Buffer.from((bits ?? []).join(""), "hex").swap32()
          : Buffer.from(b64, "base64");
      expect(Buffer.from(p.toTypedArray().buffer).equals(want)).toBe(true);
    }
  });
});

describe("the stored trained network", () => {
  const stored = fileURLToPath(new URL("../reference/mlp_e10_h200.safetensors", import.meta.url));
  const vocabulary = new Vocabulary([data.vocabulary.itos.slice(1).join("")]);
  const chosen = backend();

  it.each<BackendName>(["native", "reference"])(
    "makes up PyTorch's 20 names on the %s backend",
    (name) => {
      setBackend(name);
      const model = new MLP(readSafetensors(stored) as MLPParameters);
      const names = sample(model, vocabulary, 20, new Generator(run.samples.generator_seed));
      setBackend(chosen);
      expect(run.samples.generator_seed).toBe(2147483657);
      // PyTorch's list keeps the boundary that ends each name.
      expect(names.map((word) => `${word}.`)).toEqual(run.samples.names);
    },
  );
});

describe.skipIf(!file)("training on the lecture's names.txt (MM_NAMES)", () => {
  let trainer: Trainer;
  let losses: number[];
  const corpus = file ? loadCorpus(file, 3, 42) : undefined;
  const splits = corpus?.splits as NonNullable<typeof corpus>["splits"];
  const start = () =>
    new Trainer({
      model: create(),
      examples: splits.train,
      batchSize: 32,
      schedule: parseSchedule("0.1"),
      generator: new Generator(1),
    });

  beforeAll(() => {
    trainer = start();
    losses = Array.from({ length: 1000 }, () => trainer.trainStep());
  });

  it("draws PyTorch's first ten minibatches", () => {
    const generator = new Generator(1);
    const drawn = run.minibatch_indices_first10.map(() =>
      randint(0, splits.train.Y.numel, [32], { generator }).toArray(),
    );
    expect(drawn).toEqual(run.minibatch_indices_first10);
  });

  it.each<Split>(["train", "dev", "test"])(
    "starts from PyTorch's loss of the whole %s split",
    (name) => {
      // PyTorch's own float32 mean over 180,000 examples: its last digit is 7e-8, and kernels
      // differ by a few of them.
      expect(relative(evaluate(create(), splits[name]), run.initial_loss[name].value)).toBeLessThan(
        1e-6,
      );
    },
  );

  it("loses as PyTorch loses", () => {
    // torch-random.md section 9: what PyTorch's own kernels differ by, rounded up.
    for (let step = 0; step < 10; step++)
      expect(relative(losses[step], run.loss[step].value)).toBeLessThan(2e-6);
    expect(relative(losses[99], run.loss[99].value)).toBeLessThan(1e-3);
    expect(relative(losses[999], run.loss[999].value)).toBeLessThan(5e-2);
    // 1,000 losses together: single ones differ by at most 3e-2, and not all in one direction.
    const mean = (x: readonly number[]) => x.reduce((s, v) => s + v, 0) / x.length;
    expect(relative(mean(losses), mean(numbers(run.losses_first_1000)))).toBeLessThan(5e-3);
  });

  it("reaches the lecture's losses after 200,000 steps", { timeout: 600_000 }, async () => {
    const result = await train({ data: file });
    expect(result.steps).toBe(200_000);
    expect(result.examples).toEqual({ train: 182_625, dev: 22_655, test: 22_866 });
    // PyTorch on four kinds of kernels: train 2.1301 - 2.1304, dev 2.166 - 2.171.
    expect(Math.abs((result.loss?.train ?? Number.NaN) - 2.13)).toBeLessThan(0.003);
    expect(Math.abs((result.loss?.dev ?? Number.NaN) - 2.166)).toBeLessThan(0.01);
    expect(result.samples).toHaveLength(20);
  });
});
