/** What is wrong with the targets of a loss. */
import { IndexError } from "../../../errors.js";
import { peek, type Tensor } from "../../tensor.js";

/** The error of a class id out of range. */
export function badTarget(
  operation: string,
  ids: Tensor,
  row: number,
  classes: number,
): IndexError {
  const id = peek(ids, row);
  return new IndexError(
    operation,
    id,
    classes,
    `target ${id} in row ${row} is out of range 0..${classes - 1}`,
  );
}
