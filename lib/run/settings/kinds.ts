/** Kinds of settings that only runs have. */
import * as z from "zod";
import { isStandardInput } from "../../data/files/standard-input.js";
import { parseSchedule } from "../../train/schedule.js";

const fileName = { error: "expected a file name" };
export const file = () => z.string(fileName).min(1, fileName);
/**
 * The file of a part: it is read again, by evaluate and --resume, which standard input cannot be.
 */
export const partFile = () =>
  file().refine((name) => !isStandardInput(name), {
    error: "expected a file that can be read again, not standard input",
  });

/** A column of a table; none where empty. */
export const column = () => z.string({ error: "expected text, the name or number of a column" });

/** How many examples losses are measured on. */
export const examples = () =>
  z.union([z.literal("all"), z.number().int().min(1).max(1_000_000_000)], {
    error: "expected all, or a whole number from 1 to 1000000000",
  });

/** Learning rates over the steps of a training. */
export const schedule = () =>
  z.string({ error: "expected text such as 0.1@0,0.01@100000" }).superRefine((text, context) => {
    try {
      parseSchedule(text, 1);
    } catch (error) {
      context.addIssue({
        code: "custom",
        message: (error as Error).message.replace(/^learning rate: /, ""),
      });
    }
  });
