/** Text of others, as it may be shown. */
import { describe, expect, it } from "vitest";
import { ValueError } from "../lib/errors.js";
import { printable } from "../lib/printable.js";

const characters = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => String.fromCharCode(from + i));

/** What a terminal obeys or a reader cannot see. */
const HIDDEN = [
  ...characters(0, 0x1f),
  ...characters(0x7f, 0x9f),
  "\u061c",
  "\u200e",
  "\u200f",
  ...characters(0x2028, 0x202e),
  ...characters(0x2066, 0x2069),
  "\ufffe",
  "\uffff",
  "\ud83e",
  "\udd8a",
];

describe("printable", () => {
  it.each(HIDDEN)("escapes %j as JSON does, in text and in JSON", (character) => {
    const shown = printable(`a${character}b`);
    expect(shown).toMatch(/^a\\([nrt]|u[0-9a-f]{4})b$/);
    expect(JSON.parse(`"${shown}"`)).toBe(`a${character}b`);
    const json = printable(JSON.stringify({ [character]: character }));
    expect(json).not.toContain(character);
    expect(JSON.parse(json)).toEqual({ [character]: character });
    expect(new ValueError(`a${character}b`).message).toBe(shown);
  });

  it.each([
    ["plain text", "a b~\\n"],
    ["a pair of surrogates", "🦊"],
    ["an emoji of several", "👩‍👩‍👧 🏳️‍🌈"],
    ["Persian with a non-joiner", "می\u200cخواهم"],
    ["Hindi with a joiner", "क्\u200dष"],
    ["combining marks", "e\u0301 ก็"],
    ["Hebrew and Arabic", "שלום مرحبا"],
  ])("leaves %s as it is", (_, text) => {
    expect(printable(text)).toBe(text);
  });

  it("does nothing to what it made", () => {
    const once = printable("a\u001b]52;c;ZXZpbA==\u0007\nb");
    expect(once).toBe("a\\u001b]52;c;ZXZpbA==\\u0007\\nb");
    expect(printable(once)).toBe(once);
  });
});
