/** The settings of the playground are those of `mm-train`. */
import { expect, it } from "vitest";
import { parseConfig, PRESETS } from "../../lib/index.js";
import { settingsOf } from "../../lib/run/settings/config.js";
import { describe } from "../../web/playground/describe.js";
import { startOf } from "../../web/playground/starts.js";
import {
  aboutSetting,
  changed,
  expected,
  INITIAL,
  parseValue,
  SETTINGS,
} from "../../web/playground/settings.js";

const MLP_SETTINGS = settingsOf({ model: "mlp" });

it("begin with the lecture's", () => {
  expect(parseConfig({})).toMatchObject(INITIAL);
  expect(changed(INITIAL)).toEqual({});
});

it.each(SETTINGS)("$key takes what the library takes", (setting) => {
  const accepts = (value: unknown): boolean => MLP_SETTINGS[setting.key].safeParse(value).success;
  const shown = (value: unknown): boolean => parseValue(setting, String(value)) === value;
  const candidates: unknown[] = [setting.initial];
  if (setting.kind === "integer")
    candidates.push(setting.min, setting.max, setting.min - 1, setting.max + 1, 1.5);
  if (setting.kind === "fraction")
    candidates.push(setting.min, setting.max, -0.1, setting.max * 0.5);
  if (setting.kind === "choice") candidates.push(...Object.keys(setting.choices), "other");
  if (setting.kind === "text") candidates.push(...setting.examples);
  if (setting.kind === "flag") candidates.push(true, false);
  for (const value of candidates) expect([value, shown(value)]).toEqual([value, accepts(value)]);
  expect(expected(setting)).not.toBe("");
  expect(setting.help).toMatch(/^[A-Z].*\.$/);
});

it("have the choices of the library", () => {
  for (const setting of SETTINGS)
    if (setting.kind === "choice") {
      const kind = MLP_SETTINGS[setting.key].def.innerType as unknown as { options: string[] };
      expect(Object.keys(setting.choices)).toEqual(kind.options);
    }
});

it("take numbers as one types them, and nothing else", () => {
  const [steps] = SETTINGS.filter(({ key }) => key === "steps");
  expect(parseValue(steps, " 200,000 ")).toBe(200_000);
  expect(parseValue(steps, "1e5")).toBe(100_000);
  for (const text of ["", " ", "many", "1,5", "-1", "NaN", "Infinity", "1.5"])
    expect([text, parseValue(steps, text)]).toEqual([text, undefined]);
});

it("know which one a message is about", () => {
  expect(aboutSetting("lr: expected something")).toMatchObject({
    setting: { key: "lr" },
    problem: "expected something",
  });
  expect(aboutSetting("words.txt: the file is empty")).toBeUndefined();
});

it("have all that presets of the playground change, but when losses are measured", () => {
  const without = ["evalEvery", "logEvery", "checkpointEvery"];
  for (const name of ["quick", "best"] as const)
    for (const key of Object.keys(PRESETS[name]))
      if (!without.includes(key)) expect(INITIAL).toHaveProperty(key);
});

it("a run is described by what it has beside the nearest start", () => {
  const list = { kind: "names" } as const;
  const about = (settings: object) => describe({ settings: { ...INITIAL, ...settings }, list });
  expect(about({})).toBe("the lecture's settings");
  expect(about({ hidden: 64, steps: 3000, batchSeed: 1234 })).toBe(
    "hidden units 64, steps 3,000, seed of the minibatches 1234",
  );
  expect(about(startOf("quick"))).toBe("quick");
  expect(about({ ...startOf("quick"), hidden: 20 })).toBe("quick, hidden units 20");
  const own = { kind: "file", name: "words.txt", bytes: new Uint8Array() } as const;
  expect(describe({ settings: startOf("best"), list: own })).toBe("words.txt, best");
});
