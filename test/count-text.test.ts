import { expect, it } from "vitest";
import { countOf, countText } from "../lib/count-text.js";
import { originText } from "../lib/run/folder/origin.js";

it("groups the digits of a count", () => {
  expect([0, 999, 1000, 1234567].map(countText)).toEqual(["0", "999", "1,000", "1,234,567"]);
});

it("names what is counted in the singular where there is one", () => {
  expect([0, 1, 2, 12345].map((n) => countOf(n, "step"))).toEqual([
    "0 steps",
    "1 step",
    "2 steps",
    "12,345 steps",
  ]);
  const origin = { run: "runs/a", model: "last", step: 1, sha256: "", newTokens: 1 } as const;
  expect(originText(origin, "word")).toBe("runs/a, its model after 1 step, and 1 new word");
});
