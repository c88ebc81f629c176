/** One-hot rows. */
import { checkArguments, optional, whole } from "../../check.js";
import { IndexError, ValueError } from "../../errors.js";
import { checkType } from "../dtypes.js";
import { checkShape, show } from "../shape.js";
import { checkTensor, read, sizes, type Tensor } from "../tensor.js";
import { binary } from "./apply.js";
import { contiguous } from "./elementwise.js";
import { checkRange, multiples } from "./gather.js";
import { unsqueeze } from "./views.js";

const KINDS = { ids: checkTensor, numClasses: optional(whole(1)) };

/**
 * int32 [..., classes] with a 1 at each class id of `ids` [...] (F.one_hot); the largest id + 1
 * classes where left out.
 * @throws IndexError on an id out of range; ValueError where neither ids nor `numClasses` say how
 *   many classes there are
 */
export function oneHot(ids: Tensor, numClasses?: number): Tensor {
  checkArguments("oneHot", { ids, numClasses }, KINDS);
  checkType("oneHot", ids, "int32", "an int32 tensor of class ids");
  const flat = contiguous(ids);
  const classes = numClasses ?? largestOf(flat) + 1;
  checkShape("oneHot", [...sizes(ids), classes]);
  checkRange(
    flat,
    classes,
    false,
    (id) =>
      new IndexError(
        "oneHot",
        id,
        classes,
        `class ${id} is out of range 0..${classes - 1} (shape ${show(ids.shape)})`,
      ),
  );
  const columns = multiples(classes, 1, [classes]);
  return binary("intEqual", unsqueeze(flat, -1), columns, "int32", "oneHot");
}

/** @throws ValueError where there is none */
function largestOf(ids: Tensor): number {
  if (ids.numel === 0)
    throw new ValueError("oneHot: expected numClasses for a tensor without class ids");
  return (read(ids, "oneHot") as Int32Array).reduce((m, x) => Math.max(m, x), 0);
}
