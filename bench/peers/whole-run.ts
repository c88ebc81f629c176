/** What a user waits for: a whole training from the command line, and the memory of a long one. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

export interface WholeRun {
  readonly steps: number;
  /** wall seconds of `mm-train --steps steps`: start, data, training, evaluation, samples, files */
  readonly seconds: number;
  readonly memory: {
    readonly steps: number;
    /** MiB resident after a tenth of the steps, and after all */ readonly early: number;
    readonly late: number;
  };
}

export function wholeRun(quick: boolean): WholeRun {
  const steps = quick ? 5000 : 200_000;
  const folder = mkdtempSync(join(tmpdir(), "mm-bench-"));
  const started = performance.now();
  execFileSync(
    process.execPath,
    [
      join(ROOT, "dist/cli/main.js"),
      "--steps",
      String(steps),
      "--out",
      join(folder, "run"),
      "--quiet",
    ],
    { stdio: "ignore" },
  );
  const seconds = (performance.now() - started) / 1000;
  rmSync(folder, { recursive: true });
  return { steps, seconds, memory: memory(quick ? 20_000 : 1_000_000) };
}

/** In a process of its own, whose memory nothing else moves. */
function memory(steps: number): WholeRun["memory"] {
  const script = `
    import { lectureTrainer } from ${JSON.stringify(join(ROOT, "lib/bench/step.ts"))};
    const train = lectureTrainer(32, true);
    const rss = () => process.memoryUsage().rss / 2 ** 20;
    const turns = (n) => { for (let i = 0; i < n; i++) train(${steps / 100}); };
    turns(10);
    const early = rss();
    turns(90);
    console.log(JSON.stringify({ early, late: rss() }));`;
  const output = execFileSync(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "-e", script],
    { encoding: "utf8", cwd: ROOT },
  );
  return { steps, ...(JSON.parse(output) as { early: number; late: number }) };
}
