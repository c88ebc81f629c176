/**
 * A process of a sweep: trains the runs that it is sent, one after the other. When the sweep stops
 * or is gone, it saves the run that it is at, and ends.
 */
import { MmError } from "../../errors.js";
import type { News, Order } from "../workers.js";
import { trainRun } from "../train-run.js";
import type { FromProcess, ToProcess } from "./messages.js";

const stop = new AbortController();
let words: readonly string[] | undefined;

const tell = (message: FromProcess): void => {
  if (process.connected) process.send?.(message);
};

async function work(order: Order): Promise<void> {
  const listeners = { onNews: (news: News) => tell({ news }), signal: stop.signal };
  try {
    tell({ outcome: await trainRun(order, words, listeners) });
  } catch (error) {
    const code = error instanceof MmError ? error.code : "ERR_MM_UNEXPECTED";
    const message = error instanceof Error ? error.message : String(error);
    tell({ failed: { code, message } });
  }
}

let working = Promise.resolve();
process.on("message", (message: ToProcess) => {
  if ("words" in message) words = message.words ?? undefined;
  else if ("stop" in message) end();
  else working = work(message.order);
});

function end(): void {
  stop.abort();
  void working.then(() => process.disconnect?.());
}
// Ctrl-C goes to all processes of a terminal; the sweep hears it too, and says when to stop.
process.on("SIGINT", () => undefined);
process.once("SIGTERM", end);
process.once("SIGHUP", end);
process.once("disconnect", () => stop.abort());
