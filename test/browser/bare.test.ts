/**
 * The library as a browser runs it, but in Node, without everything that only Node has: the same
 * programs print the same as in Node itself.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { environment } from "../train/support.js";
import { bundleProgram, programFile } from "./bundle.js";

const folder = mkdtempSync(join(tmpdir(), "mm-bare-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** In an empty folder. */
const inNode = (args: readonly string[]): unknown =>
  JSON.parse(
    execFileSync(process.execPath, args, {
      cwd: mkdtempSync(join(folder, "cwd-")),
      encoding: "utf8",
      env: environment({ MM_BACKEND: "reference" }),
    }),
  );

/** What a program prints where nothing of Node is left. */
async function bare(name: string, format: "esm" | "iife"): Promise<unknown> {
  const file = join(folder, `${name}.${format === "esm" ? "mjs" : "js"}`);
  writeFileSync(file, await bundleProgram(name, format));
  return inNode([join(import.meta.dirname, "programs", "bare.mjs"), file]);
}

const node = (name: string): unknown =>
  inNode(["--import", import.meta.resolve("tsx"), programFile(name)]);

describe.each(["lecture", "run-folder"])("%s prints what it prints in Node", (name) => {
  let expected: unknown;
  beforeAll(() => {
    expected = node(name);
    expect(expected).not.toHaveProperty("error");
  });

  it.each(["esm", "iife"] as const)("without Node's globals, as %s", async (format) => {
    expect(await bare(name, format)).toEqual(expected);
  });
});
