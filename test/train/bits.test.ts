/**
 * Same seed, same bits: on every instruction set, number of threads and backend. Each in a process
 * of its own.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { backend, supportedIsas } from "../../lib/index.js";
import { DIGESTS } from "./recorded-digests.js";
import { runProgram } from "./support.js";

/**
 * 32: the lecture's batch. 4,096: 49 MFLOP per product, far above the 6 MFLOP from which threads
 * share one.
 */
const SMALL = "32@10,300";
const LARGE = "4096@1,20";
const CHECKPOINTS = ["32@10", "32@300", "4096@1", "4096@20"];

describe.skipIf(backend() !== "native")("parameters after training", () => {
  let expected: Record<string, string>;
  beforeAll(async () => {
    expected = await runProgram("bits", [SMALL, LARGE], { MM_THREADS: "1" });
  });

  it("change from step to step", () => {
    expect(Object.keys(expected)).toEqual(CHECKPOINTS);
    expect(new Set(Object.values(expected)).size).toBe(CHECKPOINTS.length);
  });

  it("are the recorded ones", async () => {
    expect(await runProgram("bits", Object.keys(DIGESTS))).toEqual(DIGESTS);
  });

  const combinations = supportedIsas().flatMap((isa) =>
    [1, 2].map((threads) => ({ isa, threads })),
  );
  it.each(combinations)(
    "are the same bits on $isa with $threads threads",
    async ({ isa, threads }) => {
      expect(
        await runProgram("bits", [SMALL, LARGE], { MM_ISA: isa, MM_THREADS: String(threads) }),
      ).toEqual(expected);
    },
  );

  it("are the same bits when every step runs as written", async () => {
    expect(await runProgram("bits", [SMALL, LARGE], { MM_TEST_EAGER: "1" })).toEqual(expected);
  });

  it("are the same bits on the reference backend", async () => {
    // About a hundred times slower, so it stops after the first checkpoints.
    const { "32@10": small, "4096@1": large } = expected;
    const same = { "32@10": small, "4096@1": large };
    expect(await runProgram("bits", ["32@10", "4096@1"], { MM_BACKEND: "reference" })).toEqual(
      same,
    );
  });
});
