/** The view of runs: the token, the order of the table, a training put together from news. */
import { describe, expect, it } from "vitest";
import type { LabRun, LiveNews } from "../../lib/lab/protocol.js";
import { NO_NEWS, stepOf, withNews } from "../../web/lab/live-run.js";
import { compareAddress, readShown, runAddress } from "../../web/lab/route.js";
import { firstOrder, sorted } from "../../web/lab/sorted.js";
import { labToken, takeToken } from "../../web/lab/token.js";

/** A window of the address, and what becomes of that. */
function place(hash: string, kept: Record<string, string> = {}) {
  const location = { hash };
  return {
    kept,
    location,
    history: { replaceState: (_: null, __: string, url: string) => void (location.hash = url) },
    sessionStorage: {
      getItem: (key: string) => kept[key] ?? null,
      setItem: (key: string, value: string) => void (kept[key] = value),
    },
  };
}

describe("the token", () => {
  it("is taken out of the address, and kept for a reload", () => {
    const opened = place("#runs?run=a+b&token=0123");
    expect(takeToken(opened)).toBe(true);
    expect(labToken()).toBe("0123");
    expect(opened.location.hash).toBe("#runs?run=a+b");
    const reloaded = place("#playground?hidden=3", opened.kept);
    expect(takeToken(reloaded)).toBe(false);
    expect(labToken()).toBe("0123");
    expect(reloaded.location.hash).toBe("#playground?hidden=3");
  });

  it("of a later start takes the place of an earlier one", () => {
    const { kept } = place("");
    takeToken(place("#runs?token=1", kept));
    takeToken(place("#runs?token=2", kept));
    expect(labToken()).toBe("2");
    expect(Object.values(kept)).toEqual(["2"]);
  });

  it("is there where a browser keeps nothing", () => {
    const refusing = place("#runs?token=3");
    refusing.sessionStorage.setItem = () => {
      throw new Error("denied");
    };
    takeToken(refusing);
    expect(labToken()).toBe("3");
    expect(refusing.location.hash).toBe("#runs");
  });
});

it.each(["a", "a b", "x&run=y", "#?=%", "ñ\u202e", "__proto__"])(
  "an address keeps the name %j",
  (name) => {
    const query = (address: string): string => address.replace(/^#runs\?/, "");
    expect(readShown(query(runAddress(name)))).toEqual({ kind: "run", name });
    expect(readShown(query(compareAddress([name, "b"])))).toEqual({
      kind: "compare",
      names: [name, "b"],
    });
  },
);

it("the best run is first, runs without a loss last, in either order", () => {
  const run = (name: string, devLoss?: number): LabRun => ({
    name,
    devLoss,
    state: "done",
    differs: [],
    date: "",
  });
  const runs = [run("none"), run("b", 2.5), run("a", 2.1), run("run-10", 3), run("run-9", 3.5)];
  const names = (order: Parameters<typeof sorted>[1]) =>
    sorted(runs, order).map(({ name }) => name);
  expect(names(firstOrder("devLoss"))).toEqual(["a", "b", "run-10", "run-9", "none"]);
  expect(names({ column: "devLoss", descending: true })).toEqual([
    "run-9",
    "run-10",
    "b",
    "a",
    "none",
  ]);
  expect(names(firstOrder("name"))).toEqual(["a", "b", "none", "run-9", "run-10"]);
});

describe("a training", () => {
  const news = (more: Partial<LiveNews>): LiveNews => ({
    state: "training",
    cursor: "1",
    restarted: false,
    more: false,
    minibatches: [],
    dev: [],
    ...more,
  });

  it("is put together from news", () => {
    const first = withNews(
      NO_NEWS,
      news({
        restarted: true,
        minibatches: [
          [0, 3],
          [5, 2],
        ],
        steps: 40,
      }),
    );
    const next = withNews(first, news({ minibatches: [[10, 1.5]], dev: [[10, 1.7]] }));
    expect(next.minibatches.map(({ step }) => step)).toEqual([0, 5, 10]);
    expect(next.dev).toEqual([{ step: 10, loss: 1.7 }]);
    expect([stepOf(next), next.steps, next.endedHere]).toEqual([10, 40, false]);
    const back = withNews(next, news({ restarted: true, minibatches: [[0, 3]] }));
    expect([back.minibatches.length, back.dev.length]).toEqual([1, 0]);
  });

  it("that was seen to train says that it has ended; another one does not", () => {
    const seen = withNews(NO_NEWS, news({ restarted: true }));
    expect(withNews(seen, news({ state: "done" })).endedHere).toBe(true);
    expect(withNews(NO_NEWS, news({ state: "done", restarted: true })).endedHere).toBe(false);
  });
});
