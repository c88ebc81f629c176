import { createHash } from "node:crypto";
import { argumentsOf, checkNumber, checkWhole, kind, whole } from "../check.js";
import { quote, ValueError } from "../errors.js";
import { typedArrayKind } from "../typed-arrays.js";
import { MT19937 } from "./mt19937.js";

/** A list or typed array that can be shuffled in place. */
export interface MutableSequence<T> {
  /** how many elements */
  readonly length: number;
  /** an element, by its position */
  [index: number]: T;
}

/**
 * Python's `random.Random`, draw for draw (CPython 3.11). Whole numbers go up to 2^53 - 1.
 * Arguments that Python refuses are a ValueError.
 */
export class PythonRandom {
  readonly #engine = new MT19937();
  #nextGauss: number | undefined;

  /** A generator at the start of the stream of `seed`, as for the method of that name. */
  constructor(seed: number | bigint | string) {
    this.seed(seed);
  }

  /**
   * `random.seed`: integers of any size by absolute value (42 and -42 agree), strings through
   * SHA-512.
   */
  seed(seed: number | bigint | string): void {
    check("PythonRandom", { seed });
    this.#engine.seedArray(wordsOf(seedInteger(seed)));
    this.#nextGauss = undefined;
  }

  /** A double on [0, 1), from the high bits of two words. */
  random(): number {
    const high = this.#engine.nextU32() >>> 5;
    const low = this.#engine.nextU32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** k random bits, k from 0 to 2^30 - 1. */
  getrandbits(k: number): bigint {
    checkWhole("getrandbits: k", k, 0, 2 ** 30 - 1); // the longest bigint
    const bytes = Buffer.alloc(4 * Math.ceil(k / 32)); // big endian, drawn from the end
    for (let done = 0; done < k; done += 32)
      bytes.writeUInt32BE(this.#bits32(Math.min(32, k - done)), bytes.length - 4 - done / 8);
    return BigInt(`0x${bytes.toString("hex") || "0"}`);
  }

  /** Uniform on 0 .. n - 1, for 1 <= n < 2^53, by rejection: Python's `_randbelow`. */
  randbelow(n: number): number {
    check("randbelow", { n });
    return this.#below(n);
  }

  #below(n: number): number {
    const k = bitLength(n);
    for (;;) {
      const low = this.#bits32(Math.min(k, 32));
      const value = k <= 32 ? low : this.#bits32(k - 32) * 2 ** 32 + low;
      if (value < n) return value;
    }
  }

  /** a <= x <= b: unlike torch.randint, b is included. */
  randint(a: number, b: number): number {
    check("randint", { a, b });
    return this.randrange(a, b + 1);
  }

  /** `randrange(stop)` or `randrange(start, stop, step)`. */
  randrange(start: number, stop?: number, step = 1): number {
    const [first, end] = stop === undefined ? [0, start] : [start, stop];
    if (![first, end, step].every(Number.isSafeInteger) || step === 0) {
      const got = [first, end, step].map(quote).join(", ");
      throw new ValueError(
        `randrange: expected whole numbers and a step other than 0, got (${got})`,
      );
    }
    const count = Math.ceil((end - first) / step);
    if (count <= 0) throw new ValueError(`empty range for randrange(${first}, ${end}, ${step})`);
    return first + step * this.#below(count);
  }

  /** One element of a list, a typed array or a string. */
  choice<T>(sequence: ArrayLike<T>): T {
    const n = lengthOf("choice: sequence", sequence);
    if (n === 0) throw new ValueError("choice: cannot choose from an empty sequence");
    return sequence[this.#below(n)];
  }

  /** k elements with replacement, equally likely. */
  choices<T>(population: ArrayLike<T>, k = 1): T[] {
    const n = lengthOf("choices: population", population);
    if (n === 0) throw new ValueError("choices: cannot choose from an empty population");
    checkWhole("choices: k", k, 0, LONGEST_ARRAY);
    return Array.from({ length: k }, () => population[Math.floor(this.random() * n)]);
  }

  /** Shuffles in place: Fisher-Yates from the back. */
  shuffle<T>(x: MutableSequence<T>): void {
    check("shuffle", { x });
    for (let i = x.length - 1; i >= 1; i--) {
      const j = this.#below(i + 1);
      const chosen = x[j];
      x[j] = x[i];
      x[i] = chosen;
    }
  }

  /** k distinct elements in random order. */
  sample<T>(population: ArrayLike<T>, k: number): T[] {
    const n = lengthOf("sample: population", population);
    if (!Number.isInteger(k) || k < 0 || k > n)
      throw new ValueError(
        `sample: expected a whole number k, 0 <= k <= ${n}, the size of the population, ` +
          `got ${quote(k)}`,
      );
    // Python copies the population or remembers the chosen indices, whichever takes less memory;
    // the draws differ.
    const copyLimit = 21 + (k > 5 ? 4 ** Math.ceil(Math.log(k * 3) / Math.log(4)) : 0);
    if (n > copyLimit) {
      const chosen = new Set<number>();
      while (chosen.size < k) chosen.add(this.#below(n));
      return Array.from(chosen, (i) => population[i]);
    }
    const pool = Array.from({ length: n }, (_, i) => population[i]);
    return Array.from({ length: k }, (_, i) => {
      const j = this.#below(n - i);
      const chosen = pool[j];
      pool[j] = pool[n - i - 1];
      return chosen;
    });
  }

  /** Between a and b. */
  uniform(a: number, b: number): number {
    check("uniform", { a, b });
    return a + (b - a) * this.random();
  }

  /**
   * Normal of mean mu and standard deviation sigma; every second call uses the value the one before
   * left.
   */
  gauss(mu = 0, sigma = 1): number {
    check("gauss", { mu, sigma });
    let z = this.#nextGauss;
    this.#nextGauss = undefined;
    if (z === undefined) {
      const theta = this.random() * 2 * Math.PI;
      const radius = Math.sqrt(-2 * Math.log(1 - this.random()));
      z = Math.cos(theta) * radius;
      this.#nextGauss = Math.sin(theta) * radius;
    }
    return mu + z * sigma;
  }

  /** The top k bits of one word, 1 <= k <= 32. */
  #bits32(k: number): number {
    return this.#engine.nextU32() >>> (32 - k);
  }
}

const LONGEST_ARRAY = 2 ** 32 - 1;

const checkSequence = kind(
  "an array, a typed array or a string",
  (x) => typeof x === "string" || (typeof x === "object" && x !== null),
);

/** The length of a list, a typed array or a string: asked for once, before anything is drawn. */
const lengthOf = (what: string, value: ArrayLike<unknown>): number =>
  checkWhole(`${what}.length`, checkSequence(what, value).length, 0);

/** What the methods take, by name. */
const check = argumentsOf({
  seed: kind(
    "a whole number below 2^53, a bigint or a string",
    (x) => typeof x === "bigint" || typeof x === "string" || Number.isSafeInteger(x),
  ),
  n: whole(1),
  a: checkNumber,
  b: checkNumber,
  mu: checkNumber,
  sigma: checkNumber,
  x: kind("an array or a typed array", (x) => Array.isArray(x) || typedArrayKind(x) !== undefined),
});

function seedInteger(seed: number | bigint | string): bigint {
  if (typeof seed !== "string") return BigInt(seed);
  const text = Buffer.from(seed, "utf8");
  const digest = createHash("sha512").update(text).digest();
  return BigInt(`0x${text.toString("hex")}${digest.toString("hex")}`); // big endian
}

/** |value| in 32-bit words, least significant first; [0] for 0. */
function wordsOf(value: bigint): Uint32Array {
  const hex = (value < 0n ? -value : value).toString(16);
  const word = (i: number) => hex.slice(Math.max(0, hex.length - 8 * (i + 1)), hex.length - 8 * i);
  return Uint32Array.from({ length: Math.ceil(hex.length / 8) }, (_, i) =>
    Number.parseInt(word(i), 16),
  );
}

function bitLength(n: number): number {
  return n < 2 ** 32 ? 32 - Math.clz32(n) : 64 - Math.clz32(Math.floor(n / 2 ** 32));
}
