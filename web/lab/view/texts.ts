/** Numbers and names as the runs are written. */
import { printable } from "../../../lib/printable.js";
import type { LabRun, RunState } from "../../../lib/lab/protocol.js";

export const lossText = (loss: number | undefined): string => loss?.toFixed(4) ?? "–";

export const countText = (n: number): string => n.toLocaleString("en");

/** 2026-01-31 12:00, where the reader is */
export function dateText(iso: string): string {
  const date = new Date(iso);
  const two = (n: number): string => String(n).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

export const STATES: Readonly<Record<RunState, string>> = {
  training: "training",
  done: "",
  stopped: "stopped early",
  damaged: "cannot be read",
};

export function stepsText({ stepsDone, steps, state }: LabRun): string {
  if (stepsDone === undefined) return "–";
  const all = steps !== undefined && steps !== stepsDone && state !== "done";
  return all ? `${countText(stepsDone)} of ${countText(steps)}` : countText(stepsDone);
}

/** Text of others: what would not be seen is written as an escape. */
export const shown = printable;
