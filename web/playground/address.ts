/**
 * A run in the address of the page: the settings that differ from the initial ones, under the names
 * that options of `mm-train` have, and the list where it is short.
 */
import { deflateSync, inflateSync, strFromU8, strToU8 } from "fflate";
import type { List, SettingValues } from "./protocol.js";
import { changed, expected, INITIAL, parseValue, settingOf } from "./settings.js";

/** Characters that a list may take of an address: all browsers and most messengers take these. */
const LONGEST = 4000;
/** Bytes of a list from which on it is not even tried. */
const HOPELESS = 1 << 18;

export interface Addressed {
  readonly settings: SettingValues;
  readonly list: List;
  /** a line for each part of the address that was not understood */
  readonly problems: readonly string[];
}

const optionName = (key: string): string => key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
const keyOf = (option: string): string =>
  option.replace(/-([a-z])/g, (_, c: string) => c.toUpperCase());

/** What stands behind `#playground?`; a list that is too long is left out. */
export function addressOf(settings: SettingValues, list: List): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(changed(settings)))
    query.set(optionName(key), String(value));
  if (list.kind === "file") {
    const packed = pack(list.bytes);
    if (packed !== undefined) {
      query.set("list", list.name);
      query.set("words", packed);
    }
  }
  return query.toString();
}

/** Whether an address can say all of it. */
export const fitsAddress = (list: List): boolean =>
  list.kind === "names" || pack(list.bytes) !== undefined;

/** The run of the machine that an address names: `mm-train lab` has it. */
export const runIn = (query: string): string | undefined =>
  new URLSearchParams(query).get("run") ?? undefined;

export function readAddress(query: string): Addressed {
  const settings: Record<string, string | number | boolean> = { ...INITIAL };
  const problems: string[] = [];
  let list: List = { kind: "names" };
  const given = new URLSearchParams(query);
  for (const [option, text] of given) {
    if (option === "list") continue;
    if (option === "words") {
      const bytes = unpack(text);
      if (bytes === undefined) problems.push("the list in the address is damaged: copy it again");
      else list = { kind: "file", name: given.get("list") ?? "words.txt", bytes };
      continue;
    }
    const setting = settingOf(keyOf(option));
    if (setting === undefined || optionName(setting.key) !== option) {
      problems.push(
        `the address has a setting that is not known, ${shown(option)}: it is left out`,
      );
      continue;
    }
    const value = parseValue(setting, text);
    if (value === undefined)
      problems.push(`${option}: expected ${expected(setting)}, got ${shown(text)}: it is left out`);
    else settings[setting.key] = value;
  }
  return { settings, list, problems };
}

/** Text of others, cut. */
const shown = (text: string): string =>
  JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** Deflated, in the characters of base64url; undefined where that is too long. */
function pack(bytes: Uint8Array): string | undefined {
  if (bytes.length > HOPELESS) return undefined;
  const text = strFromU8(deflateSync(bytes, { level: 9 }), true);
  const packed = btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return packed.length <= LONGEST ? packed : undefined;
}

function unpack(text: string): Uint8Array | undefined {
  if (text.length > LONGEST) return undefined;
  try {
    const packed = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return inflateSync(strToU8(packed, true)); // at most a thousand times as long
  } catch {
    return undefined;
  }
}
