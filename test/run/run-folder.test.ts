/** A run on disk: whole files or none, nothing overwritten, and errors that name the file. */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  backend,
  CheckpointError,
  encodeSafetensors,
  evaluate,
  isa,
  loadRun,
  readSafetensors,
  splitWords,
  tensor,
  threads,
} from "../../lib/index.js";
import { resume, train } from "../../lib/run/index.js";
import { printable } from "../../lib/printable.js";
import { writeFileAtomic } from "../../lib/run/disk/file.js";
import { settingsIn } from "../../lib/run/settings/by-owner.js";
import { claimRunFolder } from "../../lib/run/folder/run-folder.js";
import { recordTestLook } from "../../lib/run/folder/test-evaluations.js";
import { freshRunFolder, latestRunFolder } from "../../lib/run/folder/runs.js";
import {
  errorOf,
  made,
  parameterHash,
  runProgram,
  scratch,
  startProgram,
  withValue,
  WORDS,
  writeRun,
} from "../train/support.js";

const folder = scratch();
const FILES = [
  "SHA256SUMS",
  "best.safetensors",
  "config.json",
  "corpus.json",
  "metrics.jsonl",
  "model.safetensors",
  "samples.txt",
  "state.safetensors",
  "vocabulary.json",
];

/** A finished run; tests take copies. */
const finished = folder();
const settings = {
  words: WORDS,
  steps: 20,
  hidden: 8,
  embedding: 2,
  samples: 3,
  logEvery: 10,
  evalEvery: 20,
};
const result = train({ ...settings, out: finished });
beforeAll(() => result);

function copyOfRun(): string {
  const copy = folder();
  cpSync(finished, copy, { recursive: true });
  return copy;
}
/** Changes a JSON file of a run, and its line in SHA256SUMS. */
function edit(
  run: string,
  file: string,
  change: (json: Record<string, unknown>) => unknown,
): string {
  const path = join(run, file);
  writeRun(run, {
    [file]: JSON.stringify(
      change(JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>),
    ),
  });
  return path;
}

describe("a file written atomically", () => {
  it("holds its content, text or bytes, and leaves nothing beside it", () => {
    const dir = folder();
    writeFileAtomic(join(dir, "a"), "größe 🦊\n");
    writeFileAtomic(join(dir, "b"), Uint8Array.of(0, 255, 10));
    writeFileAtomic(join(dir, "c"), "");
    expect(readFileSync(join(dir, "a"), "utf8")).toBe("größe 🦊\n");
    expect([...readFileSync(join(dir, "b"))]).toEqual([0, 255, 10]);
    expect(readFileSync(join(dir, "c"))).toHaveLength(0);
    expect(readdirSync(dir)).toEqual(["a", "b", "c"]);
  });

  it("replaces the old one, larger or smaller", () => {
    const file = join(folder(), "a");
    for (const content of ["x".repeat(100_000), "short", "y".repeat(200_000)]) {
      writeFileAtomic(file, content);
      expect(readFileSync(file, "utf8")).toBe(content);
    }
  });

  it("that cannot be written is named, and leaves nothing behind", async () => {
    const dir = folder();
    const error = await errorOf(CheckpointError, () => writeFileAtomic(join(dir, "no", "a"), "x"));
    expect(error.file).toBe(join(dir, "no", "a"));
    expect(error.message).toBe(`${error.file}: cannot be written (ENOENT)`);
    // Here the rename fails: a folder has the name.
    mkdirSync(join(dir, "taken"));
    await errorOf(CheckpointError, () => writeFileAtomic(join(dir, "taken"), "x"));
    expect(readdirSync(dir)).toEqual(["taken"]);
  });
});

describe("saving over a run", () => {
  /**
   * Every call to the file system of a save: of the lock, of the files, of SHA256SUMS before and
   * after them.
   */
  const CALLS = 41;
  const every = process.env.MM_LONG ? 1 : 3;
  const DEATHS = Array.from({ length: Math.ceil(CALLS / every) }, (_, i) => 1 + i * every);
  const saved = ["config.json", "model.safetensors", "vocabulary.json"];
  const contents = (run: string) =>
    Object.fromEntries(
      saved.map((file) => [file, readFileSync(join(run, file)).toString("base64")]),
    );
  let old: Record<string, string>;
  let renewed: Record<string, string>;
  beforeAll(async () => {
    await result;
    const run = copyOfRun();
    old = contents(run);
    expect(await runProgram("save", [run, "999", "kill"])).toEqual({ calls: CALLS });
    renewed = contents(run);
    expect(renewed["model.safetensors"]).not.toBe(old["model.safetensors"]);
  });

  it.concurrent.each(DEATHS)(
    "and killed at call %d leaves every file old or new, whole",
    async (call) => {
      const run = copyOfRun();
      expect((await startProgram("save", [run, String(call), "kill"]).finished).signal).toBe(
        "SIGKILL",
      );
      for (const [file, content] of Object.entries(contents(run)))
        expect([old[file], renewed[file]]).toContain(content);
      loadRun(run); // and it opens
      writeRun(run, { "samples.txt": "anna\n" }); // the next writer takes the lock and tidies
      execFileSync("sha256sum", ["-c", "--strict", "SHA256SUMS"], { cwd: run });
      expect(readFileSync(join(run, "SHA256SUMS"), "utf8")).not.toContain("#");
      // A lock of which half is written names nobody; it goes when it is old.
      for (const name of readdirSync(run))
        if (name.startsWith("run.lock.")) utimesSync(join(run, name), 1000, 1000);
      writeRun(run, {});
      expect(readdirSync(run).sort()).toEqual(FILES);
    },
  );

  it.concurrent.each([5, 10, 15, 20, 25])(
    "with a disk that is full from call %d on says so and leaves no temporary file",
    async (call) => {
      const run = copyOfRun();
      const error = await runProgram<{ name: string; message: string }>("save", [
        run,
        String(call),
        "fail",
      ]);
      expect(error).toMatchObject({
        name: "CheckpointError",
        message: expect.stringContaining("cannot be written (ENOSPC)"),
      });
      expect(error.message.startsWith(run)).toBe(true);
      expect(readdirSync(run).sort()).toEqual(FILES);
      for (const [file, content] of Object.entries(contents(run)))
        expect([old[file], renewed[file]]).toContain(content);
    },
  );
});

describe("every call to the file system", () => {
  it(
    "that fails, alone or with all after it, ends in a line that names the file, and the run " +
      "stays whole",
    async () => {
      interface Report {
        counts: Record<string, number>;
        complaints: string[];
      }
      const { counts, complaints } = await runProgram<Report>("failing-calls");
      expect(complaints).toEqual([]);
      expect(counts).toEqual({
        train: expect.any(Number),
        resume: expect.any(Number),
        load: expect.any(Number),
        look: expect.any(Number),
        draw: expect.any(Number),
        "more events": expect.any(Number),
        "all events": expect.any(Number),
        "find-lr": expect.any(Number),
        doctor: expect.any(Number),
      });
      expect(Math.min(...Object.values(counts))).toBeGreaterThan(15);
    },
    120_000,
  );
});

describe("a run folder", () => {
  it("holds the files that lib/run/folder/run-folder.ts names, no more", () => {
    expect(readdirSync(finished).sort()).toEqual(FILES);
  });

  it("gives back the settings, the vocabulary and every bit of the model", async () => {
    const { model, corpus } = await result;
    const run = loadRun(finished);
    expect(run.config).toMatchObject({
      steps: 20,
      hidden: 8,
      embedding: 2,
      samples: 3,
      version: 2,
      stepsDone: 20,
      wordsSha256: corpus.digest,
    });
    expect(run.vocabulary.itos).toEqual(corpus.vocabulary.itos);
    expect(parameterHash(run.model)).toBe(parameterHash(model));
    expect(Object.keys(readSafetensors(join(finished, "model.safetensors")))).toEqual([
      "C",
      "W1",
      "b1",
      "W2",
      "b2",
    ]);
  });

  it("keeps the losses and the samples", async () => {
    const { loss, bigram, samples, seconds, stepsPerSecond } = await result;
    const metrics = readFileSync(join(finished, "metrics.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(metrics).toEqual([
      { step: 0, loss: expect.any(Number), lr: 0.1 },
      { step: 10, loss: expect.any(Number), lr: 0.1 },
      { step: 19, loss: expect.any(Number), lr: 0.1 },
      {
        step: 20,
        trainLoss: loss?.train,
        devLoss: loss?.dev,
        bigramTrainLoss: bigram?.train,
        bigramDevLoss: bigram?.dev,
      },
      {
        seconds,
        stepsPerSecond,
        backend: backend(),
        isa: isa(),
        threads: threads(),
        cpu: expect.any(String),
        node: process.version,
        date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      },
    ]);
    expect(readFileSync(join(finished, "samples.txt"), "utf8")).toBe(
      samples.map((word) => `${word}\n`).join(""),
    );
  });

  it("that holds a run is never written again", async () => {
    const before = FILES.map((file) => readFileSync(join(finished, file), "hex"));
    const error = await errorOf(CheckpointError, () => train({ ...settings, out: finished }));
    expect(error.message).toBe(
      `${finished}: holds a run already; choose another folder with --out`,
    );
    expect(FILES.map((file) => readFileSync(join(finished, file), "hex"))).toEqual(before);
  });

  it("is refused to a second training that starts while the first is on its way", async () => {
    const out = join(folder(), "run");
    const first = new AbortController();
    let second: Promise<unknown> | undefined;
    await train({
      ...settings,
      out,
      signal: first.signal,
      onStep: () => {
        second ??= errorOf(CheckpointError, () => train({ ...settings, seed: 2, out }));
      },
    });
    await second;
  });

  it("may exist before, empty or with other things, and several levels may be missing", async () => {
    await result;
    const dir = folder();
    writeFileSync(join(dir, "notes.txt"), "mine");
    claimRunFolder(dir, loadRun(finished).config).close();
    claimRunFolder(join(dir, "a", "b", "c"), loadRun(finished).config).close();
    expect(readdirSync(dir)).toEqual(["SHA256SUMS", "a", "config.json", "notes.txt"]);
    expect(readFileSync(join(dir, "notes.txt"), "utf8")).toBe("mine");
  });

  it("that is a file is refused by name", async () => {
    await result;
    const file = join(folder(), "file");
    writeFileSync(file, "");
    for (const dir of [file, join(file, "below")]) {
      expect(
        (await errorOf(CheckpointError, () => claimRunFolder(dir, loadRun(finished).config)))
          .message,
      ).toMatch(/file: is a file; choose another folder with --out$/);
    }
  });
});

describe("what this version does not know is kept", () => {
  it("in lines of metrics.jsonl, when a run goes on", async () => {
    await result;
    const run = copyOfRun();
    const lines = readFileSync(join(run, "metrics.jsonl"), "utf8");
    const more = `${JSON.stringify({ step: 5, gradientNorm: 2 })}\n`;
    const noted = lines.replace('{"step":0,', '{"note":"warm","step":0,');
    writeRun(run, { "metrics.jsonl": noted.replace('{"step":10,', `${more}{"step":10,`) });
    await resume(run, { words: WORDS, steps: 30 });
    const read = readFileSync(join(run, "metrics.jsonl"), "utf8")
      .split("\n", 3)
      .map((line) => JSON.parse(line) as object);
    expect(read).toEqual([
      { step: 0, loss: expect.any(Number), lr: 0.1, note: "warm" },
      { step: 5, gradientNorm: 2 },
      { step: 10, loss: expect.any(Number), lr: 0.1 },
    ]);
  });

  it("in looks at the test split, when one is added", async () => {
    await result;
    const run = copyOfRun();
    const look = { date: "2026-01-01", loss: 1, steps: 20, model: "last" } as const;
    const noted = { ...look, host: "lab" };
    writeRun(run, { "test-looks.json": JSON.stringify([noted]) });
    recordTestLook(run, look);
    expect(JSON.parse(readFileSync(join(run, "test-looks.json"), "utf8"))).toEqual([noted, look]);
  });
});

describe("the best model", () => {
  it("is the one of the lowest dev loss on the way", async () => {
    const out = join(folder(), "run");
    // Rates that climb until training gets worse: the best model is none of the last steps'.
    const { corpus, loss } = await train({
      ...settings,
      steps: 30,
      evalEvery: 10,
      lr: "0.1@0,3@20",
      out,
    });
    const metrics = readFileSync(join(out, "metrics.jsonl"), "utf8").trimEnd().split("\n");
    const dev = metrics.flatMap((line) => (JSON.parse(line) as { devLoss?: number }).devLoss ?? []);
    const lowest = Math.min(...dev);
    expect(dev.at(-1)).toBe(loss?.dev);
    expect(lowest).toBeLessThan(loss?.dev as number);
    expect(evaluate(loadRun(out, "best").model, corpus.splits.dev)).toBe(lowest);
    expect(evaluate(loadRun(out).model, corpus.splits.dev)).toBe(loss?.dev);
  });

  it("is missed by name where none was kept", async () => {
    await result;
    const run = copyOfRun();
    rmSync(join(run, "best.safetensors"));
    expect((await errorOf(CheckpointError, () => loadRun(run, "best"))).message).toMatch(
      /best\.safetensors: is lost \(ENOENT\): SHA256SUMS lists it$/,
    );
    loadRun(run);
    const sums = readFileSync(join(run, "SHA256SUMS"), "utf8");
    writeFileSync(join(run, "SHA256SUMS"), sums.replace(/.*best.*\n/, ""));
    const error = await errorOf(CheckpointError, () => loadRun(run, "best"));
    expect(error.message).toMatch(
      /best\.safetensors: no such file: the dev split was never measured/,
    );
  });
});

describe("the test split", () => {
  it("changes nothing of a training", async () => {
    const { test } = splitWords(WORDS, 42);
    const [one, other] = [join(folder(), "run"), join(folder(), "run")];
    await train({ ...settings, out: one });
    // Other words of the same letters in the places of the test words.
    const words = WORDS.map((word) =>
      test.includes(word) ? [...word].reverse().join("") + word : word,
    );
    await train({ ...settings, words, out: other });
    for (const file of ["model.safetensors", "best.safetensors", "samples.txt"])
      expect(readFileSync(join(other, file), "hex")).toBe(readFileSync(join(one, file), "hex"));
    const losses = (run: string) =>
      readFileSync(join(run, "metrics.jsonl"), "utf8").split("\n").slice(0, -2);
    expect(losses(other)).toEqual(losses(one));
    expect(existsSync(join(one, "test-looks.json"))).toBe(false);
  });
});

describe("loading a run names the file", () => {
  it.each(["config.json", "vocabulary.json", "model.safetensors"])(
    "that is missing: %s",
    async (file) => {
      const run = copyOfRun();
      rmSync(join(run, file));
      const error = await errorOf(CheckpointError, () => loadRun(run));
      expect(error.file).toBe(join(run, file));
      expect(error.message).toContain("ENOENT");
    },
  );

  it("that an older version wrote, with the command that makes the run anew", async () => {
    const run = copyOfRun();
    const old = { version: 1, model: "mlp", hidden: 8, direct: false, classes: 500, steps: 4 };
    writeRun(run, { "config.json": JSON.stringify({ ...old, data: null, stepsDone: 4 }) });
    const file = join(run, "config.json");
    const { message } = await errorOf(CheckpointError, () => loadRun(run));
    expect(message).toBe(
      `${file}: is of version 1 of run folders, which is no longer read; train it again: ` +
        `npx mm-train --config ${file} --out FOLDER`,
    );
    const json = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    expect(settingsIn(json)).toEqual({ model: "mlp", hidden: 8, steps: 4 });
  });

  it("when there is no such folder", async () => {
    const run = join(folder(), "no");
    const { message } = await errorOf(CheckpointError, () => loadRun(run));
    expect(message).toBe(
      `${join(run, "config.json")}: cannot be read; expected a run folder made by mm-train ` +
        "(ENOENT)",
    );
  });

  it.each(["config.json", "vocabulary.json"])("that is not JSON: %s", async (file) => {
    const run = copyOfRun();
    for (const content of ["", "{", "\0\0\0", '{"itos": [".", "a"]']) {
      writeRun(run, { [file]: content });
      expect((await errorOf(CheckpointError, () => loadRun(run))).message).toBe(
        `${join(run, file)}: is not JSON; the file is damaged`,
      );
    }
  });

  it.each(["null", "[]", "5", '"x"', "{}"])(
    "that is JSON of another kind: config.json = %s",
    async (content) => {
      const run = copyOfRun();
      writeRun(run, { "config.json": content });
      expect((await errorOf(CheckpointError, () => loadRun(run))).file).toBe(
        join(run, "config.json"),
      );
    },
  );

  it.each([
    ["version", 3],
    ["version", undefined],
    ["stepsDone", -1],
    ["stepsDone", 1.5],
    ["wordsSha256", 5],
    ["model.blockSize", 0],
    ["model.hidden", "8"],
    ["optimizer.lr", "fast"],
    ["training.seed", 2 ** 53],
    ["model.name", "none"],
    ["model.direct", true],
    ["data.unknown", 1],
    ["unknown", 1],
  ])("config.json and its setting: %s = %j", async (key, value) => {
    const run = copyOfRun();
    const file = edit(run, "config.json", (json) => withValue(json, key, value));
    const { message } = await errorOf(CheckpointError, () => loadRun(run));
    expect(message.startsWith(`${file}: `)).toBe(true);
    expect(message).toContain(key.split(".").at(-1));
  });

  it.each(["model.blockSize", "model.embedding", "data.splitSeed", "data.name"])(
    "config.json when it lacks %s: a default would be a guess",
    async (key) => {
      const run = copyOfRun();
      const file = edit(run, "config.json", (json) => withValue(json, key, undefined));
      const { message } = await errorOf(CheckpointError, () => loadRun(run));
      expect(message.startsWith(`${file}: `)).toBe(true);
      expect(message).toContain(key.split(".").at(-1));
    },
  );

  it.each<[string, unknown]>([
    ["is another kind of value", null],
    ["lacks the list", {}],
    ["has no characters", { itos: ["."] }],
    ["lacks the boundary", { itos: ["a", "b"] }],
    ["is not sorted", { itos: [".", "b", "a"] }],
    ["has a character twice", { itos: [".", "a", "a"] }],
    ["has numbers", { itos: [".", 1] }],
    ["has a word", { itos: [".", "ab"] }],
    ["has a line break", { itos: [".", "\n"] }],
    ["has half a surrogate pair", { itos: [".", "\ud800"] }],
  ])("vocabulary.json when it %s", async (_, vocabulary) => {
    const run = copyOfRun();
    const file = edit(run, "vocabulary.json", () => vocabulary);
    const { message } = await errorOf(CheckpointError, () => loadRun(run));
    expect(message.startsWith(file)).toBe(true);
  });

  it("and the token of a vocabulary.json that is wrong, with all digits, in a folder of any name", async () => {
    const run = join(folder(), "line\nbreak");
    cpSync(copyOfRun(), run, { recursive: true });
    const itos = [".", ..."abcdefghijkl", "\ud800"];
    writeRun(run, { "vocabulary.json": JSON.stringify({ itos }) });
    const error = await errorOf(CheckpointError, () => loadRun(run));
    expect(error.message).toBe(
      `${printable(join(run, "vocabulary.json"))}: token 13: the word "\\ud800" contains ` +
        "half of a surrogate pair",
    );
    expect(error.file).toBe(join(run, "vocabulary.json"));
  });

  it("model.safetensors when the vocabulary has one character more", async () => {
    const run = copyOfRun();
    edit(run, "vocabulary.json", ({ itos }) => ({ itos: [...(itos as string[]), "🦊"] }));
    const { message } = await errorOf(CheckpointError, () => loadRun(run));
    expect(message).toMatch(
      /^.*model\.safetensors: tensor C: expected float32 \[\d+, 2\] .*, got float32 \[\d+, 2\]$/,
    );
  });

  it.each(["blockSize", "embedding", "hidden"])(
    "model.safetensors when config.json has another %s",
    async (key) => {
      const run = copyOfRun();
      edit(run, "config.json", (json) => {
        const model = json.model as Record<string, number>;
        return withValue(json, `model.${key}`, model[key] + 1);
      });
      const error = await errorOf(CheckpointError, () => loadRun(run));
      expect(error.file).toBe(join(run, "model.safetensors"));
      expect(error.message).toMatch(
        /: tensor \w+: expected float32 \[.*\] as config\.json says, got float32 \[.*\]$/,
      );
    },
  );

  it("model.safetensors when a tensor is missing, turned or of integers", async () => {
    const run = copyOfRun();
    const file = join(run, "model.safetensors");
    const whole = readSafetensors(file);
    const { b1: _, ...without } = whole;
    const integers = tensor(new Int32Array(whole.b1.numel));
    for (const [tensors, what] of [
      [without, "tensor b1: expected float32 [8]"],
      [{ ...whole, W2: whole.W2.t() }, "tensor W2: expected"],
      [{ ...whole, b1: integers }, "got int32 [8]"],
    ] as const) {
      writeRun(run, { "model.safetensors": encodeSafetensors(tensors) });
      expect((await errorOf(CheckpointError, () => loadRun(run))).message).toContain(what);
    }
  });
});

describe("names of run folders", () => {
  /**
   * Runs `use` with another working folder: the names are relative. (Vitest's default pool is
   * processes, which have one.)
   */
  function inside<T>(dir: string, use: () => T): T {
    const before = process.cwd();
    process.chdir(dir);
    try {
      return use();
    } finally {
      process.chdir(before);
    }
  }

  it("come from the corpus, with a number where one is taken", () => {
    const dir = folder();
    inside(dir, () => {
      expect(freshRunFolder("names")).toBe(join("runs", "names"));
      made(join("runs", "names"));
      made(join("runs", "names-3"));
      expect(freshRunFolder("names")).toBe(join("runs", "names-2"));
      made(join("runs", "names-2"));
      expect(freshRunFolder("names")).toBe(join("runs", "names-4"));
    });
  });

  it.each([
    ["/some/where/my words.txt", "my words"],
    ["größe 🦊.txt", "größe 🦊"],
    ["words", "words"],
    [".hidden", ".hidden"],
    ["a.b.c", "a.b"],
    ["dir/", "dir"],
  ])("of %j is runs/%s", (data, name) => {
    inside(folder(), () => expect(freshRunFolder(data)).toBe(join("runs", name)));
  });

  it.each(["..txt", "...txt"])("of %j stay below runs/", (data) => {
    inside(folder(), () => expect(freshRunFolder(data)).toMatch(/^runs[/\\][^/\\]+$/));
  });

  it("of the latest run: the one written last, other folders aside", async () => {
    await result;
    const dir = folder();
    cpSync(finished, join(dir, "runs", "a"), { recursive: true });
    cpSync(finished, join(dir, "runs", "b"), { recursive: true });
    made(join(dir, "runs", "unfinished"));
    writeFileSync(join(dir, "runs", "file"), "");
    utimesSync(join(dir, "runs", "a", "model.safetensors"), 2000, 2000);
    utimesSync(join(dir, "runs", "b", "model.safetensors"), 1000, 1000);
    inside(dir, () => expect(latestRunFolder()).toBe(join("runs", "a")));
  });

  it("when there is none, say what to do", async () => {
    const dir = folder();
    const error = await errorOf(CheckpointError, () => inside(dir, latestRunFolder));
    expect(error.message).toBe("runs: holds no run folder; train first, or name a run folder");
    expect(existsSync(join(dir, "runs"))).toBe(false);
  });
});
