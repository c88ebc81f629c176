/**
 * In processes of their own: a crash must be a failed test with the seed in its output, not the end
 * of the run.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { backend } from "../../lib/index.js";

const here = import.meta.dirname;

/** What the program counted; `calls` at least, from a seed that is new every day. */
function fuzz(program: string, calls: number): Record<string, unknown> {
  const seed = Math.floor(Date.now() / 86_400_000);
  const child = spawnSync(
    process.execPath,
    ["--import", "tsx", join(here, program), String(calls), String(seed)],
    { encoding: "utf8" },
  );
  expect({ seed, status: child.status, signal: child.signal, stderr: child.stderr }).toEqual({
    seed,
    status: 0,
    signal: null,
    stderr: "",
  });
  return JSON.parse(child.stdout) as Record<string, unknown>;
}

test.skipIf(backend() !== "native")(
  "every entry of the addon ends in a result or an ERR_MM_BOUNDS",
  () => {
    const { calls, accepted, refused } = fuzz("native.ts", 100_000);
    expect(calls).toBeGreaterThanOrEqual(100_000);
    expect(accepted).toBeGreaterThan(10_000);
    expect(refused).toBeGreaterThan(10_000);
  },
  600_000,
);

test("random programs around a step see the same, as written and compiled, on both backends", () => {
  const { programs, equal, sealed } = fuzz("programs.ts", 2000);
  expect(programs).toBe(2000);
  expect(equal).toBeGreaterThan(1800); // the others had steps that do not repeat themselves
  expect(sealed).toBeGreaterThan(1000);
}, 600_000);

test.skipIf(backend() !== "native")(
  "every exported function ends in an answer, the same on both backends, or in an error of the library",
  () => {
    const { calls, answered, refused, silent } = fuzz("library.ts", 102_000);
    expect(calls).toBeGreaterThanOrEqual(100_000);
    expect(answered).toBeGreaterThan(10_000);
    expect(refused).toBeGreaterThan(10_000);
    expect(silent).toEqual([]);
  },
  1_800_000,
);
