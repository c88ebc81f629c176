/** Words in the state, and the distance of the recurrence. */
const N = 624;
const M = 397;
const MATRIX = 0x9908b0df;
const UPPER = 0x80000000;
const LOWER = 0x7fffffff;

/**
 * `next` just after seeding: the block is still to be generated, and PyTorch's state writes that as
 * position 0.
 */
const SEEDED = N + 1;

/**
 * The Mersenne Twister of Matsumoto and Nishimura (1998), period 2^19937 - 1. PyTorch and Python
 * run this same engine; they differ in how they seed it and in which bits of a word they use.
 */
export class MT19937 {
  readonly #words = new Uint32Array(N);
  #next = SEEDED;

  /** Seeds as PyTorch does; only the low 32 bits of `seed` matter. */
  seed(seed: number): void {
    const s = this.#words;
    s[0] = seed;
    for (let k = 1; k < N; k++) {
      const previous = s[k - 1];
      s[k] = Math.imul(1812433253, previous ^ (previous >>> 30)) + k;
    }
    this.#next = SEEDED;
  }

  /** Seeds from a key of 32-bit words as Python does (`init_by_array` of the authors' C code). */
  seedArray(key: Uint32Array): void {
    this.seed(19650218);
    const s = this.#words;
    let i = 1;
    const mix = (multiplier: number): number =>
      s[i] ^ Math.imul(s[i - 1] ^ (s[i - 1] >>> 30), multiplier);
    const advance = (): void => {
      i++;
      if (i === N) {
        s[0] = s[N - 1];
        i = 1;
      }
    };
    for (let round = 0, j = 0; round < Math.max(N, key.length); round++) {
      s[i] = mix(1664525) + key[j] + j;
      advance();
      j = (j + 1) % key.length;
    }
    for (let round = 1; round < N; round++) {
      s[i] = mix(1566083941) - i;
      advance();
    }
    s[0] = UPPER;
  }

  /** The next 32 random bits, 0 to 2^32 - 1. */
  nextU32(): number {
    if (this.#next >= N) this.#regenerate();
    return temper(this.#words[this.#next++]);
  }

  /**
   * low + word % range for as many words as `out` takes, in one loop: the path of every minibatch.
   */
  fillBelow(out: Int32Array, low: number, range: number): void {
    const words = this.#words;
    // `%` would take three times as long; the product misses the quotient by at most one.
    const inverse = 1 / range;
    let next = this.#next;
    for (let i = 0; i < out.length; i++) {
      if (next >= N) {
        this.#regenerate();
        next = 0;
      }
      const word = temper(words[next++]);
      const rest = word - Math.floor(word * inverse) * range;
      out[i] = low + (rest < 0 ? rest + range : rest < range ? rest : rest - range);
    }
    this.#next = next;
  }

  /** Index of the next word to read; 624: the block is used up; 0: seeded and nothing read yet. */
  get position(): number {
    return this.#next === SEEDED ? 0 : this.#next;
  }

  /** A copy of the 624 words before tempering. */
  words(): Uint32Array {
    return this.#words.slice();
  }

  /** Continues from what `words()` and `position` returned. */
  restore(words: Uint32Array, position: number): void {
    this.#words.set(words);
    this.#next = position === 0 ? SEEDED : position;
  }

  /**
   * Replaces the block by the next 624 words. Three loops, because an index modulo 624 per word
   * would cost more.
   */
  #regenerate(): void {
    const s = this.#words;
    for (let k = 0; k < N - M; k++) s[k] = s[k + M] ^ twist(s[k], s[k + 1]);
    for (let k = N - M; k < N - 1; k++) s[k] = s[k + M - N] ^ twist(s[k], s[k + 1]);
    s[N - 1] = s[M - 1] ^ twist(s[N - 1], s[0]);
    this.#next = 0;
  }
}

function temper(word: number): number {
  let y = word ^ (word >>> 11);
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return (y ^ (y >>> 18)) >>> 0;
}

/** The top bit of one word and the low 31 bits of the next, times the recurrence's matrix. */
function twist(high: number, low: number): number {
  return (((high & UPPER) | (low & LOWER)) >>> 1) ^ (-(low & 1) & MATRIX);
}
