/** What a result means, and what to do next, in words. */
import type { TrainResult } from "../train/session.js";
import type { Verdict } from "../train/verdict.js";

const count = (n: number): string => n.toLocaleString("en");

/** What a loss was measured on. */
export const partText = (measured: number, all: number): string =>
  `on ${count(measured)} of ${count(all)} examples`;

export function verdictText({ worseThan, loss, remedy }: Verdict): string {
  const what = worseThan === "guessing" ? "guessing (log V)" : "bigrams";
  return `dev is no better than ${what}, ${loss.toFixed(4)}: ${remedy}`;
}

/** The command that a person who sees this result wants next. */
export function nextCommand({ run, interrupted, verdict, corpus }: TrainResult): string {
  if (interrupted) return `npx mm-train --resume --out ${run}`;
  if (verdict === undefined) return `npx mm-train sample --run ${run}`;
  const words = corpus.vocabulary.level === "word" ? " --level word" : "";
  return `npx mm-train find-lr FILE${words}, and train again with the rate it suggests (--lr)`;
}
