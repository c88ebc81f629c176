import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { describe, expect, it } from "vitest";
import {
  buildContexts,
  defaultCorpus,
  readWords,
  resolveCorpus,
  splitWords,
  Vocabulary,
} from "../../lib/data/index.js";
import { ValueError } from "../../lib/errors.js";
import { errorOf, sha256, withFolder } from "./support.js";

describe("the shipped corpus", () => {
  const file = defaultCorpus();
  const words = readWords(file);

  it("is the list that scripts/make-names.py writes, byte for byte", () => {
    expect(isAbsolute(file)).toBe(true);
    expect(sha256(readFileSync(file))).toBe(
      "bd02dfd33179e23ec2dd093cbd4de619834f75d660ef1ae04d3127e7a0110053",
    );
  });

  it("has 32,257 names over a to z", () => {
    expect(words).toHaveLength(32_257);
    expect(readFileSync(file, "utf8").split("\n")).toHaveLength(32_257 + 1);
    expect(words.slice(0, 6)).toEqual(["emma", "olivia", "ava", "isabella", "sophia", "charlotte"]);
    expect(new Vocabulary(words).itos.join("")).toBe(".abcdefghijklmnopqrstuvwxyz");
  });

  it("splits into 183,802 / 22,949 / 23,053 examples", () => {
    const vocabulary = new Vocabulary(words);
    const { train, dev, test } = splitWords(words);
    const counts = [train, dev, test].map((part) => buildContexts(part, vocabulary, 3).count);
    expect(counts).toEqual([183_802, 22_949, 23_053]);
  });
});

describe("resolveCorpus", () => {
  it("takes names for the shipped corpus and anything else for a path", () => {
    expect(resolveCorpus("names")).toBe(defaultCorpus());
    expect(resolveCorpus("./names")).toBe("./names");
    expect(resolveCorpus("towns.txt")).toBe("towns.txt");
  });

  it("does not depend on the working directory, even one with a data folder", () => {
    const expected = defaultCorpus();
    inFolder(() => {
      mkdirSync("data");
      writeFileSync("package.json", "{}");
      writeFileSync("data/names.txt", "other\n");
      expect(resolveCorpus("names")).toBe(expected);
    });
  });

  it("refuses an empty name", () => {
    expect(errorOf(ValueError, () => resolveCorpus("")).message).toBe(
      'resolveCorpus: expected "names" or the path of a file, got an empty string',
    );
  });
});

function inFolder(run: () => void): void {
  const before = process.cwd();
  withFolder((folder) => {
    process.chdir(folder);
    try {
      run();
    } finally {
      process.chdir(before);
    }
  });
}
