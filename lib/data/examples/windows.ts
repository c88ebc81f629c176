/** A stream of tokens as training examples: every token is predicted from those before it. */
import { checkArguments, typed, whole } from "../../check.js";
import { zeros } from "../../tensor/index.js";
import { MOST_ELEMENTS } from "../../tensor/shape.js";
import { elements, asStrided } from "../../tensor/tensor.js";
import type { Batch } from "./batches.js";

/**
 * Example t predicts token t from the `blockSize` tokens before it, oldest first. X [n, blockSize]
 * is a view with strides [1, 1]: the windows overlap in the stream's own memory and nothing is
 * copied. Before the first token stands token 0, as often as needed.
 * @throws ValueError for a block size that is no whole number above 0
 */
export function windows(tokens: Int32Array, blockSize: number): Batch {
  checkArguments(
    "windows",
    { tokens, blockSize },
    { tokens: typed("Int32Array"), blockSize: whole(1, MOST_ELEMENTS) },
  );
  const n = tokens.length;
  const stream = zeros([blockSize + n], "int32");
  elements(stream).set(tokens, blockSize);
  return {
    X: asStrided(stream.storage, [n, blockSize], [1, 1], 0, "int32"),
    Y: stream.slice(0, blockSize),
  };
}
