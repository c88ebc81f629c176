/** Calls of the addon. The buffers go along as arguments of a call, which keeps them alive. */
import type { Operand } from "../kernels.js";
import { Marshal, MAX_OPERANDS } from "./marshal.js";

export class AddonMarshal extends Marshal {
  /** of the call's operands, `count` of them */
  readonly buffers = new Array<ArrayBuffer | undefined>(MAX_OPERANDS).fill(undefined);

  /** Lets the buffers go: a tensor that nobody holds any more must not live on in the last call. */
  release(): void {
    for (let i = 0; i < this.count; i++) this.buffers[i] = undefined;
  }

  protected override operand(x: Operand | null): void {
    const i = this.count++;
    if (x === null) {
      this.control[i] = -1;
      this.buffers[i] = undefined;
    } else {
      this.control[i] = x.storage.start + x.offset;
      this.buffers[i] = x.storage.slab.buffer;
    }
  }
}
