/** The ratios that the project has set itself, from one run. */
import { type Spread, spread } from "../../lib/bench/measure.js";
import { PAPER_BATCHES, PRODUCTS } from "./contests.js";
import type { ContestResult, Result } from "./run.js";
import type { WholeRun } from "./whole-run.js";

export interface Goal {
  readonly what: string;
  readonly goal: string;
  /** undefined: who is compared could not take part */
  readonly measured?: Spread | number;
  readonly unit: string;
  readonly met?: boolean;
}

/** Ratios round by round: neighbours in time share what the machine did. */
const ratio = (a: readonly number[], b: readonly number[]): Spread =>
  spread(a.map((x, i) => x / b[i]));

const median = ({ rates = [] }: Result): number =>
  rates.length === 0 ? Number.NaN : spread(rates).median;
const fastest = (results: readonly (Result | undefined)[]): Result | undefined =>
  results
    .filter((r) => r?.rates !== undefined)
    .reduce(
      (best, r) => (best === undefined || (r && median(r) > median(best)) ? r : best),
      undefined,
    );

export function goals(contests: readonly ContestResult[], whole: WholeRun): Goal[] {
  const find = (task: string, size: number, key: string): Result | undefined =>
    contests.find((c) => c.task === task && c.size === size)?.results.find((r) => r.key === key);
  const atLeast = (
    what: string,
    goal: number,
    a: Result | undefined,
    b: Result | undefined,
    unit: "x" | "%" = "x",
  ): Goal => {
    const text = unit === "x" ? `>= ${goal}x` : `>= ${goal} %`;
    if (!a?.rates || !b?.rates) return { what, goal: text, unit };
    const factor = unit === "%" ? 100 : 1;
    const measured = ratio(
      a.rates.map((x) => x * factor),
      b.rates,
    );
    return { what, goal: text, measured, unit, met: measured.median >= goal };
  };
  const step = (batch: number, key: string) => find("step", batch, key);
  const words = (key: string) => find("words", 256, key);
  const at512 = (key: string) => find("matmul", 512, key);
  const peers = (batch: number) =>
    fastest(["torch1", "torch2", "jax1", "jax2"].map((key) => step(batch, key)));
  const sets = ["avx512", "avx2", "neon"].filter((isa) => at512(`ours-${isa}`) !== undefined);
  const flat = (100 * whole.memory.late) / whole.memory.early - 100;
  return [
    atLeast(
      "batch 32: replay, 1 thread / PyTorch, 1 thread",
      10.5,
      step(32, "ours1"),
      step(32, "torch1"),
    ),
    atLeast("batch 32: replay, 1 thread / JAX, 1 core", 2.1, step(32, "ours1"), step(32, "jax1")),
    atLeast(
      "batch 32: eager, 1 thread / PyTorch, 1 thread",
      5.5,
      step(32, "eager1"),
      step(32, "torch1"),
    ),
    atLeast(
      `batch 256: best / best peer (${peers(256)?.label ?? "none"})`,
      2.6,
      fastest([step(256, "ours1"), step(256, "ours2")]),
      peers(256),
    ),
    atLeast(
      `batch 4096: 2 threads / best peer (${peers(4096)?.label ?? "none"})`,
      2.1,
      step(4096, "ours2"),
      peers(4096),
    ),
    ...sets.map((isa) =>
      atLeast(
        `512^3, ${isa}: share of the FMA peak`,
        80,
        at512(`ours-${isa}`),
        at512(`peak-${isa}`),
        "%",
      ),
    ),
    ...PRODUCTS.map((n) =>
      atLeast(
        `${n}^3: 1 thread / OpenBLAS`,
        1,
        find("matmul", n, "ours1"),
        find("matmul", n, "openblas1"),
      ),
    ),
    atLeast("512^3: 1 thread / naive JavaScript", 100, at512("ours1"), at512("naive")),
    atLeast("512^3: 1 thread / tiled JavaScript", 30, at512("ours1"), at512("tiled")),
    atLeast("words: 1 thread / PyTorch, 1 thread", 2, words("ours1"), words("torch1")),
    atLeast("words: 2 threads / PyTorch, 2 threads", 2, words("ours2"), words("torch2")),
    ...PAPER_BATCHES.flatMap((batch) =>
      [1, 2].map((t) =>
        atLeast(
          `MLP9, batch ${batch}: ${t} thread${t === 1 ? "" : "s"} / PyTorch's same`,
          2,
          find("paper", batch, `ours${t}`),
          find("paper", batch, `torch${t}`),
        ),
      ),
    ),
    atLeast("batch 4096: 2 threads / 1 thread", 1.7, step(4096, "ours2"), step(4096, "ours1")),
    atLeast("words: 2 threads / 1 thread", 1.7, words("ours2"), words("ours1")),
    atLeast("batch 32: 2 threads / 1 thread", 1, step(32, "ours2"), step(32, "ours1")),
    {
      what: `\`npx mm-train\`, ${whole.steps.toLocaleString("en")} steps: wall time`,
      goal: "< 8 s",
      measured: whole.seconds,
      unit: "s",
      met: whole.seconds < 8,
    },
    {
      what:
        `memory after ${whole.memory.steps.toLocaleString("en")} steps beside a tenth of them ` +
        `(${whole.memory.early.toFixed(0)} MiB)`,
      goal: "flat: < 10 % more",
      measured: flat,
      unit: "%",
      met: flat < 10,
    },
  ];
}
