/**
 * Words, names and values that would act on a terminal never reach it as they are: every command
 * runs in a folder, on a corpus and with arguments that are full of them.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { encodeSafetensors, zeros } from "../../lib/index.js";
import {
  jsonLines,
  mmTrain,
  scratch,
  SMALL,
  startMmTrain,
  wordsFile,
  writeRun,
} from "./support.js";

/** OSC 52 sets the clipboard, U+009B begins a colour, the others turn or break a line. */
const OSC = "\u001b]52;c;ZXZpbA==\u0007";
const EVIL = [
  OSC,
  "\u009b31m",
  "\u007f",
  "\u0085",
  "\u061c",
  "\u200f",
  "\u2028",
  "\u202e",
  "\u2066",
];
const evil = EVIL.join("x");
const HIDDEN = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

const WORDS = Array.from({ length: 40 }, (_, i) => {
  const mark = EVIL[i % EVIL.length];
  return `a${mark}b${mark}${"cdefgh"[i % 6]}`;
});

const folder = scratch();
/** The folder that commands run in: a line break, an escape and an override in its name. */
const home = join(folder(), "two\nmm-train: lines\u001b[2J\u202e");
const named = `run\n${OSC}\u202e`;
const asked = { COMP_LINE: "mm-train ", COMP_POINT: "9", COMP_CWORD: "1", SHELL: "bash" };
const env = { MM_ODD: `a\n${evil}`, MM_THREADS: "1", ...asked };

const hostile = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  mmTrain(args, home, { ...env, ...more });

/** What was printed, of which nothing but the ends of lines acts on a terminal. */
function harmless({ stdout, stderr }: { stdout: string; stderr: string }): string {
  for (const line of [...stdout.split("\n"), ...stderr.split("\n")]) {
    if (HIDDEN.test(line)) throw new Error(`reaches the terminal: ${JSON.stringify(line)}`);
  }
  return stdout + stderr;
}

const TEXT = Array.from({ length: 30 }, () => `${WORDS.slice(0, 9).join(" ")} .`).join("\n");

beforeAll(async () => {
  mkdirSync(home);
  wordsFile(home, WORDS, `${evil}.txt`);
  writeFileSync(join(home, `text${evil}.txt`), TEXT);
  const train = [`${evil}.txt`, ...SMALL, "--steps", "400", "--samples", "20"];
  const trained = await hostile([...train, "--out", named]);
  expect(trained.code).toBe(0);
  expect(
    HIDDEN.test(readFileSync(join(home, named, "samples.txt"), "utf8").replaceAll("\n", "")),
  ).toBe(true);
  const shown = harmless(trained);
  expect(shown).toContain("run folder    run\\n\\u001b]52;c;ZXZpbA==\\u0007\\u202e\n");
  expect(shown).toMatch(/\n.*\\u[0-9a-f]{4}.* {2}(new|train|dev)/);
  const words = [`text${evil}.txt`, ...SMALL, "--level", "word", "--out", `words${evil}`];
  const sentences = await hostile([...words, "--model", "mlp", "--samples", "5"]);
  expect(sentences.code).toBe(0);
  harmless(sentences);
  expect((await hostile([...train, "--out", `other${evil}`, "--seed", "2", "--quiet"])).code).toBe(
    0,
  );
}, 60_000);

describe.concurrent("what was made of hostile words", () => {
  const run = ["--run", named];
  it.each<[string, string[]]>([
    ["train --quiet", [`${evil}.txt`, ...SMALL, "--quiet", "--out", `q${evil}`]],
    ["train, a folder of its own", [`${evil}.txt`, ...SMALL]],
    ["train --tensorboard", [`${evil}.txt`, ...SMALL, "--tensorboard", "--out", `t${evil}`]],
    ["sample", ["sample", ...run, "--count", "200"]],
    ["sample --prefix", ["sample", ...run, "--prefix", `a${OSC}`]],
    ["sample --probabilities", ["sample", ...run, "--probabilities"]],
    ["sample --new-only", ["sample", ...run, "--new-only"]],
    ["sample of words", ["sample", "--run", `words${evil}`, "--probabilities"]],
    ["score", ["score", ...run, ...WORDS.slice(0, 9)]],
    ["score of words", ["score", "--run", `words${evil}`, WORDS[0]]],
    ["evaluate", ["evaluate", ...run]],
    [
      "evaluate --split test --mix",
      ["evaluate", ...run, "--split", "test", "--mix", `other${evil}`],
    ],
    ["find-lr", ["find-lr", `${evil}.txt`, "--hidden", "8", "--trials", "50", "--out", `f${evil}`]],
    ["plot", ["plot", ...run, "--tensorboard"]],
    ["runs", ["runs"]],
    ["compare", ["compare", named, `other${evil}`, "--out", `c${evil}.html`]],
    ["completion-server", ["completion-server", "--", "mm-train", ""]],
  ])(
    "%s",
    async (_, args) => {
      const ended = await hostile(args);
      expect({ code: ended.code, stderr: ended.code === 0 ? "" : ended.stderr }).toEqual({
        code: 0,
        stderr: "",
      });
      harmless(ended);
    },
    60_000,
  );

  it("train goes on, and ends early where it is interrupted", async () => {
    const copy = `resumed${evil}`;
    cpSync(join(home, named), join(home, copy), { recursive: true });
    const running = startMmTrain(["--resume", "--out", copy, "--steps", "100000000"], home, env);
    await running.line("stderr");
    running.child.kill("SIGINT");
    const ended = await running.finished;
    expect(ended.code).toBe(130);
    expect(harmless(ended)).toContain("next: npx mm-train --resume --out 'resumed\\u001b");
  });

  it("doctor", async () => {
    const shown = harmless(await hostile(["doctor"]));
    expect(shown).toContain("MM_ODD=a\\n\\u001b]52");
    expect(shown).toContain("two\\nmm-train: lines\\u001b[2J\\u202e");
  }, 60_000);
});

describe.concurrent("--json", () => {
  const run = ["--run", named, "--json"];
  it.each<[string, string[], (lines: never[]) => void]>([
    [
      "train",
      [`${evil}.txt`, ...SMALL, "--json", "--out", `j${evil}`],
      (lines) => {
        expect(lines.at(-1)).toMatchObject({ event: "result", run: `j${evil}` });
      },
    ],
    [
      "sample",
      ["sample", ...run, "--count", "50"],
      ([{ samples }]: { samples: string[] }[]) => {
        expect(samples.some((word) => HIDDEN.test(word))).toBe(true);
      },
    ],
    [
      "score",
      ["score", ...run, ...WORDS.slice(0, 9)],
      ([{ scores }]: { scores: { word: string }[] }[]) => {
        expect(scores.map(({ word }) => word)).toEqual(WORDS.slice(0, 9));
      },
    ],
    ["evaluate", ["evaluate", ...run], () => undefined],
    [
      "find-lr",
      ["find-lr", `${evil}.txt`, "--hidden", "8", "--trials", "20", "--json"],
      (lines) => {
        expect((lines.at(-1) as unknown as { run: string }).run).toContain(OSC);
      },
    ],
    [
      "plot",
      ["plot", ...run],
      ([{ files }]: { files: string[] }[]) => {
        expect(files).toContain(join(named, "report.html"));
      },
    ],
    [
      "doctor",
      ["doctor", "--json"],
      ([{ environment }]: { environment: object }[]) => {
        expect(environment).toMatchObject({ MM_ODD: env.MM_ODD });
      },
    ],
  ])(
    "of %s holds the true values in escapes",
    async (_, args, check) => {
      const ended = await hostile(args);
      harmless(ended);
      check(jsonLines<never>(ended.stdout));
    },
    60_000,
  );
});

describe.concurrent("errors", () => {
  it.each<[string, string[], number, Record<string, string>?]>([
    ["an unknown file", [`no${evil}`], 1],
    ["an unknown option", [`--no${evil}`], 2],
    ["an unknown option of a command", ["sample", `--no\n${evil}`], 2],
    ["a command misspelt", [`samp\u001b`, "x"], 2],
    ["runs that are compared", ["compare", named, `none${evil}`], 1],
    ["a page that is another file", ["compare", named, `other${evil}`, "--out", `${evil}.txt`], 2],
    ["a number", [`${evil}.txt`, "--steps", `5${evil}`], 2],
    ["a choice", ["evaluate", "--split", evil], 2],
    ["a preset", ["--preset", evil], 2],
    ["a schedule", [`${evil}.txt`, "--lr", `0.1${evil}`], 2],
    ["two files", [`a${evil}`, `b${evil}`], 2],
    ["a backend", [`${evil}.txt`, "--backend", evil], 2],
    ["a folder that is taken", [`${evil}.txt`, "--out", named], 1],
    ["a folder in a file", [`${evil}.txt`, "--out", `${evil}.txt/a`], 1],
    ["no run folder", ["sample", "--run", `none${evil}`], 1],
    ["a corpus that is gone", ["evaluate", "--run", named, "--data", `gone${evil}`], 1],
    ["another corpus", ["evaluate", "--run", named, "--mix", `words${evil}`], 2],
    ["a prefix", ["sample", "--run", named, "--prefix", "\u009bZ\u202d"], 2],
    ["a word", ["score", "--run", named, "a\u0090"], 2],
    ["a configuration", ["--config", `none${evil}`], 2],
    ["MM_BACKEND", [`${evil}.txt`], 1, { MM_BACKEND: evil }],
    ["MM_ISA", [`${evil}.txt`], 1, { MM_ISA: evil }],
    ["MM_THREADS", [`${evil}.txt`], 1, { MM_THREADS: evil }],
    ["MM_NATIVE_PATH", ["doctor"], 1, { MM_NATIVE_PATH: `/none${evil}` }],
  ])(
    "of %s",
    async (_, args, code, more) => {
      const ended = await hostile(args, more);
      harmless(ended);
      expect(ended.code).toBe(code);
      if (ended.stdout === "") expect(ended.stderr).toMatch(/^mm-train: [^\n]+\n$/);
    },
    60_000,
  );

  it.each<[string, string, number]>([
    ["a word with the boundary", `a${evil}.b\nc\n`, 1],
    ["a setting of another name", JSON.stringify({ [evil]: 1 }), 2],
    ["a value", JSON.stringify({ model: evil }), 2],
  ])("of %s in a file", async (what, content, code) => {
    const name = `${what}${evil}`;
    writeFileSync(join(home, name), content);
    const ended = await hostile(code === 2 ? ["--config", name] : [name]);
    harmless(ended);
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: "" });
    expect(ended.stderr).toMatch(/^mm-train: [^\n]+\n$/);
  });

  it.each<[string, string | Uint8Array]>([
    ["vocabulary.json", JSON.stringify({ itos: [".", evil] })],
    ["vocabulary.json", JSON.stringify({ itos: [".", "\u0000"] })],
    ["model.safetensors", encodeSafetensors({ [evil]: zeros([1]) })],
    ["model.safetensors", Buffer.from(`\u0020\0\0\0\0\0\0\0{"${evil.slice(0, 20)}`)],
    ["config.json", evil],
    ["config.json", JSON.stringify({ [evil]: evil, model: evil })],
    ["metrics.jsonl", evil],
    ["test-looks.json", evil],
  ])("of a damaged %s", async (name, content) => {
    const run = join(home, `damaged-${name}-${content.length}-${evil}`);
    cpSync(join(home, named), run, { recursive: true });
    writeRun(run, { [name]: content });
    const ended = await hostile(["plot", "--run", run]);
    harmless(ended);
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 1, stdout: "" });
    writeFileSync(join(run, "SHA256SUMS"), `${evil}\n`);
    harmless(await hostile(["plot", "--run", run]));
  });
});
