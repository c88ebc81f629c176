/** What a call of the addon leaves behind: nothing that keeps memory alive. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import type { Operand } from "../../lib/backend/kernels.js";
import { loadNative } from "../../lib/backend/native/native.js";
import { allocate } from "../../lib/backend/storage.js";
import { backend } from "../../lib/index.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** More than a slab that others share. */
const LARGE = 2 ** 20;

/** A call of `count` operands, in memory that only the call knows. */
function fresh(count: 1 | 4): WeakRef<ArrayBuffer>[] {
  const operands = Array.from({ length: count }, (): Operand => ({
    storage: allocate(LARGE),
    offset: 0,
  }));
  const [a, b, loss, grad] = operands;
  const native = loadNative();
  if (count === 1) native.fill({ n: 1, value: 1, out: a });
  else native.crossEntropy({ rows: 1, cols: 2, logits: a, targets: b, scale: 1, loss, grad });
  return operands.map(({ storage }) => new WeakRef(storage.slab.buffer));
}

it.skipIf(backend() !== "native").each([1, 4] as const)(
  "the last call, of %d operands, keeps none of their memory",
  async (count) => {
    const buffers = fresh(count);
    await new Promise((resolve) => setTimeout(resolve)); // a WeakRef holds on until the next turn
    collect();
    expect(buffers.filter((buffer) => buffer.deref() !== undefined)).toEqual([]);
  },
);
