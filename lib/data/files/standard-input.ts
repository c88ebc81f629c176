/** `-` in place of a file's name: what comes through a pipe. */
import { readSync } from "node:fs";

const NAME = "-";
/** Its file descriptor. */
export const STANDARD_INPUT = 0;
/** Milliseconds between two looks. */
const PAUSE = 10;

export const isStandardInput = (file: string): boolean => file === NAME;

/** A corpus as messages name it: its file, standard input, or the words of a program. */
export function sourceName(source: string | object): string {
  if (typeof source !== "string") return "words";
  return isStandardInput(source) ? "standard input" : source;
}

/** Reads as `readSync` does, and waits where a pipe that does not block has nothing yet. */
export function readNext(from: number, into: Buffer, at: number, most: number): number {
  for (;;) {
    try {
      return readSync(from, into, at, most, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EOF") return 0; // a pipe that was closed, on Windows
      if (code !== "EAGAIN" || from !== STANDARD_INPUT) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
  }
}
