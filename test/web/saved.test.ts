/** A run goes from the playground to Node and back with the same bits. */
import { join } from "node:path";
import { strToU8, unzipSync, zipSync } from "fflate";
import { expect, it } from "vitest";
import { encodeSafetensors, resume, train } from "../../lib/index.js";
import { sha256 } from "../../lib/run/disk/sums.js";
import { unzipInto, zipFolder } from "../../web/files/zip.js";
import { scratch, WORDS, wordsFile } from "../train/support.js";
import { listOf, type Told, Worker } from "./support.js";

const folder = scratch();
const SETTINGS = { hidden: 20, embedding: 4, steps: 300, lr: "0.1" };
const BESIDES = { evalEvery: 50, logEvery: 10, checkpointEvery: 100 };

const digestOf = (result: Awaited<ReturnType<typeof train>>): string =>
  sha256(encodeSafetensors(result.model.stateDict(), { step: String(result.steps) }));

const uninterrupted = async (): Promise<string> =>
  digestOf(await train({ data: wordsFile(folder()), ...SETTINGS }));

/** Trains for a while, and saves. */
async function saved(): Promise<Told<"saved">> {
  const worker = new Worker(folder());
  worker.reset(0, SETTINGS, listOf(WORDS));
  for (let i = 0; i < 120; i++) worker.send({ kind: "step" });
  worker.send({ kind: "save" });
  return worker.all("saved")[0];
}

it("is gone on with in Node, to the same bits", async () => {
  const { name, bytes } = await saved();
  expect(name).toBe("mm-train-run-120.zip");
  const run = folder();
  unzipInto(bytes, run, name);
  const result = await resume(run, { data: join(run, "list", "words.txt") });
  expect(result.steps).toBe(SETTINGS.steps);
  expect(digestOf(result)).toBe(await uninterrupted());
});

it("is opened again here, with what it measured, to the same bits", async () => {
  const { name, bytes } = await saved();
  const worker = new Worker(folder());
  worker.send({ kind: "open", run: 7, archive: { name, bytes }, list: { kind: "names" } });
  const ready = worker.all("ready")[0];
  expect(ready.step).toBe(120);
  expect(ready.list).toMatchObject({ kind: "file", name: "words.txt" });
  expect(ready.history.minibatches.length).toBeGreaterThan(50);
  expect(ready.history.dev.map(({ step }) => step)).toEqual([30, 60, 90]);
  expect(await worker.runToEnd()).toBe(await uninterrupted());
});

it("comes from Node, with the list that the page has", async () => {
  const dir = join(folder(), "run");
  const stop = new AbortController();
  const data = wordsFile(folder());
  const settings = { data, ...SETTINGS, ...BESIDES };
  const onStep = (step: number): void => void (step === 100 && stop.abort());
  const { steps } = await train({ ...settings, out: dir, onStep, signal: stop.signal });
  expect(steps).toBeLessThan(SETTINGS.steps);
  const bytes = zipFolder(dir);
  const worker = new Worker(folder());
  const archive = { name: "run.zip", bytes };
  worker.send({ kind: "open", run: 1, archive, list: listOf([...WORDS, "other"]) });
  expect(worker.all("refused")[0].message).toContain(
    "run.zip: comes without its list, and was trained on other words: choose that list here first",
  );
  worker.send({ kind: "open", run: 2, archive, list: listOf(WORDS, "words.txt") });
  expect(worker.all("ready")[0].step).toBe(steps);
  expect(await worker.runToEnd()).toBe(await uninterrupted());
});

it.each([
  ["what is no archive", strToU8("no archive"), "not a .zip file"],
  ["one without a run", zipSync({ "a.txt": strToU8("a") }), "holds no config.json"],
  ["a name that leaves the folder", zipSync({ "../config.json": strToU8("{}") }), "config.json"],
  ["a config.json that is none", zipSync({ "config.json": strToU8("{}") }), "SHA256SUMS"],
])("refuses %s with one line", (_, bytes, message) => {
  const worker = new Worker(folder());
  worker.reset(0, SETTINGS, listOf(WORDS));
  worker.send({
    kind: "open",
    run: 1,
    archive: { name: "it.zip", bytes },
    list: { kind: "names" },
  });
  const refused = worker.all("refused")[0];
  expect(refused.message).toContain(message);
  expect(refused.message).not.toContain("\n");
  worker.send({ kind: "back", run: 0 });
  expect(worker.all("ready").at(-1)?.run).toBe(0);
});

it("refuses a damaged file of a run by its name", async () => {
  const { bytes } = await saved();
  const files = unzipSync(bytes);
  const path = "mm-train-run/state.safetensors";
  files[path][200] ^= 1;
  const worker = new Worker(folder());
  const archive = { name: "it.zip", bytes: zipSync(files) };
  worker.send({ kind: "open", run: 1, archive, list: { kind: "names" } });
  expect(worker.all("refused")[0].message).toMatch(/state\.safetensors.*SHA-256/);
});
