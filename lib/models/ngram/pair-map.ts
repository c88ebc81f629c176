import { longer } from "../../data/longer.js";

/** Pairs of whole numbers to 0, 1, 2, ... in order of first occurrence: a hash table in typed arrays, twelve bytes a slot. */
export class PairMap {
  size = 0;
  private mask = (1 << 16) - 1;
  private slots = new Int32Array(this.mask + 1); // number + 1; 0: free
  /** the pairs, by number */
  first = new Int32Array(1 << 15);
  second = new Int32Array(1 << 15);

  /** The pair's number, or -1. */
  find(a: number, b: number): number {
    for (let at = hash(a, b) & this.mask; ; at = (at + 1) & this.mask) {
      const n = this.slots[at] - 1;
      if (n < 0 || (this.first[n] === a && this.second[n] === b)) return n;
    }
  }

  /** The pair's number; a new one if it has none. */
  add(a: number, b: number): number {
    const known = this.find(a, b);
    if (known >= 0) return known;
    if (this.size === this.first.length) this.grow();
    const n = this.size++;
    this.first[n] = a;
    this.second[n] = b;
    this.place(n);
    return n;
  }

  private place(n: number): void {
    let at = hash(this.first[n], this.second[n]) & this.mask;
    while (this.slots[at] !== 0) at = (at + 1) & this.mask;
    this.slots[at] = n + 1;
  }

  private grow(): void {
    this.first = longer(this.first, 2 * this.size);
    this.second = longer(this.second, 2 * this.size);
    this.mask = 4 * this.size - 1;
    this.slots = new Int32Array(this.mask + 1);
    for (let n = 0; n < this.size; n++) this.place(n);
  }
}

/** Multiplication by odd constants, and the high bits folded down. */
function hash(a: number, b: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0xc2b2ae35);
  return h ^ (h >>> 13);
}
