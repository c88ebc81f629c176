/** What messages are made of. */
import { expect, it } from "vitest";
import { quote } from "../lib/errors.js";

it("shows values as what they are", () => {
  expect([1, Number.NaN, 5n, 'a"b', null, undefined, true, [1], {}].map(quote)).toEqual([
    "1",
    "NaN",
    "5",
    '"a\\"b"',
    "null",
    "undefined",
    "true",
    "an array",
    "an object",
  ]);
});
