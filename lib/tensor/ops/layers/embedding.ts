/** The row of each token: what a network of tokens begins with. */
import { IndexError, ShapeError } from "../../../errors.js";
import { checkType } from "../../dtypes.js";
import { show } from "../../shape.js";
import { checkTensor, sizes, type Tensor } from "../../tensor.js";
import { contiguous } from "../elementwise.js";
import { gatherRows } from "../gather.js";
import { reshape } from "../views.js";

export const unknownToken = (value: number, size: number): IndexError =>
  new IndexError("embedding", value, size, `token ${value} is out of range 0..${size - 1}`);

/**
 * The row of each token: tokens int32 of any shape, weight [V, E] -> [...tokens.shape, E]
 * (F.embedding). Unlike an index, a token does not count from the end.
 * @throws ValueError for other dtypes, ShapeError for a weight that is no matrix, IndexError on a
 *   token out of range
 */
export function embedding(tokens: Tensor, weight: Tensor): Tensor {
  checkTensor("embedding: tokens", tokens);
  checkType("embedding", tokens, "int32", "int32 tokens", "; convert with int()");
  if (checkTensor("embedding: weight", weight).rank !== 2)
    throw new ShapeError(
      "embedding",
      [sizes(weight)],
      `expected a weight [tokens, features], got shape ${show(sizes(weight))}`,
    );
  const rows = gatherRows(weight, contiguous(tokens), false, unknownToken, "embedding");
  return reshape(rows, [...sizes(tokens), sizes(weight)[1]]);
}
