/** The page of a training that this process does. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resume, train } from "../../lib/index.js";
import { LiveView } from "../../lib/lab/live-view.js";
import type { LiveNews, RunDetails } from "../../lib/lab/protocol.js";
import { scratch, WORDS } from "../train/support.js";
import { FILES } from "./support.js";

const folder = scratch();
const SETTINGS = {
  words: WORDS,
  steps: 40,
  hidden: 4,
  logEvery: 5,
  evalEvery: 10,
  pictures: false,
};

interface Shown {
  readonly view: LiveView;
  ask<T>(path: string): Promise<T>;
}

/** What `mm-train --open` does, until the training has ended. */
async function trained(
  dir: string,
  onBegin: (shown: Shown) => void = () => undefined,
): Promise<Shown> {
  const view = await LiveView.start(FILES);
  let address = "";
  const shown: Shown = {
    view,
    ask: async <T>(path: string) => {
      const [origin, query] = address.split("#runs?");
      const headers = { Authorization: `Bearer ${new URLSearchParams(query).get("token")}` };
      return (await (await fetch(`${origin}api/${path}`, { headers })).json()) as T;
    },
  };
  await train({
    ...SETTINGS,
    out: dir,
    onStart: ({ run, step }) => {
      address = view.begin(String(run), step, SETTINGS.steps);
      onBegin(shown);
    },
    onStep: (step, loss, logged) => {
      if (logged) view.minibatch(step, loss);
    },
    onDevLoss: (step, loss) => view.devLoss(step, loss),
  });
  return shown;
}

describe("a live view", () => {
  it("has each loss once, before it is on the disk", async () => {
    const asked: Promise<unknown>[] = [];
    const { view, ask } = await trained(join(folder(), "run"), (shown) => {
      asked.push(shown.ask("runs"), shown.ask("runs/run"), shown.ask("runs/run/live"));
    });
    const [list, details] = await Promise.all(asked);
    expect(list).toMatchObject({ runs: [{ name: "run" }] });
    expect(details).toMatchObject({
      name: "run",
      command: expect.stringMatching(/--hidden 4/) as string,
    });
    const all = await ask<LiveNews>("runs/run/live");
    expect(all.minibatches.map(([step]) => step)).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 39]);
    expect(all.dev.map(([step]) => step)).toEqual([10, 20, 30]);
    expect(all).toMatchObject({ state: "training", steps: 40, restarted: true, more: false });
    view.minibatch(40, 1.5);
    const next = await ask<LiveNews>(`runs/run/live?cursor=${all.cursor}`);
    expect(next).toMatchObject({ minibatches: [[40, 1.5]], dev: [], restarted: false });
    expect(await ask(`runs/run/live?cursor=99999`)).toMatchObject({ restarted: true });
    expect(await ask("runs/other/live")).toMatchObject({ error: expect.any(String) as string });
    await Promise.all([view.end(), ask("runs/run")]);
  });

  it("ends when a page that is open has the end, and not before", async () => {
    const { view, ask } = await trained(join(folder(), "run"));
    await ask("runs/run/live");
    let ended = false;
    const end = view.end().then(() => (ended = true));
    expect(await ask("runs/run/live")).toMatchObject({ state: "done" });
    expect(ended).toBe(false);
    const details = await ask<RunDetails>("runs/run");
    expect(details.result?.samples.length).toBeGreaterThan(0);
    await end;
    await expect(ask("runs/run")).rejects.toThrow("fetch failed");
  });

  it("keeps nobody waiting where no page is open, or one has left", async () => {
    const unseen = await trained(join(folder(), "run"));
    await unseen.view.end();
    const left = await trained(join(folder(), "run"));
    await left.ask("runs/run/live");
    await left.view.end(); // and does not ask for the end
    await expect(left.ask("runs/run")).rejects.toThrow("fetch failed");
  });

  it("of a run that goes on has what was measured before", async () => {
    const dir = join(folder(), "run");
    await train({ ...SETTINGS, out: dir });
    const view = await LiveView.start(FILES);
    await resume(dir, {
      words: WORDS,
      steps: 60,
      pictures: false,
      onStart: ({ run, step }) => void view.begin(String(run), step, 60),
    });
    const news = view.live("run", "");
    expect(news?.minibatches.map(([step]) => step)).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 39]);
    expect(news?.steps).toBe(60);
    await view.end();
  });
});
