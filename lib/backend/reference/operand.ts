/** An operand's memory, seen by the kernels in TypeScript. */
import type { Operand } from "../kernels.js";

export const f32 = (x: Operand) => x.storage.slab.f32;
export const i32 = (x: Operand) => x.storage.slab.i32;
/** Index of the operand's first word in its slab. */
export const at = (x: Operand) => x.storage.start + x.offset;
