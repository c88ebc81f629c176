/** samples.txt says which samples were cut, and is read back. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { train } from "../../lib/index.js";
import { readSamples } from "../../lib/report/record.js";
import {
  cutText,
  formatSamples,
  parseSamples,
  shownSample,
} from "../../lib/run/folder/samples-file.js";
import { scratch } from "../train/support.js";

const folder = scratch();

it("has a line per sample, and a tab and a word behind one that was cut", () => {
  const samples = [
    { word: "anna", cut: false },
    { word: "bo…", cut: true },
    { word: "", cut: false },
    { word: "two words", cut: true },
    { word: "cut", cut: false },
  ];
  const text = "anna\nbo…\tcut\n\ntwo words\tcut\ncut\n";
  expect(formatSamples(samples)).toBe(text);
  expect(parseSamples(text)).toEqual(samples);
  expect(parseSamples("")).toEqual([]);
});

it("a cut sample is shown with a mark, apart from a text's last word", () => {
  expect(shownSample({ word: "ann", cut: true }, "character")).toBe("ann…");
  expect(shownSample({ word: "on the", cut: true }, "word")).toBe("on the …");
  expect(shownSample({ word: "on the", cut: false }, "word")).toBe("on the");
  const [whole, cut] = [false, true].map((cut) => ({ word: "a", cut }));
  expect(cutText([whole, whole])).toBeUndefined();
  expect(cutText([whole, cut])).toBe("1 of 2 was cut at the maximum length (…)");
  expect(cutText([cut, cut], "")).toBe("2 of 2 were cut at the maximum length");
});

it("a training marks them", async () => {
  // A model of these never ends a word, but by chance.
  const words = Array.from({ length: 10 }, () => "a".repeat(3000));
  const out = join(folder(), "run");
  const settings = { model: "bigram", steps: 200, lr: "10", samples: 5 } as const;
  const { samples, cut } = await train({ words, ...settings, out, pictures: false });
  expect(cut).toContain(true);
  const lines = samples.map((word, i) => `${word}${cut[i] ? "\tcut" : ""}\n`);
  expect(readFileSync(join(out, "samples.txt"), "utf8")).toBe(lines.join(""));
  expect(readSamples(out)).toEqual(samples.map((word, i) => ({ word, cut: cut[i] })));
});
