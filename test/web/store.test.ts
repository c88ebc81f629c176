/** What the reader does, as commands to the worker and runs on the page. */
import { expect, it } from "vitest";
import type { Command, RunReport } from "../../web/playground/protocol.js";
import { INITIAL } from "../../web/playground/settings.js";
import { isRunning, series } from "../../web/playground/runs.js";
import { Store } from "../../web/playground/store.js";
import { scratch, WORDS } from "../train/support.js";
import { listOf, Worker } from "./support.js";

const folder = scratch();

/** A store with a worker that answers at once. */
function page(list = listOf(WORDS)) {
  const sent: Command[] = [];
  const saved: string[] = [];
  const worker = new Worker(folder());
  const settings = { ...INITIAL, hidden: 5, steps: 100_000 };
  const page: { store?: Store } = {};
  let told = 0;
  const tell = (): void => {
    while (page.store !== undefined && told < worker.reports.length)
      page.store.hear(worker.reports[told++]);
  };
  const store = new Store(
    { settings, list, problems: [] },
    (command) => {
      sent.push(command);
      worker.send(command);
      tell();
    },
    (name) => void saved.push(name),
  );
  page.store = store;
  tell();
  return { store, sent, saved, tell, worker };
}

it("a change makes a fresh run and keeps the one before it in the picture", () => {
  const { store } = page();
  store.step();
  store.step();
  store.change("hidden", 6);
  const { current, past } = store.state;
  expect(current).toMatchObject({ step: 0, settings: { hidden: 6 } });
  expect(past.map(({ step, settings }) => [step, settings.hidden])).toEqual([[2, 5]]); // prettier-ignore
  expect(past[0].minibatches.points).toHaveLength(2);
});

it("a run without a step leaves nothing behind", () => {
  const { store, sent } = page();
  store.change("hidden", 6);
  store.change("hidden", 6);
  store.change("seed", 1);
  expect(store.state.past).toEqual([]);
  expect(sent.map(({ kind }) => kind)).toEqual(["reset", "reset", "forget", "reset", "forget"]);
});

it("a run that is brought back goes on where it was", () => {
  const { store } = page();
  store.step();
  store.reset();
  store.step();
  store.step();
  store.back(store.state.past[0]);
  expect(store.state.current.step).toBe(1);
  expect(store.state.past.map(({ step }) => step)).toEqual([2]);
  store.step();
  expect(store.state.current.minibatches.points.map(({ step }) => step)).toEqual([0, 1]);
  store.forget(store.state.past[0]);
  expect(store.state.past).toEqual([]);
});

it("a training goes on with a change, from step 0", async () => {
  const { store, sent, worker, tell } = page();
  store.toggle();
  await worker.next("frame", ({ step }) => step > 0);
  tell();
  store.change("seed", 3);
  expect(sent.at(-1)).toEqual({ kind: "run" });
  expect(store.state.current).toMatchObject({ running: true, asked: undefined });
  store.toggle();
  expect(store.state.current).toMatchObject({ running: false, asked: undefined });
});

it("a click is answered before the worker has heard it, and frames on their way do not undo it", () => {
  const sent: Command[] = [];
  const addressed = { settings: INITIAL, list: listOf(WORDS), problems: [] };
  const store = new Store(
    addressed,
    (command) => void sent.push(command),
    () => undefined,
  );
  const frame = (running: boolean): void => {
    const [losses, embedding] = [new Float32Array(), new Float32Array()];
    const report = { losses, embedding, step: 1, done: false, seen: 1, stepsPerSecond: undefined };
    store.hear({ kind: "frame", run: 0, running, ...report });
  };
  store.toggle();
  expect(isRunning(store.state.current)).toBe(true);
  frame(true);
  store.toggle();
  expect(isRunning(store.state.current)).toBe(false);
  frame(true); // sent before the pause was heard
  expect(isRunning(store.state.current)).toBe(false);
  frame(false);
  frame(true); // whoever started it
  expect(isRunning(store.state.current)).toBe(true);
  expect(sent.map(({ kind }) => kind)).toEqual(["reset", "run", "pause"]);
});

it("no more than six runs are kept, and the worker forgets the others", () => {
  const { store, sent } = page();
  for (let i = 0; i < 9; i++) {
    store.step();
    store.reset();
  }
  expect(store.state.past).toHaveLength(6);
  expect(sent.filter(({ kind }) => kind === "forget")).toHaveLength(3);
});

it("a list that cannot be read is told, and the next one is", () => {
  const { store } = page(listOf(["one"], "few.txt"));
  expect(store.state.current.problem).toContain("few.txt");
  expect(store.state.current.facts).toBeUndefined();
  store.choose(listOf(WORDS));
  expect(store.state.current.problem).toBeUndefined();
  expect(store.state.current.facts?.corpus.words).toBe(WORDS.length);
});

it("a saved run is given to the reader, and opened it has its settings", () => {
  const { store, saved, worker } = page();
  store.step();
  store.save();
  expect(saved).toEqual(["mm-train-run-1.zip"]);
  store.change("hidden", 9);
  const { bytes } = worker.all("saved")[0];
  store.open("run.zip", bytes);
  expect(store.state.current).toMatchObject({ step: 1, settings: { hidden: 5 } });
  expect(store.address).toContain("hidden=5");
});

it("losses on as many examples make a line, others stand apart", () => {
  const at = (step: number, examples: number) => ({ step, loss: 2, examples });
  const losses = [at(1, 20), at(2, 20), at(3, 90), at(4, 20), at(5, 90)];
  const { line, apart } = series(losses);
  expect(line.map(({ step }) => step)).toEqual([1, 2, 4]);
  expect(apart.map(({ step }) => step)).toEqual([3, 5]);
  expect(series([])).toEqual({ line: [], apart: [] });
});

it("a report of a run that is gone changes nothing", () => {
  const { store } = page();
  const before = store.state.current;
  const late: RunReport = { kind: "bigrams", loss: 1 };
  store.hear({ ...late, run: 99 });
  expect(store.state.current).toBe(before);
});
