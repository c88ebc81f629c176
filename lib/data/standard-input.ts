/** `-` in place of a file's name: what comes through a pipe. */
import { readSync } from "node:fs";

const NAME = "-";
/** Its file descriptor. */
export const STANDARD_INPUT = 0;
/** Milliseconds between two looks. */
const PAUSE = 10;

export const isStandardInput = (file: string): boolean => file === NAME;

/** A corpus as messages name it. */
export const sourceName = (file: string): string =>
  isStandardInput(file) ? "standard input" : file;

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
