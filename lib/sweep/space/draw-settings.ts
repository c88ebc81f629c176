/** The settings that a space stands for: all combinations of a grid, or draws at random. */
import type * as z from "zod";
import { ALL_SETTINGS, type Setting } from "../../run/settings/config.js";
import { Generator } from "../../random/index.js";
import type { CheckedSpace, CheckedValues } from "./space.js";

/** Settings of one trial. */
export type Drawn = Readonly<Record<string, Setting>>;

/** Of random numbers so many digits are kept: enough to differ, few enough to type again. */
const DIGITS = 3;

/** The settings of each trial, each once, in the order in which they are tried. */
export function drawSettings(space: CheckedSpace): Drawn[] {
  return space.search === "grid" ? combinations(space) : draws(space, space.trials ?? 0);
}

function combinations({ settings, fixed }: CheckedSpace): Drawn[] {
  let drawn: Drawn[] = [{}];
  for (const [key, values] of Object.entries(settings))
    drawn = drawn.flatMap((before) =>
      isTried(values, before, fixed)
        ? gridOf(key, values).map((value) => ({ ...before, [key]: value }))
        : [before],
    );
  return drawn;
}

/** Numbers of a small space repeat: what was drawn before is drawn anew, up to a limit. */
const MOST_REPEATS = 1000;

function draws({ settings, fixed, searchSeed }: CheckedSpace, trials: number): Drawn[] {
  const generator = new Generator(searchSeed);
  const drawn = new Map<string, Drawn>();
  for (let repeats = 0; drawn.size < trials && repeats < MOST_REPEATS;) {
    let one: Drawn = {};
    for (const [key, values] of Object.entries(settings))
      if (isTried(values, one, fixed)) one = { ...one, [key]: drawOne(key, values, generator) };
    const name = JSON.stringify(one);
    if (drawn.has(name)) repeats++;
    else {
      drawn.set(name, one);
      repeats = 0;
    }
  }
  return [...drawn.values()];
}

/** Whether the settings before it are what `when` asks for. */
const isTried = ({ when }: CheckedValues, before: Drawn, fixed: CheckedSpace["fixed"]): boolean =>
  Object.entries(when ?? {}).every(([key, wanted]) =>
    [wanted].flat().includes((before[key] ?? fixed[key]) as never),
  );

function gridOf(key: string, values: CheckedValues): Setting[] {
  // What is written differently may be the same setting, and rounded numbers may be equal.
  if ("values" in values) return distinct(values.values.map((value) => asTaken(key, value)));
  const { points = 2 } = values;
  const numbers = Array.from({ length: points }, (_, i) => at(values, i / (points - 1)));
  return distinct(numbers.map((x) => asSetting(key, values, x)));
}

const distinct = (values: readonly Setting[]): Setting[] => [...new Set(values)];

function drawOne(key: string, values: CheckedValues, generator: Generator): Setting {
  const [u] = generator.rand(new Float32Array(1));
  if ("values" in values) return asTaken(key, values.values[Math.floor(u * values.values.length)]);
  return asSetting(key, values, at(values, u));
}

type Numbers = Exclude<CheckedValues, { values: unknown }>;

/** The number at a part of the way from the lowest to the highest. */
function at(values: Numbers, part: number): number {
  if ("range" in values) {
    const [low, high] = values.range;
    return low + part * (high - low);
  }
  const [low, high] = values.log;
  return low * (high / low) ** part;
}

/** A number as the setting takes it: as it is, whole, as text, or in the middle of a text. */
function asSetting(key: string, { as }: Numbers, x: number): Setting {
  const number = Number(x.toPrecision(DIGITS));
  return as === undefined ? asTaken(key, number) : as.replace("{}", String(number));
}

/** Learning rates are text, numbers of units are whole. What no form fits is refused later. */
function asTaken(key: string, value: Setting): Setting {
  if (typeof value !== "number") return value;
  const kind = ALL_SETTINGS[key].def.innerType as z.ZodType;
  const forms = [value, Math.round(value), String(value)];
  return forms.find((form) => kind.safeParse(form).success) ?? value;
}
