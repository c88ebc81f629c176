/**
 * What processes that train one model together need of each other. Both collectives move words and
 * compute nothing: sums are added here, in one order, whatever the number of ranks.
 */
export interface Communicator {
  /** this process's number, from 0 */
  readonly rank: number;
  /** how many processes there are */
  readonly size: number;
  /** how many of them run on this machine */
  readonly local: number;
  /**
   * `words` holds the words of every rank, one after the other, `counts[r]` of rank r; each comes
   * with its own in place and leaves with all.
   */
  allgather(words: Int32Array, counts: readonly number[]): void;
  /**
   * Rank r gets `sentCounts[r]` of the words in `sent`, which lie one after the other by rank;
   * `received` takes `receivedCounts[r]` from each.
   */
  alltoall(
    sent: Int32Array,
    sentCounts: readonly number[],
    received: Int32Array,
    receivedCounts: readonly number[],
  ): void;
  /** Waits until every rank is done; nothing can be exchanged afterwards. */
  close(): void;
}

/** A number of each rank, by rank; 32-bit. */
export function fromEach(communicator: Communicator, number: number): number[] {
  const { rank, size } = communicator;
  const words = new Int32Array(size);
  words[rank] = number;
  communicator.allgather(words, new Array<number>(size).fill(1));
  return [...words];
}

/** A text of each rank, by rank. */
export function textFromEach(communicator: Communicator, text: string): string[] {
  const own = new TextEncoder().encode(text);
  const lengths = fromEach(communicator, own.length);
  const counts = lengths.map((length) => Math.ceil(length / 4));
  const starts = counts.map((_, r) => counts.slice(0, r).reduce((sum, count) => sum + count, 0));
  const words = new Int32Array(counts.reduce((sum, count) => sum + count, 0));
  const bytes = new Uint8Array(words.buffer);
  bytes.set(own, 4 * starts[communicator.rank]);
  communicator.allgather(words, counts);
  return lengths.map((length, r) =>
    new TextDecoder().decode(bytes.subarray(4 * starts[r], 4 * starts[r] + length)),
  );
}

/** Shares of things that lie in a row: where each rank's begin, and behind the last, `total`. */
export const sharesOf = (total: number, size: number): number[] =>
  Array.from({ length: size + 1 }, (_, rank) => Math.floor((total * rank) / size));

/** How many things each rank has of shares. */
export const countsOf = (starts: readonly number[], words = 1): number[] =>
  starts.slice(1).map((end, rank) => (end - starts[rank]) * words);
