/** One-hot rows. */
import { checkArguments, optional, whole } from "../../check.js";
import { IndexError, ValueError } from "../../errors.js";
import { show } from "../shape.js";
import { checkTensor, elements, fresh, read, sizes, type Tensor } from "../tensor.js";

const KINDS = { ids: checkTensor, numClasses: optional(whole(1)) };

/**
 * int32 [..., classes] with a 1 at each class id of `ids` [...] (F.one_hot); the largest id + 1
 * classes where left out.
 * @throws IndexError on an id out of range
 */
export function oneHot(ids: Tensor, numClasses?: number): Tensor {
  checkArguments("oneHot", { ids, numClasses }, KINDS);
  if (ids.dtype !== "int32")
    throw new ValueError("oneHot: expected an int32 tensor of class ids, got float32");
  const flat = read(ids, "oneHot") as Int32Array;
  const classes = numClasses ?? flat.reduce((m, x) => Math.max(m, x), 0) + 1;
  const out = fresh("oneHot", [...sizes(ids), classes], "int32");
  const words = elements(out, "oneHot").fill(0);
  for (let p = 0; p < flat.length; p++) {
    if (flat[p] < 0 || flat[p] >= classes) {
      throw new IndexError(
        "oneHot",
        flat[p],
        classes,
        `class ${flat[p]} is out of range 0..${classes - 1} (shape ${show(ids.shape)})`,
      );
    }
    words[p * classes + flat[p]] = 1;
  }
  return out;
}
