/** The worker of the playground: commands wait until it is there. */
import { startWorker } from "../page/scripts.js";
import type { Command, Report } from "./protocol.js";

interface Connection {
  send(command: Command): void;
}

/** @param onProblem called with one line where the worker does not start, or dies */
export function connect(
  hear: (report: Report) => void,
  onProblem: (message: string) => void,
): Connection {
  const waiting: Command[] = [];
  let worker: Worker | undefined;
  startWorker("playground-worker").then(
    (started) => {
      worker = started;
      worker.onmessage = ({ data }: MessageEvent<Report>) => hear(data);
      worker.onerror = ({ message }) =>
        onProblem(`the worker stopped: ${message}; load the page again`);
      for (const command of waiting.splice(0)) worker.postMessage(command);
    },
    (error: Error) => onProblem(`the worker does not start: ${error.message}`),
  );
  return {
    send: (command) =>
      worker === undefined ? void waiting.push(command) : worker.postMessage(command),
  };
}
