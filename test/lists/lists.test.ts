/**
 * Small lists of all kinds that people have (files/, written for this): each is read, summed up,
 * trained on for a few steps, sampled and scored.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  type CorpusSummary,
  Generator,
  resume,
  sample,
  score,
  train,
  type TrainOptions,
} from "../../lib/index.js";
import { parameterHash, scratch } from "../train/support.js";

const files = join(import.meta.dirname, "files");
const folder = scratch();
const TINY = { steps: 3, hidden: 4, embedding: 2, batchSize: 4, samples: 3 } as const;

interface Expected extends Partial<Omit<CorpusSummary, "warnings">> {
  /** kinds, in their order */
  warnings?: string[];
  /** how the boundary is shown */
  boundary?: string;
  /** a word that the model can score, as a person may type it */
  typed: string;
}

/** By file: [settings, what is expected]. */
const LISTS: Record<string, [TrainOptions, Expected]> = {
  "chinese.txt": [{}, { words: 12, distinct: 12, characters: 24, typed: "北京" }],
  "japanese.txt": [{}, { words: 12, distinct: 9, characters: 34, devInTrain: 1, typed: "さくら" }],
  "katakana-half-width.txt": [{}, { words: 8, characters: 22, normalized: 0, typed: "ﾊﾞｽ" }],
  "korean.txt": [{}, { words: 10, characters: 20, typed: "\u1109\u1165\u110b\u1167\u11ab" }],
  "korean-nfd.txt": [{}, { words: 8, characters: 16, normalized: 8, typed: "서연" }],
  "persian.txt": [{}, { words: 8, characters: 44, typed: "می\u200cروم" }],
  "arabic.txt": [{}, { words: 8, characters: 34, typed: "\u0627\u0654حمد" }],
  "hebrew.txt": [{}, { words: 8, characters: 44, typed: "צה״ל" }],
  "turkish.txt": [{}, { words: 8, characters: 54, typed: "I\u0307zmir" }],
  "hindi.txt": [{}, { words: 8, characters: 43, typed: "क्\u200dष" }],
  "tamil.txt": [{}, { words: 8, characters: 38, typed: "தமிழ்" }],
  "thai.txt": [{}, { words: 8, characters: 44, typed: "น้ำ" }],
  "german.txt": [{}, { words: 8, characters: 41, typed: "A\u0308pfel" }],
  "greek.txt": [{}, { words: 8, characters: 48, typed: "\u0391\u0313θήνα" }],
  "cyrillic.txt": [{}, { words: 9, characters: 40, typed: "Е\u0308лка" }],
  "georgian-armenian.txt": [{}, { words: 8, characters: 50, typed: "Երևան" }],
  "vietnamese.txt": [
    {},
    { words: 8, characters: 47, normalized: 0, typed: "Nguye\u0302\u0303n Đo\u0302\u0303" },
  ],
  "ethiopic.txt": [{}, { words: 8, characters: 28, typed: "ተስፋዬ" }],
  "emoji.txt": [{}, { words: 8, characters: 19, typed: "👩\u200d👩\u200d👧" }],
  "accents-mixed.txt": [
    {},
    {
      words: 8,
      distinct: 7,
      characters: 33,
      normalized: 3,
      warnings: ["normal-forms"],
      typed: "Rene\u0301",
    },
  ],
  "dots.txt": [{}, { words: 8, characters: 55, boundary: "·", typed: "St. Louis" }],
  "dots-and-middle-dots.txt": [
    {},
    { words: 8, characters: 66, boundary: "•", typed: "St. al·lot" },
  ],
  "apostrophes.txt": [{}, { words: 8, characters: 56, typed: "D’Arcy" }],
  "digits.txt": [{}, { words: 8, characters: 29, boundary: "·", typed: "3.14" }],
  "mathematics.txt": [{}, { words: 8, characters: 38, typed: "∀x∃y" }],
  "capitals-few.txt": [{}, { words: 21, warnings: ["case"], typed: "anna" }],
  "table.csv": [
    { column: "name", weightColumn: "count" },
    { lines: 10, blank: 2, repeats: 1, words: 7, distinct: 7, typed: "Smith, John" },
  ],
  "table.tsv": [{ column: "1" }, { lines: 7, words: 7, characters: 30, typed: "Gustav" }],
  "semicolons.csv": [
    { column: "Ort" },
    { lines: 7, words: 7, characters: 28, typed: "Ko\u0308ln" },
  ],
  "list.json": [{}, { lines: 8, words: 8, warnings: ["json"], typed: '"anna",' }],
  "objects.jsonl": [{}, { words: 6, warnings: ["json"], typed: '{"name":"anna"}' }],
  "prose.txt": [{}, { words: 6, boundary: "·", warnings: ["text"], typed: "The cat." }],
  "prose-chinese.txt": [{}, { words: 6, distinct: 3, warnings: ["text"], typed: "春天" }],
  "invisible.txt": [{}, { words: 8, characters: 39, warnings: ["invisible"], typed: "an\u200bna" }],
  "blanks.txt": [
    {},
    {
      lines: 9,
      blank: 2,
      trimmed: 3,
      words: 7,
      warnings: ["blanks", "blanks"],
      typed: "mary  ann",
    },
  ],
  "windows.txt": [{}, { lines: 7, blank: 1, trimmed: 0, words: 6, characters: 24, typed: "bob" }],
  "repeats.txt": [
    {},
    {
      words: 120,
      distinct: 7,
      devInTrain: 1,
      warnings: ["repeats"],
      typed: "gustav",
    },
  ],
  "no-newline.txt": [{}, { lines: 6, words: 6, characters: 24, typed: "frida" }],
  // A dictionary of a spelling checker, with its count and flags, and one of pronunciations.
  "hunspell.dic": [{}, { lines: 9, words: 9, characters: 60, typed: "Straße/N" }],
  "pronunciations.txt": [
    {},
    { words: 8, characters: 144, warnings: ["text", "blanks"], typed: "dora  D AO1 R AH0" },
  ],
  "names-of-objects.txt": [{}, { words: 8, characters: 62, typed: "__proto__" }],
};
/** What it is refused for is a test of its own. */
const REFUSED = ["one-line.txt"];

it("has no file without an expectation", () => {
  const known = [...Object.keys(LISTS), ...REFUSED];
  expect(readdirSync(files).filter((name) => !known.includes(name))).toEqual([]);
});

async function check(
  settings: TrainOptions,
  { typed, boundary, warnings = [], ...numbers }: Expected,
) {
  const { corpus, model, samples, loss, examples } = await train({ ...TINY, ...settings });
  const { vocabulary, summary, words } = corpus;
  expect(summary).toMatchObject(numbers);
  expect(summary?.warnings.map(({ kind }) => kind)).toEqual(warnings);
  expect(vocabulary.itos[0]).toBe(boundary ?? ".");
  expect([...words].join("")).not.toContain(vocabulary.itos[0]);
  const { train: seen, dev, test } = examples;
  expect(seen + dev + test).toBe([...words].reduce((n, word) => n + [...word].length + 1, 0));
  expect(loss?.dev).toBeGreaterThan(0);
  for (const word of samples) expect([...word]).not.toContain(vocabulary.itos[0]);
  // As its words and as a person types it: no character is unknown.
  const scores = score(model, vocabulary, [...words, typed]);
  for (const { probability } of scores) expect(probability).toBeGreaterThanOrEqual(0);
  expect(scores.at(-1)?.characters).toBe([...typed.normalize("NFC")].length + 1);
  const [begun] = sample(model, vocabulary, 1, new Generator(1), { prefix: typed });
  expect(begun.startsWith(typed.normalize("NFC"))).toBe(true);
}

it.each(Object.entries(LISTS))("%s", async (name, [settings, expected]) => {
  await check({ data: join(files, name), ...settings }, expected);
});

describe("the same words come out of", () => {
  const text = readFileSync(join(files, "greek.txt"), "utf8");
  const expected = LISTS["greek.txt"][1];
  const bytes = (encoding: "utf8" | "utf16le") => Buffer.from(text, encoding);
  it.each<[string, Buffer]>([
    ["a gzip file", gzipSync(text)],
    ["UTF-16, little end first", bytes("utf16le")],
    ["UTF-16, big end first", bytes("utf16le").swap16()],
    ["UTF-16 with a mark", Buffer.from(`\ufeff${text}`, "utf16le")],
    ["other normal forms", Buffer.from(text.normalize("NFD"))],
  ])("%s", async (_, content) => {
    const file = join(folder(), "words");
    writeFileSync(file, content);
    const normalized = content.equals(Buffer.from(text.normalize("NFD"))) ? 8 : 0;
    await check({ data: file }, { ...expected, normalized });
  });
});

it("a run of a table with weights goes on to the bits of one that was not interrupted", async () => {
  const table = { ...TINY, data: join(files, "table.csv"), column: "name", weightColumn: "count" };
  const [run, steps] = [join(folder(), "run"), 9];
  const whole = await train({ ...table, steps });
  await train({ ...table, steps: 4, out: run });
  const { model, loss } = await resume(run, { steps });
  expect(parameterHash(model)).toBe(parameterHash(whole.model));
  expect(loss).toEqual(whole.loss);
  const evenly = await train({ ...table, weightColumn: "", unique: true, steps });
  expect(parameterHash(evenly.model)).not.toBe(parameterHash(whole.model));
});

it("one line is no list, and says what it may be", async () => {
  await expect(train({ ...TINY, data: join(files, "one-line.txt") })).rejects.toThrow(
    /one-line\.txt: one line only: expected one word per line, or --level word for a text$/,
  );
});

it("repeats that --unique drops may leave too few words", async () => {
  await expect(
    train({ ...TINY, data: join(files, "prose-chinese.txt"), unique: true }),
  ).rejects.toThrow(
    /prose-chinese\.txt: at least 6 words are needed for train, dev and test, got 3/,
  );
});
