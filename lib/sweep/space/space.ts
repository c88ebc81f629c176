/** What a sweep is to try: a file of JSON, or an object of a program, read and checked. */
import * as z from "zod";
import { quote, UsageError } from "../../errors.js";
import { dataSettings } from "../../run/settings/data.js";
import { ALL_SETTINGS, type Setting } from "../../run/settings/config.js";
import { nearest } from "../../run/settings/nearest.js";
import { integer, seed } from "../../setting-kinds.js";

/** A setting is tried only where others have one of these values. */
export type When = Readonly<Record<string, Setting | readonly Setting[]>>;

/** What a setting may be: one of some values, or a number within limits. */
export type Values = readonly Setting[] | ListedValues | RangeValues | LogValues;

/** One of some values. */
export interface ListedValues {
  /** all of them */
  readonly values: readonly Setting[];
  /** only beside these values of settings before it */
  readonly when?: When;
}

/** Of numbers within limits. */
export interface Limits {
  /** only beside these values of settings before it */
  readonly when?: When;
  /** of a grid: how many numbers from the lowest to the highest */
  readonly points?: number;
  /** the setting as a text in which {} stands for the number: "onecycle:{}/0.05" */
  readonly as?: string;
}

/** A number within limits, each as likely as another. */
export interface RangeValues extends Limits {
  /** the lowest and the highest */
  readonly range: readonly [low: number, high: number];
}

/** A number within limits, each factor as likely as another. */
export interface LogValues extends Limits {
  /** the lowest and the highest */
  readonly log: readonly [low: number, high: number];
}

/** What a sweep tries, and how. */
export interface Space {
  /**
   * every combination; trials drawn at random; or those, of which the better ones by dev loss are
   * trained further, rung by rung (asynchronous successive halving)
   */
  readonly search: "grid" | "random" | "asha";
  /** how many settings are drawn; of a grid none: it has as many as it has */
  readonly trials?: number;
  /** each trial is trained with each of these seeds of parameters and minibatches */
  readonly seeds?: readonly number[];
  /** of the random draws */
  readonly searchSeed?: number;
  /** of asha: one of so many goes on to the next rung, which has so many times the steps */
  readonly eta?: number;
  /** of asha: steps of the first rung */
  readonly firstSteps?: number;
  /** what is tried, setting by setting */
  readonly settings: Readonly<Record<string, Values>>;
  /** settings of all trials, among them `preset` and `data` */
  readonly fixed?: Readonly<Record<string, unknown>>;
}

/** A space with its defaults. */
export type CheckedSpace = Readonly<z.output<typeof spaceSchema>>;
/** What a setting may be, in one form. */
export type CheckedValues = z.output<typeof valuesSchema>;

const setting = z.union([z.string(), z.number(), z.boolean()], {
  error: "expected text, a number, true or false",
});
const list = z
  .array(setting, { error: "expected a list of values" })
  .min(1, { error: "expected at least one value" })
  .refine((values) => new Set(values).size === values.length, {
    error: "expected different values",
  });
const when = z.record(z.string(), z.union([setting, list])).optional();

const limitsError = { error: "expected [lowest, highest]" };
const limits = z
  .tuple([z.number(limitsError), z.number(limitsError)], limitsError)
  .refine(([low, high]) => low < high, { error: "expected the lowest number first" });
const numbers = {
  when,
  points: integer(2, 1000).optional(),
  as: z
    .string({ error: 'expected text such as "onecycle:{}/0.05"' })
    .refine((text) => text.split("{}").length === 2, {
      error: "expected text with {} once, where the number stands",
    })
    .optional(),
};
const LOW = "expected numbers above 0: those of a log range";
const valuesSchema = z.union(
  [
    list.transform((values) => ({ values, when: undefined })),
    z.strictObject({ values: list, when }),
    z.strictObject({ range: limits, ...numbers }),
    z.strictObject({ log: limits.refine(([low]) => low > 0, { error: LOW }), ...numbers }),
  ],
  {
    error:
      'expected a list of values, { "values": [...] }, { "range": [low, high] } or ' +
      '{ "log": [low, high] }',
  },
);

const MOST_TRIALS = 100_000;

const spaceSchema = z.strictObject({
  search: z.enum(["grid", "random", "asha"], { error: "expected grid, random or asha" }),
  trials: integer(1, MOST_TRIALS).optional(),
  seeds: z
    .array(seed(), { error: "expected a list of whole numbers" })
    .min(1, { error: "expected at least one seed" })
    .refine((seeds) => new Set(seeds).size === seeds.length, { error: "expected different seeds" })
    .optional(),
  searchSeed: seed().default(1),
  eta: integer(2, 100).optional(),
  firstSteps: integer(1, 1_000_000_000).optional(),
  settings: z
    .record(z.string(), valuesSchema, { error: "expected an object of settings and their values" })
    .refine((settings) => Object.keys(settings).length > 0, {
      error: "expected at least one setting to try",
    }),
  fixed: z.record(z.string(), z.unknown(), { error: "expected an object of settings" }).default({}),
});

/** The seeds that one number of `seeds` stands for; a model without one of them has no such. */
export const SEEDS = ["seed", "batchSeed", "dropoutSeed"] as const;

/**
 * @param source names the space in errors: its file
 * @throws UsageError naming the field, what it expects and what came
 */
export function checkSpace(source: string, given: unknown): CheckedSpace {
  const parsed = spaceSchema.safeParse(given);
  if (!parsed.success) throw refused(source, given, parsed.error.issues);
  const space = parsed.data;
  for (const [field, why] of problemsOf(space)) throw new UsageError(`${source}: ${field}: ${why}`);
  return space;
}

/** A field, and why it cannot be as it is. */
type Problem = readonly [field: string, why: string];

/** What does not fit together, although each field is as it may be. */
function* problemsOf(space: CheckedSpace): Generator<Problem> {
  const { search, trials, seeds, settings, fixed } = space;
  if (search === "grid" && trials !== undefined)
    yield ["trials", "a grid tries every combination, expected none"];
  if (search !== "grid" && trials === undefined)
    yield ["trials", `expected how many settings ${search} draws`];
  for (const field of ["eta", "firstSteps"] as const)
    if (search !== "asha" && space[field] !== undefined)
      yield [field, `${search} has no rungs, expected search asha with it`];
  const before = new Set(Object.keys(fixed));
  for (const [key, values] of Object.entries(settings)) {
    yield* problemsOfName(key, space);
    yield* problemsOfValues(key, values, search, before);
    before.add(key);
  }
  const combinations = Object.values(settings).reduce(
    (product, values) =>
      product * ("values" in values ? values.values.length : (values.points ?? 1)),
    1,
  );
  if (search === "grid" && combinations > MOST_TRIALS)
    yield ["settings", `a grid of ${combinations} trials, expected at most ${MOST_TRIALS}`];
  for (const key of SEEDS)
    if (seeds !== undefined && key in fixed)
      yield [`fixed.${key}`, "expected it in fixed or as seeds, got both"];
}

/** Whether a setting may be tried at all. */
function* problemsOfName(key: string, { search, seeds, fixed }: CheckedSpace): Generator<Problem> {
  const field = `settings.${key}`;
  if (!Object.hasOwn(ALL_SETTINGS, key)) {
    const near = nearest(key, Object.keys(ALL_SETTINGS), 3);
    const hint = near === undefined ? "" : `; did you mean ${near}?`;
    yield [field, `there is no such setting${hint}`];
  }
  if (Object.hasOwn(dataSettings, key))
    yield [field, "expected it in fixed: losses on different dev splits cannot be compared"];
  if (key in fixed) yield [field, "expected it in settings or in fixed, got both"];
  if (search === "asha" && key === "steps")
    yield [field, "asha chooses the steps: expected the most of them in fixed"];
  if (seeds !== undefined && (SEEDS as readonly string[]).includes(key))
    yield [field, "expected it in settings or as seeds, got both"];
}

/** @param before what `when` may ask for */
function* problemsOfValues(
  key: string,
  values: CheckedValues,
  search: CheckedSpace["search"],
  before: ReadonlySet<string>,
): Generator<Problem> {
  const field = `settings.${key}`;
  const isRange = !("values" in values);
  if (search === "grid" && isRange && values.points === undefined)
    yield [field, 'expected "points" with it: how many numbers of the range a grid has'];
  if (search !== "grid" && isRange && values.points !== undefined)
    yield [field, `"points" are of a grid, ${search} draws any number of the range`];
  for (const other of Object.keys(values.when ?? {}))
    if (!before.has(other))
      yield [`${field}.when.${other}`, "expected a setting that stands before it, or in fixed"];
}

/** The first thing that is wrong; a field that there is not may be the one that is missing. */
function refused(source: string, given: unknown, issues: readonly z.core.$ZodIssue[]): UsageError {
  const known = Object.keys(spaceSchema.shape);
  const unknown = issues.find(
    (issue) => issue.code === "unrecognized_keys" && issue.path.length === 0,
  );
  if (unknown?.code === "unrecognized_keys") {
    const [key] = unknown.keys;
    const near = nearest(key, known);
    const hint =
      near === undefined ? `expected some of ${known.join(", ")}` : `did you mean ${near}?`;
    return new UsageError(`${source}: unknown field ${quote(key)}: ${hint}`);
  }
  const { path, message } = nearestIssue(issues[0]);
  if (path.length === 0)
    return new UsageError(
      `${source}: expected an object { ${known.join(", ")} }, got ${quote(given)}`,
    );
  const value = path.reduce<unknown>(
    (whole, key) => (whole as Record<PropertyKey, unknown> | undefined)?.[key],
    given,
  );
  const field = path.map(String).join(".");
  return new UsageError(`${source}: ${field}: ${message}, got ${quote(value)}`);
}

/** Of what could have been several things, what is wrong within the one that it began to be. */
function nearestIssue(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string } {
  if (issue.code === "unrecognized_keys")
    return { path: [...issue.path, issue.keys[0]], message: "there is no such field" };
  if (issue.code !== "invalid_union") return issue;
  const begun = issue.errors.filter(
    ([first]) => first?.path.length > 0 || first?.code !== "invalid_type",
  );
  // A form of which there are unknown fields is meant where that is all that is wrong with it.
  const meant =
    begun.find((issues) => !issues.some(({ code }) => code === "unrecognized_keys")) ??
    begun.find((issues) => issues.length === 1);
  if (meant === undefined) return issue;
  const within = nearestIssue(meant[0]);
  return { path: [...issue.path, ...within.path], message: within.message };
}
