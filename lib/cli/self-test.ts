/**
 * Do all backends compute the same bits here, and how fast? A few seconds: for `mm-train doctor`.
 */
import { type BackendName, setBackend, setThreads, threads } from "../backend/index.js";
import { defaultCorpus, readWords } from "../data/index.js";
import { Generator } from "../random/index.js";
import { matmul, randn, type Tensor } from "../tensor/index.js";
import { train } from "../run/train.js";
import { productWork } from "../bench/matmul.js";
import { measure, rate } from "../bench/measure.js";

export const STEPS = 50;
/** None of them a multiple of the lanes. */
export const PRODUCT = [33, 47, 29] as const;
/** Large enough for the peak, and short enough for JavaScript. */
export const SPEED_SIZES: Readonly<Record<BackendName, number>> = {
  native: 512,
  wasm: 192,
  reference: 96,
};

export interface SelfTest {
  /** the same bits on all backends */
  readonly product: boolean;
  readonly training: boolean;
  /** GFLOP/s of a product on one thread */
  readonly gflops: Readonly<Partial<Record<BackendName, number>>>;
}

/** Compares these backends, and leaves the last one in use. */
export async function selfTest(backends: readonly BackendName[]): Promise<SelfTest> {
  const words = readWords(defaultCorpus()).slice(0, 500);
  const outcomes = [];
  for (const name of backends) {
    setBackend(name);
    const many = threads();
    const { model } = await train({ words, steps: STEPS, samples: 0 });
    setThreads(1);
    const size = SPEED_SIZES[name];
    const { time } = measure({ time: productWork(size) }, { rounds: 3, seconds: 0.05 });
    setThreads(many);
    outcomes.push({
      name,
      product: bits([product()]),
      training: bits(Object.values(model.stateDict())),
      gflops: rate(time, (2 * size ** 3) / 1e9).median,
    });
  }
  const [first, ...others] = outcomes;
  return {
    product: others.every(({ product }) => product.equals(first.product)),
    training: others.every(({ training }) => training.equals(first.training)),
    gflops: Object.fromEntries(outcomes.map(({ name, gflops }) => [name, gflops])),
  };
}

function product(): Tensor {
  const [m, k, n] = PRODUCT;
  const generator = new Generator(m);
  return matmul(randn([m, k], { generator }), randn([k, n], { generator }));
}

const bits = (tensors: readonly Tensor[]): Buffer =>
  Buffer.concat(
    tensors
      .map((tensor) => tensor.toTypedArray())
      .map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  );
