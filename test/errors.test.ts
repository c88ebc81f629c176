/** Every message is one printable line, whatever a file or a name brought into it. */
import { expect, it } from "vitest";
import { oneLine, quote, ValueError } from "../lib/errors.js";

it("escapes every control character, also those that JSON leaves alone", () => {
  for (let code = 0; code < 0xa0; code++) {
    const { message } = new ValueError(`a${String.fromCharCode(code)}b`);
    expect(message).not.toMatch(/\p{Cc}/u);
    if (code >= 0x20 && code < 0x7f) expect(message).toBe(`a${String.fromCharCode(code)}b`);
  }
  expect(oneLine("a\nb\tc\u007fd")).toBe("a\\nb\\tc\\u007fd");
});

it("shows values as what they are", () => {
  expect([1, Number.NaN, 5n, "a\"b", null, undefined, true, [1], {}].map(quote)).toEqual(
    ["1", "NaN", "5", '"a\\"b"', "null", "undefined", "true", "an array", "an object"],
  );
});
