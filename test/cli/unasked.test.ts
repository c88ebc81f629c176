/**
 * A long training on the reference backend, which nobody asked for: refused before anything is
 * read or written.
 */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runProgram } from "../train/support.js";
import { mmTrain, onlyLine, printed, scratch, SMALL, wordsFile } from "./support.js";

const folder = scratch();
/** node-gyp-build looks for binaries here: there are none. */
const NO_BINARY = { MM_TRAIN_PREBUILD: folder() };
const FAILED = 1;
const LONG = ["--steps", "10001"];

describe("without a binary", () => {
  it.each([
    ["train", ["no-such-file.txt", ...LONG]],
    ["find-lr", ["find-lr", "no-such-file.txt", "--trials", "10001"]],
  ])("%s of 10,001 steps asks for --backend reference, with the remedy", async (_, args) => {
    const dir = folder();
    const line = onlyLine(await mmTrain(args, dir, NO_BINARY), FAILED);
    expect(line).toMatch(
      /^native backend: No native build .*`npm install` compiles one .*10,001 steps .*--backend reference/,
    );
    expect(readdirSync(dir)).toEqual([]);
  });

  it("10,000 are taken with the warning, and a run goes on while that many are left", async () => {
    const dir = folder();
    wordsFile(dir);
    printed(await mmTrain(["words.txt", ...SMALL, "--out", "run", "--quiet"], dir));
    const resumed = (steps: string) =>
      mmTrain(["--resume", "--out", "run", "--steps", steps, "--quiet"], dir, NO_BINARY);
    expect(onlyLine(await resumed("10031"), FAILED)).toMatch(/ 10,001 steps .*--backend reference/);
    expect(await resumed("60")).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/using the TypeScript backend/) as string,
    });
  });

  it("asking is enough: the option, or the variable", async () => {
    for (const [args, env] of [
      [["--backend", "reference"], {}],
      [[], { MM_BACKEND: "reference" }],
    ] as const) {
      const line = onlyLine(
        await mmTrain(["no-such-file.txt", ...LONG, ...args], folder(), { ...NO_BINARY, ...env }),
        FAILED,
      );
      expect(line).toMatch(/no such file/);
    }
  });

  it("holds for a program too", async () => {
    expect(await runProgram("unasked", [], NO_BINARY)).toEqual({
      unasked: "ERR_MM_BACKEND",
      asked: "ERR_MM_DATA",
    });
  });
});
