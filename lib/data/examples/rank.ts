/**
 * How many marked positions lie up to a given one (Jacobson's rank): one look into a table of two
 * numbers per 32 positions.
 */
export class Rank {
  /** by block of 32 positions: marks before it, and its own as bits */
  private readonly blocks: Int32Array;

  /** No mark yet. */
  constructor(positions: number) {
    this.blocks = new Int32Array(2 * Math.ceil(positions / 32));
  }

  /** Bytes of a table for so many positions. */
  static bytes = (positions: number): number => 8 * Math.ceil(positions / 32);

  mark(position: number): void {
    this.blocks[2 * (position >>> 5) + 1] |= 1 << (position & 31);
  }

  /** After the last mark, before the first question. */
  finish(): this {
    const { blocks } = this;
    for (let at = 2; at < blocks.length; at += 2)
      blocks[at] = blocks[at - 2] + ones(blocks[at - 1]);
    return this;
  }

  /** Marks at `position` and before it. */
  upTo(position: number): number {
    const at = 2 * (position >>> 5);
    return this.blocks[at] + ones(this.blocks[at + 1] & (-1 >>> (31 - (position & 31))));
  }
}

/** The bits that are 1, of 32. */
function ones(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
