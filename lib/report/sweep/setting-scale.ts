/** Where the values of a setting that was tried stand on an axis, from 0 to 1. */
import type { Setting } from "../../run/settings/config.js";
import type { TriedValues } from "../../sweep/index.js";
import { plain } from "../drawing/scales.js";

export interface SettingScale {
  readonly key: string;
  /** undefined of a trial that was not given the setting */
  at(value: Setting | undefined): number | undefined;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

export function settingScale(key: string, values: TriedValues): SettingScale {
  if ("values" in values) return listScale(key, values.values);
  const isLog = "log" in values;
  const [low, high] = isLog ? values.log : values.range;
  const place = (x: number): number =>
    isLog ? Math.log(x / low) / Math.log(high / low) : (x - low) / (high - low);
  const middle = isLog ? Math.sqrt(low * high) : (low + high) / 2;
  const [before, behind] = values.as?.split("{}") ?? ["", ""];
  const numberIn = (value: Setting): number =>
    Number(String(value).slice(before.length, String(value).length - behind.length));
  return {
    key,
    at: (value) => (value === undefined ? undefined : clamp(place(numberIn(value)))),
    ticks: [low, middle, high].map((x, i) => ({
      at: i / 2,
      text: plain(Number(x.toPrecision(2))),
    })),
  };
}

function listScale(key: string, values: readonly Setting[]): SettingScale {
  const places = new Map(values.map((value, i) => [String(value), (i + 0.5) / values.length]));
  return {
    key,
    at: (value) => places.get(String(value)),
    ticks: [...places].map(([text, at]) => ({ at, text })),
  };
}

/** Numbers are rounded when they are drawn: to just beyond an end. */
const clamp = (at: number): number => Math.min(1, Math.max(0, at));
