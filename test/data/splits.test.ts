import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitWords } from "../../lib/data/index.js";
import { DataError } from "../../lib/errors.js";
import { errorOf } from "./support.js";

const numbered = (n: number): string[] => Array.from({ length: n }, (_, i) => `w${i}`);

describe("splitWords", () => {
  it("equals Python: random.seed(42); random.shuffle(words); cuts at int(.8 * n), int(.9 * n)", () => {
    // Computed by CPython 3.11.
    expect(splitWords([..."abcdefghijklm"])).toEqual(PYTHON_42);
    expect(splitWords([..."abcdefghijklm"], 7)).toEqual(PYTHON_7);
  });

  it("leaves its argument alone", () => {
    const words = Object.freeze(numbered(20));
    splitWords(words);
    expect(words).toEqual(numbered(20));
  });

  it.each([0, 1, 5])("refuses %d words, which would leave a part empty", (n) => {
    expect(errorOf(DataError, () => splitWords(numbered(n), 42, "few.txt")).message).toBe(
      `few.txt: at least 6 words are needed for train, dev and test, got ${n}: add words`,
    );
  });

  it("fills every part from 6 words on", () => {
    for (let n = 6; n <= 200; n++) {
      const { train, dev, test } = splitWords(numbered(n));
      expect(Math.min(train.length, dev.length, test.length), `${n} words`).toBeGreaterThan(0);
    }
  });

  it("partitions the words, repetitions included, and repeats itself", () => {
    const words = fc.array(fc.string({ minLength: 1, maxLength: 2 }), {
      minLength: 6,
      maxLength: 100,
    });
    fc.assert(
      fc.property(words, fc.nat(), (list, seed) => {
        const { train, dev, test } = splitWords(list, seed);
        expect([...train, ...dev, ...test].sort()).toEqual([...list].sort());
        expect(splitWords(list, seed)).toEqual({ train, dev, test });
      }),
    );
  });
});

const PYTHON_42 = { train: [..."hgcjmflide"], dev: [..."a"], test: [..."bk"] };
const PYTHON_7 = { train: [..."dkmhjeliba"], dev: [..."g"], test: [..."cf"] };
