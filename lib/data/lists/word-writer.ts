/** Words one after the other into a list, without a string for each. */
import { DataError } from "../../errors.js";
import { MOST_BYTES } from "../files/memory.js";
import { listOf, type Reading, type WordList } from "./word-list.js";

const NEWLINE = 10;

export class WordWriter {
  /** words so far */
  count = 0;
  private length = 0;
  private bytes: Buffer;

  /**
   * @param source names the words in errors
   * @param capacity bytes to begin with
   */
  constructor(
    private readonly source: string,
    capacity: number,
  ) {
    this.bytes = Buffer.allocUnsafeSlow(capacity + 1);
  }

  /** A word that is checked to be one. */
  add(word: string): void {
    this.open(3 * word.length); // no UTF-16 unit takes more bytes
    this.length += this.bytes.write(word, this.length);
  }

  /** The same as bytes [from, to) of a buffer. */
  copy(bytes: Uint8Array, from: number, to: number): void {
    this.open(to - from);
    this.bytes.set(bytes.subarray(from, to), this.length);
    this.length += to - from;
  }

  list(reading: Partial<Reading>): WordList {
    return listOf(this.bytes.subarray(0, this.length), this.count, reading);
  }

  /** Room for a word of so many bytes and the line break before it, which it writes. */
  private open(room: number): void {
    const needed = this.length + room + 1;
    if (needed > MOST_BYTES) {
      throw new DataError(this.source, "more than 2 GiB: use a part of them");
    }
    if (needed > this.bytes.length) {
      const more = Buffer.allocUnsafeSlow(Math.min(MOST_BYTES, 2 * needed));
      this.bytes.copy(more, 0, 0, this.length);
      this.bytes = more;
    }
    if (this.count++ > 0) this.bytes[this.length++] = NEWLINE;
  }
}
