/** Runs that the page keeps: as the worker makes their archives, in a database of this test. */
import { beforeEach, expect, it } from "vitest";
import { Keeper } from "../../web/playground/keep/keeper.js";
import type { KeptRun, KeptRuns } from "../../web/playground/keep/kept-runs.js";
import { INITIAL } from "../../web/playground/settings.js";
import { Store } from "../../web/playground/store.js";
import { scratch, WORDS } from "../train/support.js";
import { listOf, Worker } from "./support.js";

const folder = scratch();

class Kept implements KeptRuns {
  readonly all = new Map<string, { run: KeptRun; archive: Uint8Array }>();
  /** says why, where it takes nothing */
  full: string | undefined;
  list = () => Promise.resolve([...this.all.values()].map(({ run }) => run));
  put(run: KeptRun, archive: Uint8Array): Promise<void> {
    if (this.full !== undefined) return Promise.reject(new Error(this.full));
    this.all.set(run.key, { run, archive });
    return Promise.resolve();
  }
  archive = (key: string) => Promise.resolve(this.all.get(key)?.archive);
  remove(key: string): Promise<void> {
    this.all.delete(key);
    return Promise.resolve();
  }
  get steps(): number[] {
    return [...this.all.values()].map(({ run }) => run.step).sort((a, b) => a - b);
  }
}

let kept: Kept;
let clock: number;
beforeEach(() => {
  [kept, clock] = [new Kept(), 0];
});

/** A visit of the page. */
function visit() {
  const worker = new Worker(folder());
  let told = 0;
  const settings = { ...INITIAL, hidden: 5, steps: 200 };
  const addressed = { settings, list: listOf(WORDS), problems: [] };
  const store = new Store(addressed, (command) => worker.send(command), () => undefined); // prettier-ignore
  const keeper = new Keeper(store, kept, (command) => worker.send(command), () => clock); // prettier-ignore
  /** What the worker has told reaches the page, until nothing more comes of it. */
  const settle = async (): Promise<void> => {
    for (let quiet = 0; quiet < 5; quiet++) {
      for (; told < worker.reports.length; quiet = 0) {
        const report = worker.reports[told++];
        if (report.kind === "kept" || report.kind === "notKept") await keeper.hear(report);
        else store.hear(report);
      }
      await new Promise((done) => setImmediate(done));
    }
  };
  return { store, keeper, worker, settle };
}

it("a run that stands still is kept, and gone on with at the next visit, to the same bits", async () => {
  const first = visit();
  await first.settle();
  expect(first.keeper.wouldLose).toBe(false);
  for (let i = 0; i < 3; i++) first.store.step();
  await first.settle();
  expect(kept.steps).toEqual([3]);
  expect(first.keeper.wouldLose).toBe(false);
  expect(await first.keeper.offered()).toEqual([]);

  const second = visit();
  await second.settle();
  const [offer] = await second.keeper.offered();
  expect(offer).toMatchObject({
    step: 3,
    steps: 200,
    about: "words.txt, hidden units 5, steps 200",
  });
  await second.keeper.goOn(offer);
  await second.settle();
  expect(second.store.state.current).toMatchObject({ step: 3, settings: { hidden: 5 } });
  expect(kept.steps).toEqual([3]); // its own copy in place of the first
  expect(await second.keeper.offered()).toEqual([]);
  const gone = second.worker.next("digest", ({ step }) => step === 200);
  second.store.toggle();
  const other = visit();
  await other.settle();
  const whole = other.worker.next("digest", ({ step }) => step === 200);
  other.store.toggle();
  expect((await gone).sha256).toBe((await whole).sha256);
});

it("a training is kept every few seconds, and at once where the page is hidden", async () => {
  const { store, keeper, worker, settle } = visit();
  await settle();
  store.change("steps", 1_000_000);
  store.toggle();
  const goOn = async (steps = 20): Promise<number> => {
    const from = store.state.current.step;
    await worker.next("frame", ({ step }) => step >= from + steps);
    await settle();
    return kept.steps[0];
  };
  const first = await goOn();
  expect(first).toBeGreaterThan(0);
  expect(await goOn()).toBe(first); // too soon
  expect(keeper.wouldLose).toBe(false);
  clock += 6000;
  const second = await goOn();
  expect(second).toBeGreaterThan(first);
  keeper.look(true);
  expect(await goOn()).toBeGreaterThan(second);
  store.toggle();
  await settle();
  expect(kept.steps).toEqual([store.state.current.step]);
});

it("earlier runs of the page are kept too, as long as it has them", async () => {
  const { store, settle } = visit();
  await settle();
  store.step();
  store.step();
  await settle();
  store.reset();
  await settle();
  store.step();
  await settle();
  expect(kept.steps).toEqual([1, 2]);
  store.forget(store.state.past[0]);
  await settle();
  expect(kept.steps).toEqual([1]);
});

it("where nothing can be kept the reader is told, and asked before the page is left", async () => {
  kept.full = "QuotaExceededError";
  const { store, keeper, settle } = visit();
  await settle();
  store.step();
  await settle();
  expect(store.state.notices).toEqual([expect.stringMatching(/keeps no runs: save/)]);
  expect(keeper.wouldLose).toBe(true);
});

it("one that is damaged, or was removed, is refused in a line and stays what it is", async () => {
  const first = visit();
  await first.settle();
  first.store.step();
  await first.settle();
  const [[key, entry]] = kept.all;
  kept.all.set(key, { ...entry, archive: entry.archive.slice(0, 100) });
  const second = visit();
  await second.settle();
  await second.keeper.goOn(entry.run);
  await second.settle();
  expect(second.store.state.current.problem).toMatch(/^the run of .*not a \.zip file/);
  expect([...kept.all.keys()]).toEqual([key]);
  second.keeper.remove(entry.run);
  await expect(second.keeper.goOn(entry.run)).rejects.toThrow("kept no longer");
});
