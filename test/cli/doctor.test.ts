/** `mm-train doctor` in a process of its own, on a healthy machine and on broken ones. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isa } from "../../lib/index.js";
import type { Checkup } from "../../lib/cli/checkup.js";
import { textCorpus } from "../../lib/run/corpus/text-corpus.js";
import { checkTextOptions } from "../../lib/run/corpus/text-options.js";
import { mmTrain, onlyLine, printed, scratch, SMALL, wordsFile } from "./support.js";

const folder = scratch();
const doctor = async (
  env: Record<string, string>,
  dir = folder(),
): Promise<Checkup & { code: number | null }> => {
  const { code, stdout, stderr } = await mmTrain(["doctor", "--json"], dir, env);
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^[^\n]+\n$/);
  return { ...(JSON.parse(stdout) as Checkup), code };
};
const FAILED = 1;
/** node-gyp-build looks for binaries here: there are none. */
const NO_BINARY = { MM_TRAIN_PREBUILD: folder() };

describe.skipIf(isa() === "javascript")("a healthy machine", () => {
  it("has a binary that computes the reference's bits", async () => {
    const { code, healthy, problems, backend, candidates, selfTest, supportedIsas, runs, node } =
      await doctor({});
    expect({ code, healthy, problems, backend, node }).toEqual({
      code: 0,
      healthy: true,
      problems: [],
      backend: "native",
      node: process.version,
    });
    expect(candidates.filter(({ chosen }) => chosen)).toMatchObject([{ isas: supportedIsas }]);
    expect(selfTest).toMatchObject({ product: true, training: true });
    expect(Object.keys(selfTest?.gflops ?? {})).toEqual(["native", "wasm", "reference"]);
    expect(runs).toMatchObject({ count: 0, writable: true });
  });

  it("is told so in words, with the settings that are in force", async () => {
    const text = printed(
      await mmTrain(["doctor"], folder(), { MM_ISA: "baseline", MM_THREADS: "1" }),
    );
    expect(text).toMatch(/^instructions +baseline in use/m);
    expect(text).toMatch(/^threads +1$/m);
    expect(text).toMatch(/^environment +.*MM_ISA=baseline/m);
    expect(text).toMatch(/\nhealthy\n$/);
  });
});

describe("a broken machine", () => {
  const garbage = join(folder(), "garbage.node");
  writeFileSync(garbage, "no ELF file");

  it.each([
    [
      "garbage for a binary",
      { MM_NATIVE_PATH: garbage },
      "wasm",
      /garbage\.node: .*(ELF|file too short|mach-o|Win32)/,
      "unset MM_NATIVE_PATH",
    ],
    [
      "a path to nowhere",
      { MM_NATIVE_PATH: "nowhere.node" },
      "wasm",
      /nowhere\.node/,
      "unset MM_NATIVE_PATH",
    ],
    [
      "a program for a binary",
      { MM_NATIVE_PATH: import.meta.filename },
      "wasm",
      /doctor\.test\.ts: no \.node file/,
      "unset MM_NATIVE_PATH",
    ],
    ["no binary", NO_BINARY, "wasm", /No native build was found/, "`npm install` compiles one"],
    [
      "no binary, and native wanted",
      { ...NO_BINARY, MM_BACKEND: "native" },
      null,
      /No native build was found/,
      "`npm install` compiles one",
    ],
    [
      "no addons allowed",
      { NODE_OPTIONS: "--no-addons" },
      "wasm",
      /addons|dlopen/i,
      "start node without --no-addons",
    ],
    [
      "no such backend",
      { MM_BACKEND: "gpu" },
      null,
      /MM_BACKEND: expected native, wasm or reference, got "gpu"/,
      "correct the setting",
    ],
    [
      "no such number of threads",
      { MM_THREADS: "many" },
      null,
      /MM_THREADS: expected a whole number/,
      "correct the setting",
    ],
  ])("%s", async (_, env, backend, problem, remedy) => {
    const found = await doctor(env as Record<string, string>);
    expect(found).toMatchObject({ code: FAILED, healthy: false, backend });
    expect(found.problems).toHaveLength(1);
    expect(found.problems[0].problem).toMatch(problem);
    expect(found.problems[0].remedy).toContain(remedy);
    expect(found.environment).toMatchObject(env);
  });

  it.skipIf(isa() === "javascript")(
    "no such instruction set, while the binary says which it has",
    async () => {
      const { problems, backend, supportedIsas } = await doctor({ MM_ISA: "mmx" });
      expect(problems).toEqual([
        {
          problem: expect.stringContaining("MM_ISA=mmx: not an instruction set"),
          remedy: expect.stringContaining("unset MM_ISA"),
        },
      ]);
      expect(backend).toBeNull();
      expect(supportedIsas).toContain("baseline");
    },
  );

  it.skipIf(isa() === "javascript")("the slow backend, by a setting", async () => {
    const { code, problems, backend, selfTest } = await doctor({ MM_BACKEND: "reference" });
    expect({ code, backend }).toEqual({ code: FAILED, backend: "reference" });
    expect(problems).toEqual([
      { problem: expect.stringContaining("MM_BACKEND=reference"), remedy: "unset MM_BACKEND" },
    ]);
    expect(selfTest).toMatchObject({ product: true, training: true });
  });

  it.skipIf(!existsSync("/proc/self"))(
    "a folder that cannot be written, whoever asks",
    async () => {
      const { problems, runs } = await doctor(NO_BINARY, "/proc");
      expect(runs.writable).toBe(false);
      expect(problems[1]).toEqual({
        problem: "/proc/runs: cannot be made (ENOENT)",
        remedy: expect.stringContaining("--out"),
      });
    },
  );

  it("prints problem and remedy in words", async () => {
    const { code, stdout } = await mmTrain(["doctor"], folder(), NO_BINARY);
    expect(code).toBe(FAILED);
    expect(stdout).toMatch(
      /\nproblem: native backend: No native build .*\nremedy: {2}.*`npm install`.*\n$/,
    );
  });
});

it("a training without a binary says so in one line, and trains", async () => {
  const dir = folder();
  wordsFile(dir);
  const { code, stderr } = await mmTrain(["words.txt", ...SMALL, "--quiet"], dir, NO_BINARY);
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /^mm-train: native backend: No native build was found for [^\n]*`npx mm-train doctor` says more\)\n$/,
  );
});

it("a training that is to be native ends in one line without a binary", async () => {
  const dir = folder();
  wordsFile(dir);
  expect(
    onlyLine(
      await mmTrain(["words.txt", ...SMALL], dir, { ...NO_BINARY, MM_BACKEND: "native" }),
      FAILED,
    ),
  ).toMatch(/^native backend: No native build/);
});

it("tokens that are kept of large texts are all looked at", async () => {
  const dir = folder();
  const cache = join(dir, "runs", ".mm-cache");
  const text = join(dir, "text.txt");
  writeFileSync(text, "the cat ran . ".repeat(100));
  textCorpus(text, { blockSize: 2 }, checkTextOptions(), { folder: cache, large: 0 });
  const [name] = readdirSync(cache).filter((file) => file.endsWith(".tokens"));
  const shown = join("runs", ".mm-cache");
  expect((await doctor({}, dir)).tokens).toMatchObject({ files: 1 });
  expect(printed(await mmTrain(["doctor"], dir, {}))).toMatch(
    /^tokens +\S+runs.\.mm-cache: of 1 large text, 1 MB; it may be removed$/m,
  );
  const bytes = readFileSync(join(cache, name));
  bytes[300] ^= 1;
  writeFileSync(join(cache, name), bytes);
  const { code, problems } = await doctor({}, dir);
  expect(code).toBe(FAILED);
  expect(problems).toEqual([
    {
      problem: expect.stringMatching(/\.tokens: the tokens of a text, kept here, are damaged/),
      remedy: expect.stringMatching(/without that file/),
    },
  ]);
  expect(problems[0].problem).toContain(join(shown, name));
});
