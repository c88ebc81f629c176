/** A run in the address of the page. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { PythonRandom } from "../../lib/index.js";
import { hashOf, readRoute } from "../../web/page/route.js";
import { addressOf, fitsAddress, readAddress } from "../../web/playground/address.js";
import type { List } from "../../web/playground/protocol.js";
import { INITIAL, SETTINGS } from "../../web/playground/settings.js";

const NAMES: List = { kind: "names" };

const value = (setting: (typeof SETTINGS)[number]): fc.Arbitrary<string | number | boolean> => {
  switch (setting.kind) {
    case "integer":
      return fc.integer({ min: setting.min, max: setting.max });
    case "fraction":
      return fc.double({ min: setting.min, max: setting.max, maxExcluded: true, noNaN: true });
    case "choice":
      return fc.constantFrom(...Object.keys(setting.choices));
    case "flag":
      return fc.boolean();
    case "text":
      return fc.constantFrom(...setting.examples);
  }
};
const settings = fc.record(Object.fromEntries(SETTINGS.map((s) => [s.key, value(s)])));

it("is empty for the lecture's run", () => {
  expect(addressOf(INITIAL, NAMES)).toBe("");
  expect(readAddress("")).toEqual({ settings: INITIAL, list: NAMES, problems: [] });
});

it("has the names that options of the command have", () => {
  expect(addressOf({ ...INITIAL, blockSize: 5, weightDecay: 0.01 }, NAMES)).toBe(
    "block-size=5&weight-decay=0.01",
  );
});

it("says all settings and a short list", () => {
  const words = fc.array(fc.string({ minLength: 1, unit: "grapheme" }), { minLength: 6 });
  fc.assert(
    fc.property(settings, words, fc.string(), (chosen, list, name) => {
      const bytes = new TextEncoder().encode(list.join("\n"));
      const file: List = { kind: "file", name, bytes };
      const route = readRoute(hashOf({ view: "playground", query: addressOf(chosen, file) }));
      expect(route.view).toBe("playground");
      const read = readAddress(route.query);
      expect(read.problems).toEqual([]);
      // 0 and -0 are one to a reader.
      expect(JSON.stringify(read.settings)).toBe(JSON.stringify({ ...INITIAL, ...chosen }));
      expect(read.list).toEqual(file);
    }),
  );
});

it("leaves out a list that is too long", () => {
  const bytes = Array.from({ length: 5000 }, (_, i) => i % 251);
  new PythonRandom(1).shuffle(bytes);
  const list: List = { kind: "file", name: "words.txt", bytes: Uint8Array.from(bytes) };
  expect(fitsAddress(list)).toBe(false);
  expect(addressOf(INITIAL, list)).toBe("");
  expect(fitsAddress({ ...list, bytes: new Uint8Array(1 << 20) })).toBe(false);
});

it("is read whatever it says", () => {
  const part = fc.tuple(
    fc.oneof(
      fc.constantFrom("hidden", "lr", "words", "list", "blockSize", "__proto__"),
      fc.string(),
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const { settings: read, problems } = readAddress(String(new URLSearchParams(parts)));
      expect(Object.keys(read).sort()).toEqual(Object.keys(INITIAL).sort());
      for (const problem of problems) expect(problem).not.toMatch(/\p{Cc}/u);
    }),
  );
});

it("says what it did not understand", () => {
  const { settings: read, problems } = readAddress("hidden=many&colour=red&words=!!&seed=5");
  expect(read).toEqual({ ...INITIAL, seed: 5 });
  expect(problems).toEqual([
    'hidden: expected a whole number from 1 to 1000000, got "many": it is left out',
    'the address has a setting that is not known, "colour": it is left out',
    "the list in the address is damaged: copy it again",
  ]);
});
