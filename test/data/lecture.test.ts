/**
 * The lecture's own data set against the numbers that PyTorch and Python computed from it.
 *
 * The file is not shipped: MM_NAMES=path/to/names.txt (makemore's, 32,033 names) runs these tests.
 */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  buildContexts,
  type Examples,
  readWords,
  splitWords,
  Vocabulary,
} from "../../lib/data/index.js";
import lecture from "../reference/lecture.json" with { type: "json" };
import { sha256 } from "./support.js";

const file = process.env.MM_NAMES;
if (!file)
  console.warn(
    "test/data/lecture.test.ts is skipped: set MM_NAMES to the lecture's names.txt to run it",
  );

const reference = lecture.data;
const BLOCK_SIZE = 3;

/** The hash of a torch.int64 tensor with these values. */
function int64Sha256(tokens: Int32Array): string {
  const bytes = Buffer.alloc(tokens.length * 8);
  for (const [i, token] of tokens.entries()) bytes.writeBigInt64LE(BigInt(token), i * 8);
  return sha256(bytes);
}

function digest({ contexts, targets, count, blockSize }: Examples) {
  return {
    X_shape: [count, blockSize],
    Y_shape: [count],
    X_int64_le_sha256: int64Sha256(contexts),
    Y_int64_le_sha256: int64Sha256(targets),
  };
}

describe.skipIf(!file)("the lecture's names.txt (MM_NAMES)", () => {
  // The body runs while tests are collected, skipped or not.
  const words = file ? readWords(file) : ["skipped"];
  const vocabulary = new Vocabulary(words);

  it("is the file of the reference", () => {
    expect(sha256(readFileSync(String(file)))).toBe(lecture.meta.names_sha256);
  });

  it("has 32,033 words", () => {
    expect(words).toHaveLength(32_033);
    expect(words).toHaveLength(reference.n_words);
    expect(words.slice(0, 8)).toEqual(reference.first8_words);
    expect(Math.min(...words.map((word) => word.length))).toBe(reference.min_len);
    expect(Math.max(...words.map((word) => word.length))).toBe(reference.max_len);
  });

  it("has the lecture's vocabulary", () => {
    expect(vocabulary.size).toBe(reference.vocabulary.size);
    expect(vocabulary.itos).toEqual(reference.vocabulary.itos);
    expect(Object.fromEntries(vocabulary.stoi)).toEqual(reference.vocabulary.stoi);
  });

  it("prints the windows of the first five words", () => {
    const first5 = words.slice(0, 5);
    const { contexts, targets, count } = buildContexts(first5, vocabulary, BLOCK_SIZE);
    expect(first5).toEqual(reference.first5.words);
    expect(count).toBe(32);
    expect(Array.from(contexts)).toEqual(reference.first5.X.values);
    expect(Array.from(targets)).toEqual(reference.first5.Y.values);

    const rows = Array.from(targets, (target, i) => {
      const context = contexts.subarray(i * BLOCK_SIZE, (i + 1) * BLOCK_SIZE);
      return `${vocabulary.decode(context)} ---> ${vocabulary.decode([target])}`;
    });
    expect(rows).toEqual(reference.first5.rows);
  });

  it("gives 228,146 examples, the same as PyTorch's", () => {
    const examples = buildContexts(words, vocabulary, BLOCK_SIZE);
    expect(examples.count).toBe(228_146);
    expect(digest(examples)).toEqual(reference.full);
  });

  it.each([
    ["train", 182_625],
    ["dev", 22_655],
    ["test", 22_866],
  ] as const)("splits as Python does: %s has %d examples", (name, count) => {
    const part = splitWords(words)[name];
    const expected = reference.splits[name];
    expect(part).toHaveLength(expected.n_words);
    expect(part.slice(0, 5)).toEqual(expected.first5_words);
    expect(part.at(-1)).toBe(expected.last_word);
    expect(sha256(part.join("\n"))).toBe(expected.words_newline_joined_sha256);

    const examples = buildContexts(part, vocabulary, BLOCK_SIZE);
    expect(examples.count).toBe(count);
    expect(expected).toMatchObject(digest(examples));
    expect(Array.from(examples.contexts.subarray(0, 8 * BLOCK_SIZE))).toEqual(
      expected.first8_X.flat(),
    );
    expect(Array.from(examples.targets.subarray(0, 8))).toEqual(expected.first8_Y);
  });
});
