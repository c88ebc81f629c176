/** Kinds of arguments that are made of others, and what their messages name. */
import { expect, it } from "vitest";
import {
  checkArguments,
  checkNumber,
  checkText,
  listOf,
  objectWith,
  optional,
  typed,
  whole,
} from "../lib/check.js";
import { ValueError } from "../lib/errors.js";

const checkTable = listOf(listOf(checkNumber));
const checkEntry = objectWith<{ name: string; count?: number }>({
  name: checkText,
  count: optional(whole(0)),
});
const detached = (): Int32Array => {
  const numbers = new Int32Array(4);
  structuredClone(numbers.buffer, { transfer: [numbers.buffer] });
  return numbers;
};

it.each<[string, (what: string, value: never) => unknown, unknown]>([
  ["f: x: expected an array, got an object", checkTable, { length: 1 }],
  ["f: x[1]: expected an array, got 3", checkTable, [[1], 3]],
  [
    "f: x[0][2]: expected a number, got undefined",
    checkTable,
    [Object.assign([1, 2], { length: 4 })],
  ],
  ["f: x: expected an object, got null", checkEntry, null],
  ["f: x.name: expected a string, got undefined", checkEntry, {}],
  [
    'f: x.count: expected a whole number of 0 or more, got "2"',
    checkEntry,
    { name: "a", count: "2" },
  ],
  ["f: x: expected an Int32Array, got an array", typed("Int32Array"), [1]],
  ["f: x: expected an array with its memory", typed("Int32Array"), detached()],
])("%s", (message, check, x) => {
  const call = () =>
    checkArguments("f", { x }, { x: check as (what: string, x: unknown) => unknown });
  expect(call).toThrow(ValueError);
  expect(call).toThrow(message);
});

it("takes what is of the kind, whatever else an object has", () => {
  class Counted {
    readonly other = Symbol("any");
    get name(): string {
      return "made when it is asked for";
    }
  }
  checkArguments(
    "f",
    { table: [[1], [], [Number.NaN]], entry: new Counted(), ids: new Int32Array(2) },
    { table: checkTable, entry: checkEntry, ids: typed("Int32Array") },
  );
});
