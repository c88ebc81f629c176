/** Every setting of a training run, with its default (the lecture's) and its limits; the command line and config.json are made from it. */
import { z } from "zod";
import { UsageError } from "../errors.js";
import { parseSchedule } from "./schedule.js";

function whole(min: number, max: number, what: string) {
  const error = `expected a whole number from ${min} to ${max}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error }).describe(what);
}
/** Seeds are read by generators that use the low 32 bits (torch) or the absolute value (Python): any exact integer. */
const seed = (what: string) => whole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, what);

const schedule = z
  .string({ error: "expected text such as 0.1@0,0.01@100000" })
  .superRefine((text, context) => {
    try {
      parseSchedule(text);
    } catch (error) {
      context.addIssue({ code: "custom", message: (error as Error).message.replace(/^learning rate: /, "") });
    }
  });

export const configSchema = z.strictObject({
  data: z.string({ error: "expected a file name" }).min(1, { error: "expected a file name" }).default("names")
    .describe("corpus: names (shipped), or a file with one word per line"),
  blockSize: whole(1, 1000, "characters of context").default(3),
  embedding: whole(1, 100_000, "numbers per character in the embedding table C").default(10),
  hidden: whole(1, 1_000_000, "units of the tanh layer").default(200),
  batchSize: whole(1, 10_000_000, "examples per step").default(32),
  steps: whole(0, 1_000_000_000, "training steps").default(200_000),
  lr: schedule.default("0.1@0,0.01@100000").describe("learning rates, each from its step on: VALUE@STEP,..."),
  seed: seed("of the parameters").default(2147483647),
  splitSeed: seed("of the shuffle before the 80/10/10 split").default(42),
  batchSeed: seed("of the minibatches").default(1),
  samples: whole(0, 1_000_000, "words to make up at the end").default(20),
  sampleSeed: seed("of the words made up at the end").default(2147483657),
});

export type TrainConfig = z.infer<typeof configSchema>;

/** `--block-size` for blockSize. */
export const optionName = (key: string): string => `--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;

/** Settings completed with defaults. @throws UsageError naming the option, what it expects and what came */
export function parseConfig(settings: Readonly<Record<string, unknown>>): TrainConfig {
  const parsed = configSchema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue.code === "unrecognized_keys") {
    throw new UsageError(`unknown setting ${issue.keys[0]}: expected one of ${Object.keys(configSchema.shape).join(", ")}`);
  }
  const key = String(issue.path[0]);
  const got = settings[key];
  throw new UsageError(`${optionName(key)}: ${issue.message}${issue.message.includes(", got ") ? "" : `, got ${JSON.stringify(got) ?? got}`}`);
}
