/**
 * Whether a word is among some of a list: a hash table of their numbers, eight bytes a word where a
 * Set of strings has sixty.
 */
import { bytesOf, type WordBytes, type WordList } from "./word-list.js";

/** Some words of a list, to be asked for. */
export class WordIndex {
  private readonly words: WordBytes;
  /** numbers of words, -1 where there is none; a word stands at its hash or behind it */
  private readonly slots: Int32Array;

  /**
   * @param positions of the words in their list
   * @param capacity of the table, in words, if more are added later
   */
  constructor(list: WordList, positions: ArrayLike<number>, capacity = positions.length) {
    this.words = bytesOf(list);
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * capacity + 1))).fill(-1);
    for (let p = 0; p < positions.length; p++) this.add(positions[p]);
  }

  /** Adds the word at a position, unless it is there; returns the position of the one that is. */
  add(position: number): number {
    const { bytes, starts } = this.words;
    const slot = this.slotOf(bytes, starts[position], starts[position + 1] - 1);
    if (this.slots[slot] < 0) this.slots[slot] = position;
    return this.slots[slot];
  }

  has(word: string): boolean {
    // Half of a surrogate pair has no bytes of its own: it would be found as the replacement
    // character.
    if (/\p{Surrogate}/u.test(word)) return false;
    const bytes = Buffer.from(word);
    return this.slots[this.slotOf(bytes, 0, bytes.length)] >= 0;
  }

  /** The position in the list of the word that is word i of another; -1 where there is none. */
  find({ bytes, starts }: WordBytes, i: number): number {
    return this.slots[this.slotOf(bytes, starts[i], starts[i + 1] - 1)];
  }

  /** Where a word stands, or would. */
  private slotOf(bytes: Uint8Array, from: number, end: number): number {
    const last = this.slots.length - 1;
    let slot = hash(bytes, from, end) & last;
    while (this.slots[slot] >= 0 && !this.isAt(this.slots[slot], bytes, from, end))
      slot = (slot + 1) & last;
    return slot;
  }

  private isAt(word: number, bytes: Uint8Array, from: number, end: number): boolean {
    const { bytes: own, starts } = this.words;
    const start = starts[word];
    if (starts[word + 1] - 1 - start !== end - from) return false;
    for (let i = from; i < end; i++) if (own[start + i - from] !== bytes[i]) return false;
    return true;
  }
}

/** FNV-1a, its high bits brought down to where a table looks. */
function hash(bytes: Uint8Array, from: number, end: number): number {
  let h = 0x811c9dc5;
  for (let i = from; i < end; i++) h = Math.imul(h ^ bytes[i], 0x01000193);
  return h ^ (h >>> 15);
}
