/**
 * Nothing to dispose: memory stays flat over a long training, in a loop that never yields and in
 * the command line's. And a corpus takes little of it.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { backend } from "../../lib/index.js";
import { jsonLines, mmTrain, runProgram, scratch, startMmTrain } from "./support.js";

/** The heap has found its size after this many steps. */
const WARM = 10_000;
const STEPS = 100_000;
/**
 * One step allocates 0.15 MB: a leak of a thousandth of it would grow by 13 MB, so 60 MB is only
 * the collector's rhythm.
 */
const GROWTH = 60e6;

const folder = scratch();

describe.skipIf(backend() !== "native")("resident memory", () => {
  it.concurrent("stays flat in a synchronous loop whose losses are kept", async () => {
    const { before, after, losses } = await runProgram<{
      before: number;
      after: number;
      losses: number;
    }>("memory", [String(WARM), String(STEPS)]);
    expect(losses).toBe(STEPS);
    expect(after - before).toBeLessThan(GROWTH);
  });

  // The memory of another process can be read from a file on Linux only.
  it.skipIf(!existsSync("/proc/self/status")).concurrent(
    "stays flat in the command line's training",
    async () => {
      const { child, finished } = startMmTrain(
        [
          "train",
          "--steps",
          String(STEPS),
          "--json",
          "--log-every",
          "500",
          "--samples",
          "0",
          "--out",
          "run",
        ],
        folder(),
      );
      const resident = () =>
        1024 *
        Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]);
      let before = 0;
      let after = 0;
      if (child.stdout === null) throw new Error("no output to read");
      for await (const line of createInterface(child.stdout)) {
        const event = JSON.parse(line) as { event: string; step: number };
        if (event.event === "result") break;
        if (event.event !== "step") continue;
        if (event.step <= WARM) before = Math.max(before, resident());
        else after = Math.max(after, resident());
      }
      expect((await finished).code).toBe(0);
      expect(after).toBeGreaterThan(0);
      expect(after - before).toBeLessThan(GROWTH);
    },
  );
});

it("half a million words are trained on in a heap of 64 MB, where their strings did not fit", async () => {
  const cwd = folder();
  const word = (i: number) => (Math.imul(i, 2654435761) >>> 0).toString(36);
  const words = Array.from({ length: 500_000 }, (_, i) => word(i));
  writeFileSync(join(cwd, "words.txt"), words.join("\n"));
  const small = ["--steps", "10", "--hidden", "1", "--embedding", "1", "--samples", "5"];
  const { code, stdout, stderr } = await mmTrain(
    ["words.txt", ...small, "--out", "run", "--json"],
    cwd,
    { NODE_OPTIONS: "--max-old-space-size=64" },
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { steps, marks } = jsonLines<{ steps: number; marks: string[] }>(stdout).at(-1) ?? {};
  expect([steps, marks?.length]).toEqual([10, 5]);
});
