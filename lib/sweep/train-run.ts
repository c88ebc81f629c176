/** Trains a run of a sweep in this process, from wherever its folder is. */
import { setTimeout } from "node:timers/promises";
import type { Words } from "../data/index.js";
import { TrainingError, UsageError } from "../errors.js";
import { isAtWork } from "../run/disk/lock.js";
import type { Settings } from "../run/settings/parse-config.js";
import { resume, train } from "../run/train.js";
import { isBegun } from "./folder/run-state.js";
import type { News, Order, Outcome } from "./workers.js";

/** Milliseconds between two looks at a lock; of a process that lost its sweep, and saves. */
const LOOK = 100;
const PATIENCE = 60_000;
/** Milliseconds between two pieces of news. */
const NEWS = 100;

/**
 * @throws MmError of a training that fails, but for divergence, which is an outcome; UsageError
 *   before the first step where the corpus holds other words than were ordered
 */
export async function trainRun(
  { dir, settings, until, wordsSha256 }: Order,
  words: Words | undefined,
  { onNews, signal }: { onNews: (news: News) => void; signal: AbortSignal },
): Promise<Outcome> {
  let [told, last]: [number, News | undefined] = [-Infinity, undefined];
  const onStep = (step: number, loss: number): void => {
    last = { step: step + 1, loss };
    const now = performance.now();
    if (now - told < NEWS) return;
    told = now;
    onNews(last);
  };
  const onStart = (run: { readonly wordsSha256: string }): void => {
    if (run.wordsSha256 !== (wordsSha256 ?? run.wordsSha256))
      throw new UsageError(
        `${settings.data ?? "names"} holds other words than the sweep's, expected the same: ` +
          "losses over other words do not compare (put them back, or name them with --data)",
      );
  };
  const onSaved = (): void => {
    if (last !== undefined) onNews({ ...last, saved: true });
  };
  for (let waited = 0; isAtWork(dir) && waited < PATIENCE; waited += LOOK) await setTimeout(LOOK);
  try {
    const listeners = { onStart, onStep, onSaved, signal };
    const { steps, interrupted } = isBegun(dir)
      ? await resume(dir, { words, ...filesOf(settings, words), until, ...listeners })
      : await train({ ...settings, words, out: dir, until, ...listeners });
    // At its pause it is done, unless the loss there was not measured any more.
    const isDone = !interrupted || (steps === until && !signal.aborted);
    return { state: isDone ? "done" : "stopped" };
  } catch (error) {
    if (error instanceof TrainingError) return { state: "diverged", why: error.message };
    throw error;
  }
}

/** Where its files are here: a run that goes on may have begun on another host. */
const filesOf = ({ data, devData, testData }: Settings, words: Words | undefined) => ({
  data: words === undefined ? data : undefined,
  devData: devData ?? undefined,
  testData: testData ?? undefined,
});
