/** What a cell can send to the page under the kernel's name. */
import { expect, it } from "vitest";
import type { Ran, Shown } from "../../../web/notebook/protocol.js";
import { plainRan, plainShown } from "../../../web/notebook/session/plain.js";

/** As Preact takes for one of its elements. */
const element = {
  type: "div",
  props: { id: "x" },
  constructor: undefined,
  toString: () => "<div>",
};

/** Whether only arrays and objects of text, numbers and the like are in it. */
const leaves = (value: unknown): unknown[] =>
  typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [value];

it("is text and numbers, whatever it was", () => {
  const place = { cell: element, line: element };
  const shown = plainShown({
    items: [
      { kind: "text", stream: element, text: element },
      { kind: "value", text: element },
      { kind: "picture", picture: { svg: element, label: element, width: element } },
      { kind: "failure", failure: { name: element, message: element, places: [place] } },
      { kind: "other", text: element },
    ],
    tail: { skippedLines: element, text: element },
  } as unknown as Shown);
  const ran = plainRan({ writes: [element], reads: element } as unknown as Ran);
  expect(leaves([shown, ran]).filter((leaf) => typeof leaf === "object")).toEqual([]);
  expect(leaves([shown, ran])).not.toContain("x");
  expect(shown.items[0]).toEqual({ kind: "text", stream: "out", text: "<div>" });
});

it("an honest message stays as it is", () => {
  const shown: Shown = {
    items: [
      { kind: "text", stream: "error", text: "a" },
      { kind: "failure", failure: { name: "E", message: "m", places: [{ cell: "c", line: 2 }] } },
      { kind: "picture", picture: { svg: "<svg/>", label: "l", width: undefined } },
    ],
    tail: { skippedLines: 3, text: "t" },
  };
  expect(plainShown(shown)).toEqual(shown);
});
