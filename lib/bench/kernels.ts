/**
 * Each kernel call of the lecture's step, alone and in the order of the step, without the cost of a
 * call from JavaScript.
 */
import { setThreads } from "../backend/index.js";
import type { Gemm } from "../backend/kernels.js";
import type { Command } from "../backend/plan.js";
import { BATCHES, type Context } from "./context.js";
import { cost, total } from "./machine/cost.js";
import { measure, peakRate, peakWork, scaled, type Spread, type Work } from "./measure.js";
import { leastTime, measureCore } from "./machine/limits.js";
import { commandsWork, LECTURE, NetworkStep } from "./network.js";
import { measured, plain, type Row, type Section } from "./table.js";

/** Calls with the same kernel and sizes. */
interface Call {
  readonly kernel: string;
  readonly command: Command;
  count: number;
}

/** What a product is for, by its sizes m x n x k. */
function productName({ m, n, k }: Gemm, batch: number): string | undefined {
  const { vocabularySize: V, hidden: H } = LECTURE;
  const names: readonly [string, number, number, number][] = [
    ["logits = h W2 + b2", batch, V, H],
    ["dh = dlogits W2'", batch, H, V],
    ["dW2 = h' dlogits", H, V, batch],
  ];
  return names.find(([, ...sizes]) => sizes.join() === [m, n, k].join())?.[0];
}

function nameOf({ kernel, args }: Command, batch: number): string {
  if (kernel === "embeddingLinear") return "h = tanh(C[X] W1 + b1)";
  if (kernel === "embeddingLinearBackward") return "dC, dW1 of dh";
  if (kernel === "gemm") return productName(args, batch) ?? kernel;
  return "op" in args ? args.op : kernel;
}

function distinct(commands: readonly Command[], batch: number): Call[] {
  const calls = new Map<string, Call>();
  for (const command of commands) {
    const name = nameOf(command, batch);
    const key = `${name} ${cost(command).shape}`;
    const call = calls.get(key);
    if (call === undefined) calls.set(key, { kernel: name, command, count: 1 });
    else call.count++;
  }
  return [...calls.values()];
}

const onThreads =
  (count: number, work: Work): Work =>
  (times) => {
    setThreads(count);
    work(times);
  };

export function* benchKernels({ effort, threads }: Context): Iterable<Section | Row> {
  const many = threads[threads.length - 1];
  const short = { ...effort, seconds: effort.seconds / 4 };
  const limits = measureCore(short);
  yield {
    event: "section",
    group: "kernels",
    title: "kernel calls of the lecture's step, 1 thread, without call cost",
    note:
      "calls: of these sizes in a step; GFLOP/s of products; GB/s: each operand counted once, " +
      "from whichever cache holds it; bound: the multiply-adds at the peak, or the operands at a " +
      "copy's rate through the cache that holds them",
    columns: [
      plain("batch", "batch"),
      plain("kernel", "kernel", "", 22),
      plain("sizes", "sizes", "", 14),
      plain("calls", "calls", "", 5),
      measured("time", "time", "ns"),
      plain("gflops", "GFLOP/s", "GFLOP/s"),
      plain("peak", "of peak", "%"),
      plain("gbytes", "GB/s", "GB/s"),
      plain("bound", "bound", "ns"),
      plain("share", "of bound", "%"),
      ...(many > 1 ? [plain("speedup", `${many} threads`, "x")] : []),
    ],
  };
  for (const batch of BATCHES) {
    const commands = new NetworkStep(LECTURE, batch).commands();
    const row = (kernel: string, sizes: string, calls: number, own: readonly Command[]): Row => {
      const work = commandsWork(own);
      const { flops, bytes } = total(own);
      const bound = limits && 1e9 * leastTime(own, limits);
      const times: Record<string, Spread> = measure(
        { one: onThreads(1, work), peakWork, many: onThreads(many, work) },
        short,
      );
      const peak = peakRate(times.peakWork);
      const gflops = flops === 0 ? null : flops / times.one.median / 1e9;
      return {
        event: "row",
        group: "kernels",
        cells: {
          batch,
          kernel,
          sizes,
          calls,
          time: scaled(times.one, 1e9),
          gflops,
          peak: gflops && peak ? (100 * gflops) / peak.high : null,
          gbytes: bytes / times.one.median / 1e9,
          bound: bound ?? null,
          share: bound === undefined ? null : bound / (1e7 * times.one.median),
          speedup: times.one.median / times.many.median,
        },
      };
    };
    for (const { kernel, command, count } of distinct(commands, batch)) {
      yield row(kernel, cost(command).shape, count, [command]);
    }
    yield row("all calls of a step", "", commands.length, commands);
  }
}
