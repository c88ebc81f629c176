/** The error of a step that a kernel ended in its middle: an index or target out of range. */
import { type Command, type Indices, noMemory, operandsOf } from "../backend/plan.js";
import { IndexError, type MmError } from "../errors.js";
import { unknownToken } from "../tensor/ops/layers/embedding.js";

const ofTokens = ({ kernel }: Command): boolean =>
  kernel === "gatherRows" || kernel === "embeddingLinear" || kernel === "embeddingLinearBackward";

/**
 * What the step itself would have thrown; which dimension it was that an index ran along, a kernel
 * does not know.
 */
export function errorOf(command: Command, position: number): MmError {
  if (position < 0) return noMemory(command.kernel);
  const { operand, low, high } = operandsOf(command).indices as Indices;
  const { slab, start } = operand.storage;
  const value = slab.i32[start + operand.offset + position];
  if (low === 0 && ofTokens(command)) return unknownToken(value, high);
  if (low === 0)
    return new IndexError(
      command.kernel,
      value,
      high,
      `target ${value} in row ${position} is out of range 0..${high - 1}`,
    );
  return new IndexError(
    "index",
    value,
    high,
    `index ${value} is out of range for a dimension of size ${high}`,
  );
}
