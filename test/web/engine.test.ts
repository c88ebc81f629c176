/** The worker of the playground trains as `mm-train` does, however it is interrupted. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { expect, it } from "vitest";
import { DataError, encodeSafetensors, train } from "../../lib/index.js";
import { loadCorpus } from "../../lib/run/corpus/corpus.js";
import { errorOf, scratch, WORDS, wordsFile } from "../train/support.js";
import { listOf, Worker } from "./support.js";

const folder = scratch();
const SETTINGS = { hidden: 20, embedding: 4, steps: 300, lr: "0.1" };

/** SHA-256 of the model.safetensors that `train` ends with. */
async function trained(settings: object): Promise<string> {
  const { model, steps } = await train({ data: wordsFile(folder()), ...settings });
  const bytes = encodeSafetensors(model.stateDict(), { step: String(steps) });
  return createHash("sha256").update(bytes).digest("hex");
}

it("ends with the bits of `train`", async () => {
  const worker = new Worker(folder());
  worker.reset(0, SETTINGS, listOf(WORDS));
  expect(await worker.runToEnd()).toBe(await trained(SETTINGS));
  const losses = worker.all("frame").flatMap(({ losses }) => [...losses]);
  expect(losses).toHaveLength(SETTINGS.steps);
});

it("has the same bits after pauses, single steps, and another run between", async () => {
  // Many more steps than a turn has, so that it is paused before the end.
  const long = { ...SETTINGS, steps: 10_000, logEvery: 10_000, evalEvery: 10_000 };
  const settings = { ...long, dropout: 0.2, optimizer: "adamw", lr: "0.01", order: "shuffled" };
  const worker = new Worker(folder());
  worker.reset(0, settings, listOf(WORDS));
  worker.send({ kind: "step" });
  worker.send({ kind: "run" });
  await worker.next("frame", ({ step }) => step > 10);
  worker.send({ kind: "pause" });
  const paused = worker.all("frame").at(-1);
  expect(paused).toMatchObject({ running: false });
  worker.send({ kind: "step" });
  expect(worker.all("frame").at(-1)?.step).toBe((paused?.step ?? 0) + 1);
  worker.reset(1, { ...settings, seed: 5 }, listOf(WORDS));
  expect(await worker.runToEnd()).not.toBe(await trained(settings));
  worker.send({ kind: "back", run: 0 });
  expect(await worker.runToEnd()).toBe(await trained(settings));
});

it("answers a pause at once: no step is done after it", async () => {
  const worker = new Worker(folder());
  worker.reset(0, { ...SETTINGS, steps: 1_000_000 }, listOf(WORDS));
  worker.send({ kind: "run" });
  await worker.next("frame", ({ step }) => step > 20);
  worker.send({ kind: "pause" });
  const at = worker.all("frame").at(-1)?.step;
  // The losses of all examples, which are measured then.
  await worker.next("measured", ({ split }) => split === "train");
  expect(worker.all("frame").at(-1)?.step).toBe(at);
});

it("tells what a list cannot be read for, as the library does, and goes on", async () => {
  const worker = new Worker(folder());
  worker.reset(0, SETTINGS, listOf(["a", "b"], "few.txt"));
  const { message } = worker.all("refused")[0];
  const file = wordsFile(folder(), ["a", "b"], "few.txt");
  const error = await errorOf(DataError, () => loadCorpus(file, 3, 42));
  expect(message.replace(/^.*few\.txt/, "")).toBe(error.message.replace(/^.*few\.txt/, ""));
  worker.send({ kind: "run" });
  worker.send({ kind: "step" });
  worker.send({ kind: "save" });
  worker.reset(1, SETTINGS, listOf(WORDS));
  expect(worker.all("ready")).toHaveLength(1);
});

it("tells what is wrong with a setting, by its name", () => {
  const worker = new Worker(folder());
  worker.reset(0, { ...SETTINGS, lr: "fast" }, listOf(WORDS));
  expect(worker.all("refused")[0].message).toMatch(/^lr: .*got "fast"/);
});

it("shows what looks odd in a list", () => {
  const worker = new Worker(folder());
  worker.reset(0, SETTINGS, listOf([...WORDS, "two  blanks"]));
  const { facts } = worker.all("ready")[0];
  expect(facts.corpus.warnings.map(({ kind }) => kind)).toContain("blanks");
  expect(facts.characters[0]).toBe(".");
});

it("ends where the loss does, and keeps what was reached", async () => {
  const worker = new Worker(folder());
  worker.reset(0, { ...SETTINGS, lr: "1e30" }, listOf(WORDS));
  const failed = worker.next("failed");
  worker.send({ kind: "run" });
  expect((await failed).message).toContain("diverged");
  expect(worker.all("frame").at(-1)).toMatchObject({ running: false, done: true });
  worker.send({ kind: "run" });
  expect(worker.all("frame").at(-1)).toMatchObject({ running: false });
});

it("says what follows a prefix, and which character it does not know", () => {
  const worker = new Worker(folder());
  worker.reset(0, SETTINGS, listOf(WORDS));
  worker.send({ kind: "prefix", text: "an" });
  const { likely, prefix } = worker.all("next").at(-1) ?? { likely: [] };
  expect(prefix).toBe("an");
  expect(likely.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
  const probabilities = likely.map(({ probability }) => probability);
  expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
  worker.send({ kind: "prefix", text: "Ω" });
  expect(worker.all("next").at(-1)).toMatchObject({
    likely: [],
    problem: expect.stringMatching(/Ω/),
  });
});

it("names the command that ends with the same file", async () => {
  const worker = new Worker(folder());
  worker.reset(0, { ...SETTINGS, lr: "0.1" }, { kind: "names" });
  worker.send({ kind: "step" });
  expect(worker.all("digest").at(-1)?.command).toBe(
    "npx mm-train --embedding 4 --hidden 20 --lr 0.1 --steps 1",
  );
  worker.reset(1, { ...SETTINGS, lr: "cosine:0.1->0" }, listOf(WORDS, join("a", "my words.txt")));
  worker.send({ kind: "step" });
  expect(worker.all("digest").at(-1)?.command).toBeUndefined(); // its rates depend on all steps
  await worker.runToEnd();
  expect(worker.all("digest").at(-1)?.command).toBe(
    "npx mm-train --data 'my words.txt' --embedding 4 --hidden 20 --lr 'cosine:0.1->0' --steps 300",
  );
});
