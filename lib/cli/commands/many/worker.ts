/** `mm-train worker --redis URL` */
import { Command, Option } from "commander";
import { usualCount } from "../../../sweep/workers.js";
import { addJsonOption, asNumber, wholeNumber } from "../../options.js";
import { INTERRUPTED, SIGNALS } from "../../outcome.js";
import { addRedisOption, redisUrl } from "./redis-option.js";
import { sayJson, tell } from "../../terminal/say.js";
import { packageVersion } from "../../../package-root.js";

interface Options {
  redis?: string | true;
  parallel?: unknown;
  lease?: unknown;
  data?: string;
  json?: true;
}

/** Seconds. */
const LEASE = 30;

export function workerCommand(): Command {
  const command = new Command("worker").description(
    "train runs of sweeps that are in a queue, until Ctrl-C (mm-train sweep --redis asks for them)",
  );
  return addJsonOption(
    addRedisOption(command)
      .addOption(
        new Option(
          "--parallel <n>",
          "runs at a time (default: as many as there are cores)",
        ).argParser(asNumber),
      )
      .option("--data <corpus>", "where the corpus is on this host (default: as on the sweep's)")
      .addOption(
        new Option(
          "--lease <seconds>",
          `a worker that is not heard of for so long is taken for lost (default: ${LEASE})`,
        ).argParser(asNumber),
      ),
  ).action(runWorker);
}

async function runWorker(options: Options): Promise<void> {
  const { data, json } = options;
  const url = redisUrl(options.redis ?? true);
  const { parallel = usualCount(), lease = LEASE } = options;
  const stop = new AbortController();
  const { serve } = await import("../../../sweep/queue/serve.js");
  await serve({
    url,
    version: packageVersion(),
    parallel: wholeNumber("--parallel", parallel, 1, 1024),
    lease: wholeNumber("--lease", lease, 1, 86_400),
    data,
    signal: stop.signal,
    onReady: (place) => {
      // Before, there is nothing to save: a signal just ends the process.
      for (const signal of SIGNALS) process.once(signal, () => stop.abort());
      if (json) sayJson({ event: "working", redis: place });
      else tell(`working for the sweeps in Redis at ${place} (Ctrl-C ends it)`);
    },
    onRun: (id, what) => {
      if (json) sayJson({ event: "run", id, what });
      else tell(`${what} ${id}`);
    },
    onTrouble: (message) => tell(`mm-train: ${message}`),
  });
  // Connections to a Redis that is away would be tried again for ever.
  process.exit(INTERRUPTED);
}
