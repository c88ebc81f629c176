/**
 * Plans of the native backend: every command is checked by the addon once, and then run in one
 * call.
 */
import type { NativeBinding } from "./binding.js";
import { KERNEL_NAMES, rowOf } from "../kernel-table.js";
import { AddonMarshal } from "./addon-marshal.js";
import { MAX_OPERANDS } from "./marshal.js";
import type { Command, Plan, Transfer } from "../plan.js";

export function nativePlan(
  binding: NativeBinding,
  commands: readonly Command[],
  feeds: readonly Transfer[],
  fetches: readonly Transfer[],
): Plan {
  const buffers: ArrayBuffer[] = [];
  const position = (buffer: ArrayBuffer): number =>
    buffers.includes(buffer) ? buffers.indexOf(buffer) : buffers.push(buffer) - 1;
  const control = new Int32Array(binding.control.length);
  const marshal = new AddonMarshal(control);
  /** A call as it would be made, in words: kernel, positions of its buffers, control. */
  const callWords = ({ kernel, args }: Command): number[] => {
    control.fill(0);
    marshal.begin();
    rowOf(kernel)(marshal, args);
    const places = new Array<number>(MAX_OPERANDS).fill(-1);
    for (let i = 0; i < marshal.count; i++) {
      const buffer = marshal.buffers[i];
      if (buffer !== undefined) places[i] = position(buffer);
    }
    return [KERNEL_NAMES.indexOf(kernel), ...places, ...control];
  };
  const transfers = (list: readonly Transfer[]) =>
    Int32Array.from(
      list.flatMap(({ operand: { storage, offset }, words }) => [
        position(storage.slab.buffer),
        storage.start + offset,
        words,
      ]),
    );
  const calls = Int32Array.from(commands.flatMap(callWords));
  const plan = binding.createPlan(calls, transfers(feeds), transfers(fetches), buffers);
  return {
    run(steps, fed, fetched) {
      const failure = binding.runPlan(plan, buffers, steps, fed, fetched);
      return failure && { step: failure[0], command: failure[1], position: failure[2] };
    },
  };
}
