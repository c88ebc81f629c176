/** Turns a failure into one line on standard error, and an exit code. */
import { CommanderError } from "commander";
import { MmError, UsageError } from "../errors.js";
import { tell } from "./terminal/say.js";

/** Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
export const FAILED = 1;
const WRONG_USAGE = 2;

export const exitCode = (error: unknown): number =>
  error instanceof UsageError ? WRONG_USAGE : FAILED;

/** Says what went wrong; returns the exit code. */
export function sayFailure(error: unknown): number {
  // Commander has printed its line already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
  if (error instanceof MmError) tell(`mm-train: ${error.message}`);
  else {
    const calls = error instanceof Error && process.env.MM_DEBUG ? (error.stack ?? "") : "";
    const where = calls.split("\n").filter((line) => /^ +at /.test(line));
    tell([`mm-train: unexpected error: ${String(error)} (MM_DEBUG=1 shows where)`, ...where]);
  }
  return exitCode(error);
}
