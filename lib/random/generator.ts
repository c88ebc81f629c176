import { argumentsOf, checkNumber, instance, typed, whole } from "../check.js";
import { ValueError } from "../errors.js";
import {
  checkInteger64,
  fillIntegers,
  type IntegerArray,
  LARGEST_PERMUTATION,
  permutation,
} from "./integers.js";
import { MT19937 } from "./mt19937.js";
import { drawMultinomial } from "./multinomial.js";
import { fillNormal } from "./normal.js";
import { decodeState, encodeState, type GeneratorState } from "./state.js";
import { fillBernoulli, fillExponential, fillRand, fillUniform } from "./uniform.js";

/** The seed of a `torch.Generator()` that nobody seeded. */
const DEFAULT_SEED = 67280421310721n;

/** What the methods take, by name. */
const check = argumentsOf({
  seed: checkInteger64,
  bytes: typed("Uint8Array"),
  out: typed("Float32Array"),
  a: checkNumber,
  b: checkNumber,
  p: checkNumber,
  mean: checkNumber,
  std: checkNumber,
  lambda: checkNumber,
  n: whole(0, LARGEST_PERMUTATION),
});

/**
 * `torch.Generator` on the CPU, bit for bit (PyTorch 2.13 on x86 with AVX2).
 *
 * Methods fill a typed array in row-major order and return it: a Float32Array gets what a float32
 * tensor gets. The stream never changes within a major version.
 */
export class Generator {
  readonly #state: GeneratorState = {
    initialSeed: 0n,
    engine: new MT19937(),
    cachedNormal: undefined,
  };

  /**
   * A generator at the start of the stream of `seed`, as for `manualSeed`; left out: PyTorch's own
   * default seed.
   */
  constructor(seed: number | bigint = DEFAULT_SEED) {
    this.manualSeed(seed);
  }

  /**
   * Restarts the stream. `seed`: a whole number from -2^63 to 2^64 - 1; the stream depends on its
   * low 32 bits only.
   * @throws ValueError for another
   */
  manualSeed(seed: number | bigint): this {
    check("Generator", { seed });
    const value = BigInt(seed);
    if (value < -(2n ** 63n) || value >= 2n ** 64n) {
      throw new ValueError(`Generator: seed: expected one from -2^63 to 2^64 - 1, got ${seed}`);
    }
    this.#state.initialSeed = BigInt.asUintN(64, value);
    this.#state.engine.seed(Number(BigInt.asUintN(32, value)));
    this.#state.cachedNormal = undefined;
    return this;
  }

  /** The last seed, modulo 2^64. */
  initialSeed(): bigint {
    return this.#state.initialSeed;
  }

  /** The 5056 bytes of `torch.Generator.get_state()`; PyTorch can load them. */
  getState(): Uint8Array {
    return encodeState(this.#state);
  }

  /**
   * Continues exactly where the generator that returned `bytes` stood.
   * @throws ValueError for bytes that are no state
   */
  setState(bytes: Uint8Array): this {
    check("setState", { bytes });
    decodeState(bytes, this.#state);
    return this;
  }

  /** Uniform on [0, 1): multiples of 2^-24. */
  rand<T extends Float32Array>(out: T): T {
    check("rand", { out });
    fillRand(out, this.#state.engine);
    return out;
  }

  /** Uniform on [a, b), `Tensor.uniform_`. @throws ValueError for a > b and for a range too wide */
  uniform<T extends Float32Array>(out: T, a: number, b: number): T {
    check("uniform", { out, a, b });
    fillUniform(out, this.#state.engine, a, b);
    return out;
  }

  /**
   * 1 with probability p, else 0, `Tensor.bernoulli_`.
   * @throws ValueError for a p outside 0 to 1
   */
  bernoulli<T extends Float32Array>(out: T, p: number): T {
    check("bernoulli", { out, p });
    fillBernoulli(out, this.#state.engine, p);
    return out;
  }

  /** Standard normal, `torch.randn`. */
  randn<T extends Float32Array>(out: T): T {
    check("randn", { out });
    fillNormal(out, this.#state, 0, 1);
    return out;
  }

  /**
   * Normal of the given mean and standard deviation, `Tensor.normal_`.
   * @throws ValueError for a deviation below 0
   */
  normal<T extends Float32Array>(out: T, mean: number, std: number): T {
    check("normal", { out, mean, std });
    fillNormal(out, this.#state, mean, std);
    return out;
  }

  /**
   * Exponential of rate lambda (mean 1 / lambda), `Tensor.exponential_`.
   * @throws ValueError for a rate that is not above 0
   */
  exponential<T extends Float32Array>(out: T, lambda = 1): T {
    check("exponential", { out, lambda });
    fillExponential(out, this.#state.engine, lambda);
    return out;
  }

  /**
   * Whole numbers low <= x < high, `torch.randint`; the range can be as wide as 64 bits.
   * @throws ValueError for an empty range and for one that `out` cannot hold
   */
  randint<T extends IntegerArray>(out: T, low: number | bigint, high: number | bigint): T {
    fillIntegers(out, this.#state.engine, low, high);
    return out;
  }

  /**
   * A random order of 0 .. n - 1, `torch.randperm`.
   * @throws ValueError for an n that is no whole number >= 0, or above 214,748,363
   */
  randperm(n: number): Int32Array {
    check("randperm", { n });
    return permutation(n, this.#state.engine);
  }

  /**
   * Draws `numSamples` column indices per row of `p`, a rows x cols table of non-negative weights
   * that need not sum to 1, `torch.multinomial`. Returns rows x numSamples indices, in `out` where
   * it is given.
   * @throws ValueError for weights below 0 or without a sum, and for more samples than weights
   *   without `replacement`
   */
  multinomial(
    p: Float32Array,
    rows: number,
    cols: number,
    numSamples: number,
    replacement = false,
    out?: Int32Array,
  ): Int32Array {
    return drawMultinomial({ p, rows, cols, numSamples, replacement, out }, this.#state.engine);
  }
}

export const checkGenerator = instance(Generator, "a Generator");
