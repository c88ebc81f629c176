import { expect, it } from "vitest";
import { inColumns } from "../../lib/cli/terminal/columns.js";

it("fills columns from top to bottom, as wide as the terminal", () => {
  const names = ["anna", "bob", "carla", "dora", "emil"];
  expect(inColumns(names, 80)).toEqual(["anna   bob    carla  dora   emil"]);
  expect(inColumns(names, 19)).toEqual(["anna   carla  emil", "bob    dora"]);
  expect(inColumns(names, 18)).toEqual(["anna   dora", "bob    emil", "carla"]);
  expect(inColumns(names, 1)).toEqual(names);
  expect(inColumns(names, 22, 5)).toEqual(["anna      dora", "bob       emil", "carla"]);
  expect(inColumns([], 80)).toEqual([]);
});

it("measures what a terminal shows: wide characters, accents of their own, escapes", () => {
  expect(inColumns(["さくら", "e\u0301mile", "ab"], 80)).toEqual(["さくら  e\u0301mile   ab"]);
  expect(inColumns(["\u001b[31m", "b"], 80)).toEqual(["\\u001b[31m  b"]);
});
