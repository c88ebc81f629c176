/** Examples over a stream of tokens that is not in memory: a minibatch reads what it needs. */
import { type Tensor, zeros } from "../../tensor/index.js";
import { asStrided, elements } from "../../tensor/tensor.js";
import type { TokenStore } from "../texts/token-store.js";
import type { Batch } from "./batches.js";
import type { Feed, Rows } from "./rows.js";

/** What the examples of a part of a text are made of. */
export interface StoredPart {
  readonly tokens: TokenStore;
  /** [types] the token of each type in a vocabulary */
  readonly tokenOf: Int32Array;
  /** the tokens that are predicted */
  readonly from: number;
  readonly to: number;
  /** where the stream begins that they are in: nothing is seen of what comes before it */
  readonly start: number;
  /** of lines that are sentences: the token that ends each, and stands before it */
  readonly end: number | undefined;
  /** [types] how often each is predicted */
  readonly counts?: Int32Array;
}

/** Rows whose tokens lie no further apart are read together, at most so many tokens. */
const [NEAR, TOGETHER] = [1 << 9, 1 << 14];

/** Up to where the numbers from one on are those of rows that are read together. */
function togetherFrom(numbers: Int32Array, from: number): number {
  let next = from + 1;
  for (; next < numbers.length; next++) {
    const [before, number] = [numbers[next - 1], numbers[next]];
    if (number < before || number > before + NEAR || number > numbers[from] + TOGETHER) break;
  }
  return next;
}

/** Row t predicts the part's token t from the `blockSize` tokens before it, oldest first. */
export class StoredRows implements Rows {
  private readonly ids: Int32Array;

  constructor(
    private readonly part: StoredPart,
    readonly blockSize: number,
  ) {
    this.ids = new Int32Array(TOGETHER + NEAR + blockSize + 1);
  }

  get count(): number {
    return this.part.to - this.part.from;
  }

  at(numbers: Tensor): Batch {
    const { feed, X, Y } = this.inputs(numbers.numel);
    feed.numbers.set(numbers.toTypedArray());
    feed.ready();
    return { X, Y };
  }

  /** In a running text the contexts overlap in memory, as those of `windows`. */
  slice(from: number, to: number): Batch {
    const { part, blockSize } = this;
    if (part.end !== undefined) {
      const { feed, X, Y } = this.inputs(to - from);
      for (let i = from; i < to; i++) feed.numbers[i - from] = i;
      feed.ready();
      return { X, Y };
    }
    const stream = zeros([blockSize + to - from], "int32");
    const first = Math.max(part.start, part.from + from - blockSize);
    const last = part.from + to;
    // Zeros stay where nothing was before.
    const tokens = (elements(stream) as Int32Array).subarray(stream.numel - (last - first));
    part.tokens.read(first, last, tokens);
    this.encode(tokens);
    return {
      X: asStrided(stream.storage, [to - from, blockSize], [1, 1], 0, "int32"),
      Y: stream.slice(0, blockSize),
    };
  }

  /** The rows are read before the step: its inputs are their tokens. */
  feed(size: number): Feed {
    return this.inputs(size).feed;
  }

  private inputs(size: number): Batch & { feed: Feed } {
    const X = zeros([size, this.blockSize], "int32");
    const Y = zeros([size], "int32");
    const [contexts, targets] = [X, Y].map((t) => elements(t) as Int32Array);
    const numbers = new Int32Array(size);
    const ready = (): void => {
      this.gather(numbers, contexts, targets);
      X.storage.version++;
      Y.storage.version++;
    };
    return { X, Y, feed: { numbers, inputs: [X, Y], ready, batch: () => ({ X, Y }) } };
  }

  private gather(numbers: Int32Array, contexts: Int32Array, targets: Int32Array): void {
    const { part, blockSize } = this;
    for (let row = 0; row < numbers.length;) {
      const next = togetherFrom(numbers, row);
      const first = Math.max(part.start, part.from + numbers[row] - blockSize);
      const last = part.from + numbers[next - 1] + 1;
      const ids = this.ids.subarray(0, last - first);
      part.tokens.read(first, last, ids);
      this.encode(ids);
      for (; row < next; row++) {
        const at = part.from + numbers[row] - first;
        targets[row] = ids[at];
        this.fill(contexts.subarray(row * blockSize, (row + 1) * blockSize), ids, at);
      }
    }
  }

  /** The context of the token at a place. */
  private fill(context: Int32Array, ids: Int32Array, at: number): void {
    const { end } = this.part;
    let missing = Math.max(0, context.length - at);
    for (let i = context.length - 1; i >= missing; i--) {
      context[i] = ids[at - context.length + i];
      // Nothing of another sentence is seen.
      if (context[i] === end) missing = i;
    }
    context.fill(end ?? 0, 0, missing);
  }

  private encode(ids: Int32Array): void {
    const { tokenOf } = this.part;
    for (let i = 0; i < ids.length; i++) ids[i] = tokenOf[ids[i]];
  }

  targetCounts(vocabularySize: number): Float64Array | undefined {
    const { counts, tokenOf } = this.part;
    if (counts === undefined) return undefined;
    const out = new Float64Array(vocabularySize);
    for (let id = 0; id < counts.length; id++) out[tokenOf[id]] += counts[id];
    return out;
  }
}
