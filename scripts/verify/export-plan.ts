/**
 * Writes a training on the shipped names down for native/test/replay.cc: `export-plan.ts FILE BATCH
 * STEPS`. What is written is what the addon is told: memory, commands, and the words fed before
 * each step. Prints the hash of the parameters that the addon ends with.
 */
import { loadedBinding } from "./loaded-binding.js";
import { writeFileSync } from "node:fs";
import type { Tensor } from "../../lib/index.js";
import { lectureTrainer } from "../../test/train/programs/lecture-trainer.js";
import { parameterHash } from "../../test/train/support.js";

const [file, batch, steps] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const binding = loadedBinding();
const { createPlan, runPlan } = binding;

let told: Parameters<typeof createPlan> | undefined;
let memory: Int32Array[] = [];
let fed: Int32Array[] = [];
/** The words of rows [buffer, offset, words]. */
const wordsOf = (rows: Int32Array): number =>
  rows.reduce((sum, word, i) => (i % 3 === 2 ? sum + word : sum), 0);

Object.assign(binding, {
  createPlan: (...args: Parameters<typeof createPlan>) => createPlan(...(told = args)),
  runPlan(...args: Parameters<typeof runPlan>) {
    const [, buffers, count, words] = args;
    if (memory.length === 0) memory = buffers.map((buffer) => new Int32Array(buffer.slice(0)));
    if (told !== undefined) fed.push(words.slice(0, count * wordsOf(told[1])));
    return runPlan(...args);
  },
} satisfies Partial<typeof binding>);

const trainer = lectureTrainer(batch);
const { model, generator } = trainer.options;
const parameters = model.parameters();
const start = {
  parameters: parameters.map((p) => p.detach().clone()),
  generator: generator.getState(),
};

// The first steps run as written. Once there is a plan, training begins again, and all of it is
// replayed.
trainer.trainSteps(3);
for (const [i, p] of parameters.entries()) p.detach().copy_(start.parameters[i]);
generator.setState(start.generator);
trainer.step = 0;
[memory, fed] = [[], []];
trainer.trainSteps(steps);
if (told === undefined)
  throw new Error("export-plan: no step was replayed; is this the native backend?");

const [commands, feeds, fetches, buffers] = told;
const place = ({ storage: { slab, start: at }, numel }: Tensor): number[] => [
  buffers.indexOf(slab.buffer),
  at,
  numel,
];
const list = (words: Int32Array): Int32Array[] => [Int32Array.of(words.length), words];
const lists = [commands, feeds, fetches, Int32Array.from(parameters.flatMap(place))].flatMap(list);
const count = fed.reduce((sum, words) => sum + words.length, 0);
const parts = [
  Int32Array.of(memory.length),
  ...memory.flatMap(list),
  ...lists,
  Int32Array.of(count),
  ...fed,
];
writeFileSync(
  file,
  Buffer.concat(parts.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength))),
);
console.log(parameterHash(model));
