/** test-looks.json: every look at the test split of a run. Who looks often chooses by it, and its loss means less each time. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CheckpointError } from "../errors.js";
import { readJson, writeFileAtomic } from "./run-folder.js";

const lookSchema = z.object({
  /** ISO 8601 */
  date: z.string(),
  /** mean cross-entropy per character in nats */
  loss: z.number(),
  /** steps the run had done */
  steps: z.number().int().min(0),
  model: z.enum(["last", "best"]),
  /** the run whose model it was mixed with */
  mixedWith: z.string().optional(),
});
export type TestLook = z.infer<typeof lookSchema>;

const looksFile = (dir: string): string => join(dir, "test-looks.json");

/** The looks at a run so far, in order. @throws CheckpointError when the file is damaged: a count from 0 would be wrong */
export function readTestLooks(dir: string): TestLook[] {
  const file = looksFile(dir);
  if (!existsSync(file)) return [];
  const parsed = z.array(lookSchema).safeParse(readJson(file));
  if (!parsed.success) throw new CheckpointError(file, "is no list of looks at the test split; the file is damaged");
  return parsed.data;
}

/** Adds a look; returns all. */
export function recordTestLook(dir: string, look: TestLook): TestLook[] {
  const looks = [...readTestLooks(dir), look];
  writeFileAtomic(looksFile(dir), `${JSON.stringify(looks, null, 2)}\n`);
  return looks;
}
