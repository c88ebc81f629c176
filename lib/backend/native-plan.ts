/**
 * Plans of the native backend: every command is checked by the addon once, and then run in one
 * call.
 */
import type { NativeBinding } from "./binding.js";
import { MAX_OPERANDS } from "./control.js";
import type { Kernels } from "./kernels.js";
import { type Command, type Plan, runCommand, type Transfer } from "./plan.js";

/** @param kernels the native kernels with another function in place of the addon's `run` */
export function sealed(
  binding: NativeBinding,
  kernels: (run: NativeBinding["run"]) => Kernels,
  commands: readonly Command[],
  feeds: readonly Transfer[],
  fetches: readonly Transfer[],
): Plan {
  const buffers: ArrayBuffer[] = [];
  const position = (buffer: ArrayBuffer): number =>
    buffers.includes(buffer) ? buffers.indexOf(buffer) : buffers.push(buffer) - 1;
  const rows: number[] = [];
  // What a call would pass to the addon is written down instead.
  const scribe = kernels((kernel, ...operands) => {
    for (let i = 0; i < MAX_OPERANDS; i++) operands[i] ??= undefined;
    rows.push(
      kernel,
      ...operands.map((b) => (b === undefined ? -1 : position(b))),
      ...binding.control,
    );
    return -1;
  });
  for (const command of commands) runCommand(scribe, command);
  const transfers = (list: readonly Transfer[]) =>
    Int32Array.from(
      list.flatMap(({ operand: { storage, offset }, words }) => [
        position(storage.slab.buffer),
        storage.start + offset,
        words,
      ]),
    );
  const [ins, outs] = [transfers(feeds), transfers(fetches)];
  const plan = binding.createPlan(Int32Array.from(rows), ins, outs, buffers);
  return {
    run(steps, fed, fetched) {
      const failure = binding.runPlan(plan, buffers, steps, fed, fetched);
      return failure && { step: failure[0], command: failure[1], position: failure[2] };
    },
  };
}
