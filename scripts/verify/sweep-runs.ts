/** What the checks of sweeps compare. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { COMPARED, digest } from "./kill.js";

/** A corpus that is trained on in a blink. */
export const WORDS = Array.from(
  { length: 200 },
  (_, i) => `${i.toString(4).replace(/\d/g, (d) => "aeno"[Number(d)])}x${i % 7 ? "y" : "z"}\n`,
).join("");

export const runsIn = (out: string): string[] =>
  readdirSync(out, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

/** Of a run that was not promoted too, which has no samples. */
export function digestOf(run: string): string {
  const files = COMPARED.filter((file) => existsSync(join(run, file)));
  return `${files.join()} ${digest(run, files)}`;
}

/** Settings of runs that train in a blink, with many saves and measurements. */
export const FIXED = {
  data: "words.txt",
  steps: 900,
  checkpointEvery: 70,
  evalEvery: 90,
  logEvery: 10,
  embedding: 4,
  samples: 3,
};
