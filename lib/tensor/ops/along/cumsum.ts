/** Running sums. */
import { kernels } from "../../../backend/index.js";
import { numel } from "../../shape.js";
import { record } from "../../tape.js";
import { elements, empty, sizes, type Tensor } from "../../tensor.js";
import { contiguous } from "../elementwise.js";
import { checkSum } from "../reduce.js";
import { dimOf } from "../views.js";

/**
 * Sums along `dim` of each element and all before it (torch.cumsum); the shape of `a`, of a mask
 * int32, else its dtype. float32 sums are in double and rounded at each element.
 * @throws IndexError for a dimension out of range; ValueError for a sum that int32 does not hold
 */
export function cumsum(a: Tensor, dim: number): Tensor {
  const d = dimOf("cumsum", a, dim);
  return record("cumsum", along(a, d, false), [a], () => ({ dim: d }));
}

/** `cumsum` from the last element down. Not differentiable. */
export const cumsumFromEnd = (a: Tensor, dim: number): Tensor => along(a, dim, true);

function along(a: Tensor, dim: number, reverse: boolean): Tensor {
  const x = contiguous(a.detach());
  const out = empty(sizes(a), a.dtype === "float32" ? "float32" : "int32");
  const [outer, reduce, inner] = [
    numel(sizes(a).slice(0, dim)),
    sizes(a)[dim] ?? 1,
    numel(sizes(a).slice(dim + 1)),
  ];
  if (a.dtype === "float32") kernels().cumsum({ outer, reduce, inner, a: x, out, reverse });
  else integers(elements(x, "cumsum"), elements(out, "cumsum"), reduce, inner);
  return out;
}

/** The kernel's loop over integers. */
function integers(
  x: Float32Array | Int32Array,
  sums: typeof x,
  reduce: number,
  inner: number,
): void {
  for (let p = 0; p < x.length; p++) {
    const starts = Math.floor(p / inner) % reduce === 0;
    sums[p] = checkSum("cumsum", (starts ? 0 : sums[p - inner]) + x[p]);
  }
}
