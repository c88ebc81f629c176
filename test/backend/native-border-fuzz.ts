/** Run by native-border.test.ts in a process of its own: any word anywhere, buffers of any kind; only exceptions of the border may come. */
import fc from "fast-check";
import { binding, KERNELS } from "./native-binding.js";

const small = fc.integer({ min: 0, max: 9 });
const word = fc.oneof(
  { weight: 12, arbitrary: small },
  { weight: 2, arbitrary: fc.integer({ min: -9, max: 300 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 64, 2 ** 15, 2 ** 16, 2 ** 30, 2 ** 31 - 1, -(2 ** 31)) },
);
const buffer = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(256, 1024, 1000, 4096).map((words) => new ArrayBuffer(words * 4)) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 2, 3, 7).map((bytes) => new ArrayBuffer(bytes)) },
  { weight: 1, arbitrary: fc.constantFrom(undefined, null, 1, "x", new Float32Array(64), {}) },
  {
    weight: 1,
    arbitrary: fc.constant(0).map(() => {
      const gone = new ArrayBuffer(64);
      structuredClone(gone, { transfer: [gone] });
      return gone;
    }),
  },
);

let accepted = 0;
let refused = 0;

fc.assert(
  fc.property(
    fc.integer({ min: -1, max: KERNELS.length }),
    fc.array(word, { minLength: 64, maxLength: 64 }),
    fc.array(buffer, { minLength: 0, maxLength: 6 }),
    fc.boolean(),
    (id, words, buffers, same) => {
      binding.control.set(words);
      // Strides of 0 let a product be as long as it likes with two words of memory: legal, but not here.
      if (id === 0 && binding.control[7] > 1000) binding.control[7] = 1000;
      const shared = buffers[0];
      try {
        const position = binding.run(id, ...((same ? buffers.map(() => shared) : buffers) as [ArrayBuffer]));
        if (!Number.isInteger(position) || position < -1) throw new Error(`returned ${position}`);
        accepted++;
      } catch (error) {
        if ((error as { code?: string }).code !== "ERR_MM_BOUNDS") throw error;
        refused++;
      }
    },
  ),
  { numRuns: 20_000, verbose: true },
);
console.log(`accepted ${accepted} refused ${refused}`);
