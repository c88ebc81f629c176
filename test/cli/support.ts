/**
 * What the tests of the command line share: networks that train in a blink, the JSON lines, the one
 * line of an error.
 */
import { expect } from "vitest";
import type { Finished } from "../train/support.js";

export {
  jsonLines,
  mmTrain,
  scratch,
  startMmTrain,
  WORDS,
  wordsFile,
  writeRun,
} from "../train/support.js";

/** Options of a network that trains in milliseconds. */
export const SMALL = [
  "--steps",
  "30",
  "--hidden",
  "10",
  "--embedding",
  "3",
  "--batch-size",
  "8",
  "--samples",
  "4",
  "--log-every",
  "1000",
  "--eval-every",
  "1000",
];

export interface StepEvent {
  event: "step";
  step: number;
  loss: number;
}
export interface ResultEvent {
  event: "result";
  parameters: number;
  examples: { train: number; dev: number; test: number };
  steps: number;
  loss: { train: number; dev: number };
  bigram: { train: number; dev: number };
  seconds: number;
  stepsPerSecond: number;
  samples: string[];
  cut: boolean[];
  marks: string[];
  run: string;
  backend: string;
  isa: string;
  threads: number;
}

/**
 * Nothing on standard output, one line on standard error, no stack trace; returns the line without
 * `mm-train: `.
 */
export function onlyLine({ code, signal, stdout, stderr }: Finished, exitCode: number): string {
  expect(stdout).toBe("");
  // Control characters but the line break at the end: a second line, a colour, a carriage return.
  expect(stderr).toMatch(/^mm-train: [^\p{Cc}]+\n$/u);
  expect(stderr).not.toMatch(/unexpected error|\bat .*:\d+:\d+|node:internal/);
  expect({ code, signal }).toEqual({ code: exitCode, signal: null });
  return stderr.slice("mm-train: ".length, -1);
}

/** It ended well; returns what it printed. */
export function printed({ code, signal, stdout, stderr }: Finished): string {
  expect({ code, signal, stderr: code === 0 ? "" : stderr }).toEqual({
    code: 0,
    signal: null,
    stderr: "",
  });
  return stdout;
}
