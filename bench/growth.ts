/**
 * `npm run bench:growth -- [--quick]`: time per example while the batch, the hidden layer and the
 * vocabulary grow, as charts and tables.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { machine } from "../lib/bench/machine/machine.js";
import { QUICK, USUAL } from "../lib/bench/index.js";
import { writeFileAtomic } from "../lib/run/disk/file.js";
import { duration, growthChart, LIMIT_NAMES } from "./growth/chart.js";
import {
  largest,
  LIMITS,
  type Limit,
  type Core,
  measureCore,
  takeovers,
} from "../lib/bench/machine/limits.js";
import { type Point, run, type Sweep, SWEEPS } from "./growth/sweep.js";
import { machineText, markdownTable, writeSection } from "./results-file.js";

const count = (n: number): string => n.toLocaleString("en-US");

function table({ name }: Sweep, points: readonly Point[]): string {
  const rows = points.map(({ x, batch, one, two, bounds, set }) => [
    count(x),
    megabytes(set),
    ...[one, two].map((time) => duration(time.median / batch)),
    `${(one.median / two.median).toFixed(2)}x`,
    ...LIMITS.map((limit) => (bounds[limit] === 0 ? "-" : duration(bounds[limit] / batch))),
    LIMIT_NAMES[largest(bounds)],
    `${Math.round((100 * bounds[largest(bounds)]) / one.median)} %`,
  ]);
  return markdownTable(
    [
      name,
      "MB",
      "1 thread",
      "2 threads",
      "gain",
      ...LIMITS.map((limit) => LIMIT_NAMES[limit]),
      "largest",
      "of the time",
    ],
    rows,
  );
}

const GROWS: Readonly<Record<Sweep["name"], string>> = {
  batch: "minibatch",
  hidden: "hidden layer",
  vocabulary: "vocabulary",
};

const SENTENCES: Record<Limit, string> = {
  calls: "the cost of the calls",
  FMA: "the multiply-adds",
  cache: "moving operands through the caches",
  memory: "moving operands through memory",
};

const from = (x: number | undefined, otherwise: string): string =>
  x === undefined ? otherwise : `from ${count(x)} on`;

/**
 * Where each limit takes over, where the step's memory outgrows a cache, and from where on a second
 * thread is worth it.
 */
function findings(
  { name }: Sweep,
  points: readonly Point[],
  { ownCache, lastCache }: Core,
): string {
  const changes = takeovers(points).map(
    ({ x, limit }, i) => `${i === 0 ? `at ${count(x)}` : from(x, "")} ${SENTENCES[limit]}`,
  );
  const beyond = (cache: number) => points.find(({ set }) => set > cache)?.x;
  const worth = points.find((_, i) =>
    points.slice(i).every(({ one, two }) => one.median > 1.1 * two.median),
  );
  return [
    `As the ${GROWS[name]} grows, what limits most is ${changes.join(", ")}.`,
    `The memory of a step leaves the core's own cache ${from(beyond(ownCache), "nowhere")}, ` +
      `the last cache ${from(beyond(lastCache), "nowhere")};`,
    `a second thread pays ${from(worth?.x, "nowhere")}.`,
  ].join(" ");
}

const megabytes = (bytes: number): string =>
  (bytes / 1e6).toFixed(bytes < 1e6 ? 2 : bytes < 1e7 ? 1 : 0);
const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(0)} GB/s`;
const machineLimits = ({
  ownCache,
  lastCache,
  bandwidth: [, own, last, memory],
  calls,
}: Core): string =>
  `Calls: ${duration(calls)} per step (all of TypeScript's part and 20 kernel calls on next ` +
  `to nothing). A copy moves ${gigabytes(own)} within the ${ownCache / 2 ** 10} KiB ` +
  `that a core has for itself, ${gigabytes(last)} within the ${lastCache / 2 ** 20} MiB of ` +
  `the last cache, ${gigabytes(memory)} beyond.`;

if (process.argv[1] === import.meta.filename) {
  const {
    values: { quick = false },
  } = parseArgs({ options: { quick: { type: "boolean" } } });
  const effort = quick ? QUICK : USUAL;
  const here = machine(effort);
  const limits = measureCore(effort);
  if (limits === undefined)
    throw new Error("bench:growth: it measures the native kernels, and there are none here");
  const parts = [machineText(here, quick), machineLimits(limits)];
  for (const sweep of SWEEPS) {
    const points: Point[] = [];
    for (const point of run(sweep, limits, effort)) {
      points.push(point);
      console.error(
        `${sweep.name} ${count(point.x)}: ${duration(point.one.median / point.batch)} per example`,
      );
    }
    const file = `growth-${sweep.name}.svg`;
    writeFileAtomic(join(import.meta.dirname, file), growthChart(sweep, points));
    parts.push(
      `![Time per example as the ${GROWS[sweep.name]} grows](${file})`,
      findings(sweep, points, limits),
      table(sweep, points),
    );
  }
  console.log(parts.join("\n\n"));
  writeSection("growth", parts.join("\n\n"));
}
