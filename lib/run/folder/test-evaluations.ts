/**
 * test-looks.json: every look at the test split of a run. Who looks often chooses by it, and its
 * loss means less each time.
 */
import { join } from "node:path";
import * as z from "zod";
import { CheckpointError } from "../../errors.js";
import { withRunFiles } from "../disk/run-files.js";
import { readJson } from "./run-folder.js";

/** An entry may say more, and keeps it when another one is added. */
const lookSchema = z.looseObject({
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

const NAME = "test-looks.json";

/**
 * The looks at a run so far, in order.
 * @throws CheckpointError when the file is damaged: a count from 0 would be wrong
 */
export function readTestLooks(dir: string): TestLook[] {
  const parsed = z.array(lookSchema).safeParse(readJson(dir, NAME) ?? []);
  if (!parsed.success)
    throw new CheckpointError(
      join(dir, NAME),
      "is no list of looks at the test split; the file is damaged",
    );
  return parsed.data;
}

/**
 * Adds a look; returns all.
 * @throws CheckpointError also while another process writes in the folder
 */
export const recordTestLook = (dir: string, look: TestLook): TestLook[] =>
  withRunFiles(dir, (files) => {
    const looks = [...readTestLooks(dir), look];
    files.write({ [NAME]: `${JSON.stringify(looks, null, 2)}\n` });
    return looks;
  });
