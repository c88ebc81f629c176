/**
 * The library as a browser runs it, but in Node, without everything that only Node has: the same
 * programs print the same as in Node itself.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleProgram, printedBare, printedInNode } from "./programs.js";

const folder = mkdtempSync(join(tmpdir(), "mm-bare-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(["lecture", "run-folder"])("%s prints what it prints in Node", (name) => {
  let expected: unknown;
  beforeAll(() => {
    expected = printedInNode(name);
  });

  it.each(["esm", "iife"] as const)("without Node's globals, as %s", async (format) => {
    const file = join(folder, `${name}.${format === "esm" ? "mjs" : "js"}`);
    writeFileSync(file, await bundleProgram(name, format));
    expect(printedBare(file)).toEqual(expected);
  });
});
