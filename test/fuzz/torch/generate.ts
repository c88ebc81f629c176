/** Makes cases: leaves, some in odd layouts, and one to four operations over them. */
import type { Draw } from "../draw.js";
import type { Case, Ref } from "./case.js";
import { CALCULATIONS, CHANGES } from "./operations.js";
import { World } from "./world.js";

/** The Jacobian of a larger result would take long. */
const MOST_ELEMENTS = 64;

/** The case of the next numbers drawn. */
export function makeCase(d: Draw): Case {
  const w = new World(d);
  let a: Ref = w.input(w.dtype(), w.shape());
  for (let n = d.whole(1, 4); n > 0; n--) {
    const makers = !w.hasGradients && d.chance(0.4) ? CHANGES : CALCULATIONS;
    if (!w.step(d.pick(makers)(w, a))) break;
    a = { v: w.results.length - 1 };
    if (w.of(a).numel > MOST_ELEMENTS) break;
  }
  return w.made;
}
