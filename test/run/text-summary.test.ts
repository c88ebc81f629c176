/** What is said of a text that was read, and its normal form, which the run remembers. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  evaluate,
  Generator,
  loadCorpus,
  loadRun,
  resume,
  sample,
  score,
  type TextOptions,
  train,
} from "../../lib/index.js";
import { readExamples } from "../../lib/run/corpus/other-text.js";
import { scratch } from "../train/support.js";

const folder = scratch();
function read(text: string, options: TextOptions = {}) {
  const file = join(folder(), "text.txt");
  writeFileSync(file, text);
  const { summary } = loadCorpus(file, 2, 42, { minCount: 1, ...options });
  if (summary === undefined) throw new Error("no summary");
  const { warnings, ...facts } = summary;
  return { facts, warnings };
}
const kinds = (text: string, options?: TextOptions) =>
  read(text, options).warnings.map(({ kind }) => kind);

const PROSE = "The cat sat on the mat. A dog ran to the mat!\n\nNo one came.\n";
const ACCENTS = "un café noir et un cafe\u0301 blanc .\n";

describe("the summary of a text", () => {
  it("counts lines, words, characters, and what of dev is in train and known", () => {
    expect(read(PROSE.repeat(10)).facts).toEqual({
      lines: 30,
      blank: 10,
      trimmed: 0,
      repeats: 0,
      normalized: 0,
      words: 180,
      distinct: 15,
      characters: 440,
      devInTrain: 1,
      devUnknown: 0,
    });
  });

  it("is of sentences without their ends, and of all files", () => {
    const dev = join(folder(), "dev.txt");
    writeFileSync(dev, "the zebra ran");
    const { facts } = read("the cat ran\n\na dog sat\n".repeat(10), {
      lines: "sentences",
      tokens: "whitespace",
      devData: dev,
    });
    expect(facts).toMatchObject({ lines: 31, blank: 10, words: 63, distinct: 7, characters: 171 });
    expect(facts.devInTrain).toBeCloseTo(2 / 3);
    expect(facts.devUnknown).toBeCloseTo(1 / 3); // words of the dev file are never counted
  });

  it("is of a program's tokens", () => {
    const { summary } = loadCorpus(ACCENTS.trim().split(" ").concat(["a", "b"]), 2, 42, {
      minCount: 1,
    });
    expect(summary).toMatchObject({ lines: 10, words: 10, distinct: 8, normalized: 1 });
  });

  it.each<[string, string, TextOptions, string[]]>([
    ["nothing where all is well", PROSE.repeat(20), {}, []],
    ["a list of words", "anna\nbob\nclara\ndora\n".repeat(10), {}, ["list"]],
    ["a script without blanks", "春天来了花开了。小鸟在树上唱歌。\n".repeat(10), {}, ["segments"]],
    ["Thai", "ฉันไปโรงเรียนทุกวัน เขาไม่ได้ไปไหนเลย\n".repeat(10), {}, ["segments"]],
    ["Chinese that was split", "春天 来 了 。\n".repeat(10), { tokens: "whitespace" }, []],
    ["Chinese by its words", "春天来了花开了。\n".repeat(10), { tokens: "segments" }, []],
    ["what is not seen", `${PROSE.repeat(9)}the c\u200bat. ${PROSE}`, {}, ["invisible"]],
    ["several normal forms", ACCENTS.repeat(10), {}, ["normal-forms"]],
    ["the same, kept", ACCENTS.repeat(10), { normalize: "none" }, ["normal-forms"]],
    ["unknown words", PROSE.repeat(9), { minCount: 10 }, ["unknown"]],
  ])("warns of %s", (_, text, options, expected) => {
    expect(kinds(text, options)).toEqual(expected);
  });

  it("says what to do", () => {
    expect(read(ACCENTS.repeat(10)).warnings[0].message).toBe(
      "10 of 80 words were brought to the normal form NFC, which the others had; --normalize " +
        "none keeps them apart",
    );
    expect(read("春天来了花开了。\n".repeat(10)).warnings[0].message).toMatch(
      /^10 of 20 words are of a script without blanks, 7\.0 characters on average: --tokens segments /,
    );
  });
});

describe.each(["text", "whitespace", "segments"] as const)("the normal form, by %s", (tokens) => {
  const settings = {
    level: "word",
    tokens,
    minCount: 1,
    steps: 5,
    hidden: 4,
    embedding: 2,
    batchSize: 4,
    samples: 0,
  } as const;
  const COMPOSED = ["un", "café"];
  const DECOMPOSED = COMPOSED.map((word) => word.normalize("NFD"));
  const start = async (normalize: "nfc" | "none") => {
    const dir = folder();
    const data = join(dir, "text.txt");
    writeFileSync(data, ACCENTS.repeat(10));
    await train({ ...settings, data, normalize, out: join(dir, "run") });
    return { dir, ...loadRun(join(dir, "run")) };
  };

  it("is NFC, and the run finds é in either form", async () => {
    const { dir, model, vocabulary } = await start("nfc");
    expect(vocabulary.itos.filter((word) => /^caf/.test(word))).toEqual(["café"]);
    const [a, b] = score(model, vocabulary, [COMPOSED.join(" "), DECOMPOSED.join(" ")]);
    expect(a).toMatchObject({ characters: 2, unknown: 0 });
    expect({ ...b, word: "" }).toEqual({ ...a, word: "" });
    const made = [COMPOSED, DECOMPOSED].map((words) =>
      sample(model, vocabulary, 3, new Generator(1), { prefix: words.join(" ") }),
    );
    expect(made[0]).toEqual(made[1]);
    const losses = [COMPOSED, DECOMPOSED].map((words, i) => {
      const file = join(dir, `${i}.txt`);
      writeFileSync(file, `${words.join(" ")}\n`.repeat(5));
      return evaluate(model, readExamples(file, vocabulary, model.blockSize));
    });
    expect(losses[0]).toBe(losses[1]);
    // The corpus in the other form is the run's corpus.
    const moved = join(dir, "moved.txt");
    writeFileSync(moved, ACCENTS.repeat(10).normalize("NFD"));
    const { steps } = await resume(join(dir, "run"), { data: moved, steps: 6 });
    expect(steps).toBe(6);
  });

  it("none keeps both, as vocabulary.json says by leaving it out", async () => {
    const { dir, vocabulary } = await start("none");
    expect(vocabulary.itos.filter((word) => /^caf/.test(word))).toHaveLength(2);
    const json = readFileSync(join(dir, "run", "vocabulary.json"), "utf8");
    expect(JSON.parse(json)).not.toHaveProperty("normalize");
  });
});
