/** The list of a run without its examples: the same words, and the same refusals. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { CheckpointError, loadRun, loadRunCorpus, train } from "../../lib/index.js";
import { loadRunWords } from "../../lib/run/corpus/run-corpus.js";
import { errorOf, scratch } from "../train/support.js";

const folder = scratch();
const LIST = ["anna", "bob", "cafe\u0301", "dora", "emil", "frida", "anna"];

it("is that of the corpus, read as the run read it", async () => {
  const dir = folder();
  const [data, out] = [join(dir, "words.txt"), join(dir, "run")];
  writeFileSync(data, `${LIST.join("\n")}\n`);
  await train({ data, unique: true, steps: 1, hidden: 4, samples: 0, out });
  const { config } = loadRun(out);
  const words = [...loadRunWords(out, config)];
  expect(words).toEqual(["anna", "bob", "café", "dora", "emil", "frida"]);
  expect(words).toEqual([...loadRunCorpus(out, config).words]);
  writeFileSync(data, `${[...LIST, "gustav"].join("\n")}\n`);
  const refused = await errorOf(CheckpointError, () => loadRunWords(out, config));
  const { message } = await errorOf(CheckpointError, () => loadRunCorpus(out, config));
  expect(refused.message).toBe(message);
  expect(message).toMatch(/was trained on other words than .*words\.txt holds now/);
});

it("is empty for a text, which is not read for it", async () => {
  const out = join(folder(), "run");
  const words = "the cat sat . ".repeat(20).trim().split(" ");
  await train({ words, level: "word", steps: 1, hidden: 4, samples: 0, out });
  expect(loadRunWords(out, loadRun(out).config)).toHaveLength(0);
});
