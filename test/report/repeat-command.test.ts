/** The command that repeats a run says the run's settings, and no more. */
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { repeatCommand } from "../../lib/report/pages/repeat-command.js";
import { parseConfig } from "../../lib/run/settings/parse-config.js";
import { PRESETS } from "../../lib/run/settings/presets.js";
import type { RunConfig } from "../../lib/run/folder/run-folder.js";

const run = (settings: Record<string, unknown>): RunConfig => ({
  ...parseConfig(settings),
  version: 2,
  from: null,
  wordsSha256: "",
  stepsDone: 0,
});

/** The settings of a command line, by options as a shell takes them apart. */
function settingsOf(command: string): Record<string, unknown> {
  const words = execFileSync(
    "sh",
    ["-c", `for word in ${command.replace(/^npx mm-train/, "")}; do printf '%s\\n' "$word"; done`],
    { encoding: "utf8" },
  )
    .split("\n")
    .slice(0, -1)
    .flatMap((word) =>
      /^--[a-z-]+=/.test(word) ? [word.replace(/=.*/s, ""), word.replace(/^[^=]*=/, "")] : [word],
    );
  const settings: Record<string, unknown> = {};
  for (let i = 0; i < words.length; i++) {
    const key = words[i].slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const value = words.at(i + 1);
    if (value === undefined || value.startsWith("--")) settings[key] = true;
    else settings[key] = Number.isNaN(Number(words[++i])) || key === "lr" ? value : Number(value);
  }
  return settings;
}

const CASES: Record<string, Record<string, unknown>> = {
  "the defaults": {},
  "a list with a name that a shell would take apart": { data: "/a b/it's $HOME;.txt", steps: 50 },
  "a value that looks like an option": { data: "-x", seed: -3 },
  "schedules with characters of shells": { lr: "cosine:0.1->0.001" },
  "a preset but for one setting": { preset: "quick", hidden: 300 },
  "a switch": { model: "nplm", direct: true, data: "book.txt", level: "word" },
  "words of Brown": { data: "brown:A", model: "kneser-ney", minCount: 2 },
};

describe.each([
  ...Object.entries(CASES),
  ...Object.keys(PRESETS).map((preset) => [preset, { preset }] as const),
])("%s", (_, settings) => {
  it("comes back", () => {
    const config = run(settings);
    expect(run(settingsOf(repeatCommand(config)))).toEqual(config);
  });
});

it.each([
  [{}, "npx mm-train"],
  [{ preset: "quick", hidden: 300 }, "npx mm-train --preset quick --hidden 300"],
  [{ preset: "kn5" }, "npx mm-train --preset kn5"],
  [{ data: "words.txt", steps: 9 }, "npx mm-train --data words.txt --steps 9"],
])("%j is short", (settings, command) => {
  expect(repeatCommand(run(settings))).toBe(command);
});

it("names a file where the words came from a program", () => {
  expect(repeatCommand({ ...run({}), data: null })).toBe("npx mm-train --data words.txt");
});
