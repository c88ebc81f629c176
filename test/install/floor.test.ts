import { createRequire } from "node:module";
import { expect, test } from "vitest";

const require = createRequire(import.meta.url);
const { aboveFloor } = require("../../scripts/floor.cjs") as {
  aboveFloor(version: string): boolean;
};

test.each([
  ["GLIBC_2.28", false],
  ["GLIBC_2.2.5", false],
  ["GLIBC_2.28.1", true],
  ["GLIBC_2.29", true],
  ["GLIBC_2.34", true],
  ["GLIBC_3.0", true],
  ["GLIBCXX_3.4", false],
  ["GLIBCXX_3.4.25", false],
  ["GLIBCXX_3.4.26", true],
  ["CXXABI_1.3.11", false],
  ["CXXABI_1.3.13", true],
  ["GCC_3.0", false],
])("%s is above the floor: %s", (version, above) => expect(aboveFloor(version)).toBe(above));
