/**
 * A long training on the reference backend, which nobody asked for: refused before anything is
 * read or written.
 */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runProgram } from "../train/support.js";
import {
  mmTrain,
  onlyLine,
  printed,
  type ResultEvent,
  scratch,
  SMALL,
  wordsFile,
} from "./support.js";

const folder = scratch();
/** node-gyp-build looks for binaries here: there are none. */
const NO_BINARY = { MM_TRAIN_PREBUILD: folder() };
/** Nor is there WebAssembly. */
const ONLY_REFERENCE = {
  ...NO_BINARY,
  NODE_OPTIONS: "--import=data:text/javascript,delete%20globalThis.WebAssembly",
};
const FAILED = 1;
const LONG = ["--steps", "10001"];

describe("without a binary", () => {
  it("WebAssembly takes over, with a warning and the same bits, for any number of steps", async () => {
    const dir = folder();
    wordsFile(dir);
    const ends = async (env: Record<string, string>) => {
      const { code, stdout, stderr } = await mmTrain(["words.txt", ...SMALL, "--json"], dir, env);
      expect(code).toBe(0);
      const last = stdout.trimEnd().split("\n").at(-1) as string;
      return { stderr, loss: (JSON.parse(last) as ResultEvent).loss };
    };
    const [native, wasm] = [await ends({}), await ends(NO_BINARY)];
    expect(wasm.loss).toEqual(native.loss);
    expect(wasm.stderr).toMatch(
      /^mm-train: native backend: No native build .*; using the WebAssembly backend, .*\n$/,
    );
    const { stderr } = await mmTrain(["no-such-file.txt", ...LONG], dir, NO_BINARY);
    expect(stderr).toMatch(/no such file/);
  });
});

describe("without a binary and WebAssembly", () => {
  it.each([
    ["train", ["no-such-file.txt", ...LONG]],
    ["find-lr", ["find-lr", "no-such-file.txt", "--trials", "10001"]],
  ])("%s of 10,001 steps asks for --backend reference, with the remedy", async (_, args) => {
    const dir = folder();
    const line = onlyLine(await mmTrain(args, dir, ONLY_REFERENCE), FAILED);
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
      mmTrain(["--resume", "--out", "run", "--steps", steps, "--quiet"], dir, ONLY_REFERENCE);
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
        await mmTrain(["no-such-file.txt", ...LONG, ...args], folder(), {
          ...ONLY_REFERENCE,
          ...env,
        }),
        FAILED,
      );
      expect(line).toMatch(/no such file/);
    }
  });

  it("holds for a program too", async () => {
    expect(await runProgram("unasked", [], ONLY_REFERENCE)).toEqual({
      unasked: "ERR_MM_BACKEND",
      asked: "ERR_MM_DATA",
    });
  });
});
