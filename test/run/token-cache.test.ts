/** Tokens kept in a file are those of the text read as a whole, whatever became of the file. */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  DataError,
  evaluate,
  Generator,
  minibatch,
  NPLM,
  parseSchedule,
  Trainer,
} from "../../lib/index.js";
import { EpochOrder } from "../../lib/data/examples/batches.js";
import type { Dataset } from "../../lib/data/examples/dataset.js";
import { TOKEN_RULES } from "../../lib/data/texts/tokenizer.js";
import { NgramCounts } from "../../lib/models/ngram/counts.js";
import type { Corpus } from "../../lib/run/corpus/corpus.js";
import { textCorpus } from "../../lib/run/corpus/text-corpus.js";
import { checkTextOptions, type TextOptions } from "../../lib/run/corpus/text-options.js";
import type { TokenCache } from "../../lib/run/corpus/token-cache/open-text.js";
import { errorOf, parameterHash, scratch } from "../train/support.js";

const folder = scratch();
const warnings: string[] = [];
vi.spyOn(process.stderr, "write").mockImplementation((text) => warnings.push(String(text)) > 0);
afterAll(() => void vi.restoreAllMocks());
beforeEach(() => void warnings.splice(0));

function written(text: string | Buffer, name = "text.txt", dir = folder()): string {
  const file = join(dir, name);
  writeFileSync(file, text);
  return file;
}

function load(
  file: string,
  cache: TokenCache,
  options: TextOptions = {},
  blockSize = 3,
): Corpus & { splits: Record<string, Dataset> } {
  const all = checkTextOptions({ minCount: 1, ...options });
  return textCorpus(file, { blockSize }, all, cache);
}

/** All that a corpus says of its text and examples. */
function shown(corpus: ReturnType<typeof load>) {
  const { digest, vocabulary, summary, splits } = corpus;
  return {
    digest,
    vocabulary: JSON.stringify(vocabulary),
    summary,
    splits: Object.entries(splits).map(([split, data]) => {
      const drawn = minibatch(data, 20, new Generator(3));
      const some = data.part(
        Int32Array.from({ length: data.count }, (_, i) => (7 * i) % data.count),
      );
      return {
        split,
        blocks: [...data.blocks(5)].map(({ X, Y }) => [X.toArray(), Y.toArray()]),
        part: [...some.blocks(1000)].map(({ X, Y }) => [X.toArray(), Y.toArray()]),
        drawn: [drawn.X.toArray(), drawn.Y.toArray()],
        counts: [...data.targetCounts(vocabulary.size)],
        whole: [data.X.toArray(), data.Y.toArray()],
      };
    }),
  };
}

const kept = (cache: string): string[] =>
  readdirSync(cache).filter((name) => name.endsWith(".tokens"));

/** Words that the rules know apart, in 1 to 4 bytes each character, and every kind of line end. */
const unit = fc.constantFrom(
  ..."ab1.,'\u0301éß東𝐀ה",
  "word",
  "longer-than-eight-bytes",
  "naïveté-und-mehr",
  "e\u0301",
  " ",
  " ",
  " ",
  "\n",
  "\r\n",
  "\t",
  "\u00a0",
);
const text = fc.array(unit, { minLength: 60, maxLength: 160 }).map((units) => units.join(""));
const ends = fc.constantFrom("", "\n", "\r\n", " ");

it("kept and read again, any text has the examples, digest and summary that it had", () => {
  fc.assert(
    fc.property(
      fc.tuple(text, text, text),
      fc.tuple(ends, fc.boolean(), fc.boolean(), fc.boolean()),
      fc.constantFrom(...TOKEN_RULES),
      fc.record({
        lines: fc.constantFrom("text", "sentences" as const),
        normalize: fc.constantFrom("nfc", "none" as const),
        countOn: fc.constantFrom("stream", "train" as const),
      }),
      fc.tuple(fc.integer({ min: 8, max: 64 }), fc.integer({ min: 1, max: 5 })),
      ([main, dev, test], [end, mark, ownDev, ownTest], tokens, rules, [piece, blockSize]) => {
        const dir = folder();
        const line = "a b c a\n".repeat(8);
        const file = written(`${mark ? "\ufeff" : ""}${line}${main}${end}`, "main.txt", dir);
        const options = {
          tokens,
          ...rules,
          devData: ownDev ? written(`${line}${dev}${end}`, "dev.txt", dir) : null,
          testData: ownTest ? written(`${line}${test}`, "test.txt", dir) : null,
        };
        const expected = shown(load(file, { folder: undefined }, options, blockSize));
        const large = { large: 0, piece };
        const cache = join(dir, "cache");
        for (const place of [undefined, cache, cache])
          expect(shown(load(file, { folder: place, ...large }, options, blockSize))).toEqual(
            expected,
          );
        expect(kept(cache)).toHaveLength(1);
        rmSync(dir, { recursive: true });
      },
    ),
    { numRuns: 60 },
  );
  expect(warnings).toEqual([]);
});

/** A text of many blocks, with more types than two bytes can number. */
const WORDS = 210_000;
const long = (): string =>
  Array.from({ length: WORDS }, (_, i) =>
    i % 3 === 0 ? `w${i}` : ["the", "cat", "."][(i % 7) % 3],
  )
    .join(" ")
    .concat("\n");

it("a text of many blocks, of two and three bytes a token", () => {
  const file = written(long());
  const cache = folder();
  const list = load(file, { folder: undefined });
  for (let time = 0; time < 2; time++) {
    const corpus = load(file, { folder: cache, large: 0 });
    expect(corpus.digest).toBe(list.digest);
    expect(JSON.stringify(corpus.vocabulary)).toBe(JSON.stringify(list.vocabulary));
    for (const split of ["train", "dev", "test"] as const) {
      const [one, other] = [corpus.splits[split], list.splits[split]];
      expect(one.Y.toTypedArray()).toEqual(other.Y.toTypedArray());
      const [a, b] = [one, other].map((data) => minibatch(data, 5000, new Generator(1)));
      expect(a.X.toTypedArray()).toEqual(b.X.toTypedArray());
      expect(a.Y.toTypedArray()).toEqual(b.Y.toTypedArray());
    }
  }
  const size = statSync(join(cache, kept(cache)[0])).size;
  expect(size).toBeLessThan(3 * WORDS + 8 * 70_000 + 3 * 4 * 70_003 + 10_000);
});

describe.each(["text", "sentences"] as const)("of lines that are %s", (lines) => {
  const dir = folder();
  const file = written(
    "the cat ran .\na dog sat .\nthe dog ran far away .\n".repeat(200),
    "t",
    dir,
  );
  const list = load(file, { folder: undefined }, { lines });
  const stored = load(file, { folder: join(dir, "cache"), large: 0 }, { lines });

  it.each([
    ["drawn", undefined, true],
    ["shuffled", 5, true],
    ["as written", undefined, false],
  ])("a training ends with the same bits: minibatches %s", (_, orderSeed, compile) => {
    const run = ({ splits, vocabulary }: typeof list) => {
      const shape = { vocabularySize: vocabulary.size, blockSize: 3, embedding: 4, hidden: 8 };
      const model = NPLM.create({ ...shape, direct: true, tied: false }, new Generator(1));
      const order =
        orderSeed === undefined ? undefined : new EpochOrder(splits.train.count, 16, orderSeed);
      const trainer = new Trainer({
        model,
        examples: splits.train,
        batchSize: 16,
        schedule: parseSchedule("0.2"),
        generator: new Generator(2),
        order,
        compile,
      });
      const losses = trainer.trainSteps(150);
      return [
        losses,
        evaluate(model, splits.dev),
        evaluate(model, splits.test),
        parameterHash(model),
      ];
    };
    expect(run(stored)).toEqual(run(list));
  });

  it("n-grams are counted alike", () => {
    const count = ({ splits, vocabulary }: typeof list) => {
      const { ngrams, counts } = NgramCounts.of(splits.train, 3, vocabulary.size).toTensors();
      return [ngrams.toArray(), counts.toArray()];
    };
    expect(count(stored)).toEqual(count(list));
  });
});

describe("a file of tokens", () => {
  const dir = folder();
  const file = written("the cat ran . a dog sat . ".repeat(150), "text.txt", dir);
  const cache = join(dir, "cache");
  const again = () => load(file, { folder: cache, large: 0 });
  const expected = shown(load(file, { folder: undefined }));
  expect(shown(again())).toEqual(expected);
  const tokens = join(cache, kept(cache)[0]);
  const whole = readFileSync(tokens);
  const place = JSON.parse(whole.subarray(18, 256).toString()) as { offset: number };

  it("that was flipped is made anew, or refused where a step reads it; never believed", async () => {
    for (let at = 0; at < whole.length; at += at < 256 ? 1 : 61) {
      // Blanks behind the header's end say nothing.
      if (at < 256 && whole[at] === 32) continue;
      const flipped = Buffer.from(whole);
      flipped[at] ^= 1 << (at % 8);
      writeFileSync(tokens, flipped);
      warnings.splice(0);
      if (at >= 256 && at < place.offset) {
        const corpus = again();
        const { message } = await errorOf(DataError, () => shown(corpus));
        expect(message).toBe(
          `${tokens}: the tokens of a text, kept here, are damaged: remove this file and start ` +
            "again (a run goes on with --resume)",
        );
        rmSync(tokens);
        expect(shown(again())).toEqual(expected);
        expect(warnings).toEqual([]);
      } else {
        expect(shown(again())).toEqual(expected);
        expect(warnings).toEqual([
          expect.stringMatching(/tokens: is damaged, or no .*: .*text\.txt is read anew\n$/),
        ]);
        expect(readFileSync(tokens)).toEqual(whole);
      }
    }
  }, 60_000);

  it("that was cut is made anew", () => {
    for (const size of [0, 1, 200, 256, 257, place.offset, whole.length - 1]) {
      writeFileSync(tokens, whole);
      truncateSync(tokens, size);
      expect(shown(again())).toEqual(expected);
      expect(readFileSync(tokens)).toEqual(whole);
    }
    expect(warnings).toHaveLength(7);
  });

  it("of another text, under the name of this one, is made anew", () => {
    const other = join(dir, "other");
    load(written("another text , quite another . ".repeat(20)), { folder: other, large: 0 });
    copyFileSync(join(other, kept(other)[0]), tokens);
    expect(shown(again())).toEqual(expected);
    expect(warnings).toEqual([expect.stringMatching(/holds the tokens of another text: /)]);
  });

  it("a folder or a link in its place: the text is read, and the tokens stay in memory", () => {
    rmSync(tokens);
    mkdirSync(tokens);
    expect(shown(again())).toEqual(expected);
    expect(warnings.join("")).toMatch(/are not kept: .* it is read anew each time; MM_CACHE/);
    rmSync(tokens, { recursive: true });
  });

  it("removed while it is used is used to the end", () => {
    writeFileSync(tokens, whole);
    const corpus = again();
    rmSync(tokens);
    expect(shown(corpus)).toEqual(expected);
  });
});

describe("a text is known again", () => {
  const rules = { large: 0 } as const;
  const old = new Date(Date.now() - 60_000);

  it("by its content, wherever it is and whenever it was written", () => {
    const dir = folder();
    const cache = join(dir, "cache");
    const file = written("the cat ran . ".repeat(50), "a.txt", dir);
    const { digest } = load(file, { folder: cache, ...rules });
    renameSync(file, join(dir, "b.txt"));
    expect(load(join(dir, "b.txt"), { folder: cache, ...rules }).digest).toBe(digest);
    utimesSync(join(dir, "b.txt"), old, old);
    expect(load(join(dir, "b.txt"), { folder: cache, ...rules }).digest).toBe(digest);
    expect(kept(cache)).toHaveLength(1);
  });

  it("and one of the same size and time with other words is another", () => {
    const dir = folder();
    const cache = join(dir, "cache");
    const file = join(dir, "a.txt");
    const digests = ["cat", "dog", "cow"].map((animal) => {
      writeFileSync(file, `the ${animal} ran . `.repeat(50));
      utimesSync(file, old, old);
      return load(file, { folder: cache, ...rules }).digest;
    });
    expect(new Set(digests).size).toBe(3);
    expect(kept(cache)).toHaveLength(3);
  });

  it("by its rules too: each has a file of its own, and what is counted of it has none", () => {
    const dir = folder();
    const cache = join(dir, "cache");
    const file = written("the cat ran .\n".repeat(50), "a.txt", dir);
    const options: TextOptions[] = [{}, { tokens: "whitespace" }, { lines: "sentences" }];
    for (const some of options) {
      load(file, { folder: cache, ...rules }, some);
      load(file, { folder: cache, ...rules }, { ...some, minCount: 3, maxWords: 2 });
    }
    expect(kept(cache)).toHaveLength(3);
  });

  it("a damaged note of its content is looked past", () => {
    const dir = folder();
    const cache = join(dir, "cache");
    const file = written("the cat ran . ".repeat(50), "a.txt", dir);
    const { digest } = load(file, { folder: cache, ...rules });
    for (const content of ["", "{", "null", '{"path":1}']) {
      for (const name of readdirSync(cache))
        if (name.endsWith(".json")) writeFileSync(join(cache, name), content);
      expect(load(file, { folder: cache, ...rules }).digest).toBe(digest);
    }
    expect(warnings).toEqual([]);
  });
});

/** A small disk in memory: only root may make one. */
const disk = folder();
const mount = (...options: string[]): void =>
  void execFileSync("mount", ["-t", "tmpfs", "-o", options.join(), "tmpfs", disk], {
    stdio: "ignore",
  });
const mounted = ((): boolean => {
  try {
    mount("size=300k");
    return process.platform === "linux";
  } catch {
    return false;
  }
})();
afterAll(() => {
  if (mounted) execFileSync("umount", ["-l", disk]);
});

describe.skipIf(!mounted)("a disk", () => {
  it("that is full is done without, in one line, and has its space back", () => {
    const file = written(long());
    const corpus = load(file, { folder: join(disk, "full"), large: 0 });
    const list = load(file, { folder: undefined });
    expect(corpus.digest).toBe(list.digest);
    for (const split of ["train", "dev", "test"] as const)
      expect(corpus.splits[split].Y.toTypedArray()).toEqual(list.splits[split].Y.toTypedArray());
    expect(warnings).toEqual([
      expect.stringMatching(
        /^mm-train: the tokens of .* are not kept: .*full.*\.tokens cannot be written \(ENOSPC\): it is read/,
      ),
    ]);
    expect(readdirSync(join(disk, "full")).filter((name) => !name.endsWith(".json"))).toEqual([]);
  });

  it("that is read-only gives what it has, and is not written", () => {
    const file = written("the cat ran . ".repeat(50));
    const cache = join(disk, "cache");
    const { digest } = load(file, { folder: cache, large: 0 });
    execFileSync("mount", ["-o", "remount,ro", disk]);
    warnings.splice(0);
    expect(load(file, { folder: cache, large: 0 }).digest).toBe(digest);
    expect(warnings).toEqual([]);
    const other = written("the dog ran . ".repeat(50));
    for (const place of [cache, join(disk, "new")]) {
      expect(load(other, { folder: place, large: 0 }).splits.train.count).toBe(160);
      expect(warnings.splice(0)).toEqual([
        expect.stringMatching(
          /^mm-train: the tokens of .* are not kept: .*(cache|new).* \(EROFS\): /,
        ),
      ]);
    }
    execFileSync("mount", ["-o", "remount,rw", disk]);
  });
});
