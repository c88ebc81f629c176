/** What a result means, and what to do next, in words. */
import { countOf, countText } from "../count-text.js";
import { repeatCommand } from "../report/pages/repeat-command.js";
import { readConfig } from "../run/folder/run-folder.js";
import { shellOption } from "../shell.js";
import type { TrainResult } from "../run/result.js";
import { OF_LONG_RUNS } from "./commands/find-lr.js";

/** The exit code of what a signal ended in good order. */
export const INTERRUPTED = 130;

/** What asks a command to save and end: Ctrl-C, kill, a terminal that closes. */
export const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What a loss was measured on. */
export const partText = (measured: number, all: number): string =>
  `on ${countText(measured)} of ${countOf(all, "example")}`;

/** The command that a person who sees this result wants next. */
export function nextCommand({ run, interrupted, verdict, steps }: TrainResult): string {
  if (interrupted) return `npx mm-train --resume ${shellOption("--out", String(run))}`;
  // What is counted has no learning rate to look for.
  if (verdict === undefined || steps === 0)
    return `npx mm-train sample ${shellOption("--run", String(run))}`;
  const command = repeatCommand(readConfig(String(run)), "npx mm-train find-lr", OF_LONG_RUNS);
  return `${command} (then train again with the rate it suggests, --lr)`;
}
