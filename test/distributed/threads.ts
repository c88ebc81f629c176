/** Ranks that are threads of one process: a communicator over memory that they share. */
import type { Communicator } from "../../lib/distributed/communicator.js";

/** Words of the memory that ranks exchange through: how many wait, which turn it is, and a place. */
const [WAITING, TURN, HEAD] = [0, 1, 2];

/** Memory for exchanges of up to `words` words in all. */
export const sharedMemory = (words: number): SharedArrayBuffer =>
  new SharedArrayBuffer(4 * (HEAD + words));

export function threadCommunicator(
  memory: SharedArrayBuffer,
  rank: number,
  size: number,
): Communicator {
  const head = new Int32Array(memory, 0, HEAD);
  const place = new Int32Array(memory, 4 * HEAD);

  /** Returns once every rank has called it. */
  function meet(): void {
    const turn = Atomics.load(head, TURN);
    if (Atomics.add(head, WAITING, 1) === size - 1) {
      Atomics.store(head, WAITING, 0);
      Atomics.add(head, TURN, 1);
      Atomics.notify(head, TURN);
    } else while (Atomics.load(head, TURN) === turn) Atomics.wait(head, TURN, turn, 1000);
  }

  const startsOf = (counts: readonly number[]) =>
    counts.map((_, r) => counts.slice(0, r).reduce((sum, count) => sum + count, 0));

  return {
    ...{ rank, size, local: size },
    allgather(words, counts) {
      const starts = startsOf(counts);
      const own = words.subarray(starts[rank], starts[rank] + counts[rank]);
      place.set(own, starts[rank]);
      meet();
      words.set(place.subarray(0, words.length));
      meet();
    },
    alltoall(sent, sentCounts, received, receivedCounts) {
      // Where each rank's words lie, then the words of all, those of a rank by receiver.
      const lengths = new Int32Array(size);
      lengths[rank] = sent.length;
      this.allgather(lengths, new Array<number>(size).fill(1));
      const table = new Int32Array(size * size);
      table.set(sentCounts, rank * size);
      this.allgather(table, new Array<number>(size).fill(size));
      const base = startsOf([...lengths]);
      place.set(sent, base[rank]);
      meet();
      let to = 0;
      for (let r = 0; r < size; r++) {
        const counts = [...table.subarray(r * size, (r + 1) * size)];
        if (counts[rank] !== receivedCounts[r]) throw new Error("ranks expect other counts");
        const from = base[r] + startsOf(counts)[rank];
        received.set(place.subarray(from, from + counts[rank]), to);
        to += counts[rank];
      }
      meet();
    },
    close: meet,
  };
}
