/** `mm-train [train] [words.txt]` as a user or a program runs it. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isa, loadRun, supportedIsas } from "../../lib/index.js";
import { defaultText, optionName, settingsOf } from "../../lib/run/settings/config.js";
import {
  jsonLines,
  mmTrain,
  printed,
  type ResultEvent,
  scratch,
  SMALL,
  type StepEvent,
  wordsFile,
} from "./support.js";

const folder = scratch();

/** A folder with words.txt in it. */
function home(): string {
  const dir = folder();
  wordsFile(dir);
  return dir;
}

describe.concurrent("mm-train --json", () => {
  it("prints step events as logged and the result last, with the fields that the README promises", async () => {
    const dir = home();
    const { stdout, stderr, code } = await mmTrain(
      ["words.txt", ...SMALL, "--json", "--log-every", "7"],
      dir,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [read, ...events] = jsonLines<StepEvent | ResultEvent>(stdout);
    expect(read).toEqual({
      event: "corpus",
      lines: 15,
      blank: 0,
      trimmed: 0,
      normalized: 0,
      repeats: 0,
      words: 15,
      distinct: 15,
      characters: 61,
      devInTrain: 0,
      warnings: [],
    });
    const steps = events.slice(0, -1) as StepEvent[];
    for (const event of steps) {
      expect(Object.keys(event)).toEqual(["event", "step", "loss"]);
      expect(event.event).toBe("step");
      expect(Number.isFinite(event.loss)).toBe(true);
    }
    expect(steps.map(({ step }) => step)).toEqual([0, 7, 14, 21, 28, 29]);

    const result = events.at(-1) as ResultEvent;
    expect(Object.keys(result)).toEqual([
      "event",
      "parameters",
      "examples",
      "measured",
      "steps",
      "loss",
      "perplexity",
      "best",
      "bigram",
      "verdict",
      "seconds",
      "stepsPerSecond",
      "samples",
      "cut",
      "marks",
      "run",
      "backend",
      "isa",
      "threads",
    ]);
    expect(result.event).toBe("result");
    expect(Object.keys(result.examples)).toEqual(["train", "dev", "test"]);
    expect(Object.keys(result.loss)).toEqual(["train", "dev"]);
    expect(result).toMatchObject({
      steps: 30,
      run: join("runs", "words"),
      backend: expect.stringMatching(/^(native|reference)$/),
      isa: isa(),
      threads: expect.any(Number),
    });
    for (const x of [result.loss.train, result.loss.dev, result.seconds, result.stepsPerSecond])
      expect(x).toBeGreaterThan(0);
    expect(result.samples).toHaveLength(4);
    expect(result.cut).toEqual([false, false, false, false]);
    expect(result.marks).toHaveLength(4);
    for (const mark of result.marks) expect(["train", "dev", "new"]).toContain(mark);
  });

  it("prints what the run folder keeps", async () => {
    const dir = home();
    const events = jsonLines<StepEvent | ResultEvent>(
      printed(await mmTrain(["words.txt", ...SMALL, "--json", "--log-every", "10"], dir)),
    );
    const result = events.at(-1) as ResultEvent;
    const run = join(dir, result.run);
    const metrics = jsonLines<{
      step: number;
      loss?: number;
      trainLoss?: number;
      devLoss?: number;
    }>(readFileSync(join(run, "metrics.jsonl"), "utf8"));
    expect(metrics.slice(0, -2)).toMatchObject(
      (events.slice(1, -1) as StepEvent[]).map(({ step, loss }) => ({ step, loss })),
    );
    const { loss, bigram, seconds, stepsPerSecond, backend, isa: set, threads } = result;
    const last = {
      step: 30,
      trainLoss: loss.train,
      devLoss: loss.dev,
      bigramTrainLoss: bigram.train,
      bigramDevLoss: bigram.dev,
    };
    expect(metrics.at(-2)).toEqual(last);
    const machine = {
      seconds,
      stepsPerSecond,
      backend,
      isa: set,
      threads,
      cpu: expect.any(String),
      node: process.version,
      date: expect.any(String),
    };
    expect(metrics.at(-1)).toEqual(machine);
    expect(readFileSync(join(run, "samples.txt"), "utf8")).toBe(
      result.samples.map((word) => `${word}\n`).join(""),
    );
    expect(loadRun(run).config).toMatchObject({
      data: join(dir, "words.txt"),
      steps: 30,
      hidden: 10,
      stepsDone: 30,
    });
  });

  it("prints the same numbers again, and others for other seeds", async () => {
    const dir = home();
    const losses = async (...more: string[]) => {
      const events = jsonLines<StepEvent | ResultEvent>(
        printed(await mmTrain(["words.txt", ...SMALL, "--json", ...more], dir)),
      );
      return JSON.stringify(events.map(({ loss }) => loss));
    };
    const first = await losses();
    expect(await losses()).toBe(first);
    expect(await losses("--threads", "1")).toBe(first);
    expect(await losses("--backend", "reference")).toBe(first);
    const others = await Promise.all([
      losses("--seed", "-3"),
      losses("--split-seed", "9007199254740991"),
      losses("--batch-seed", "0"),
    ]);
    expect(new Set([first, ...others]).size).toBe(4);
  });

  it("says which backend, instruction set and threads it used", async () => {
    const dir = home();
    const use = async (more: string[], env: Record<string, string>) => {
      const {
        backend,
        isa: set,
        threads,
      } = jsonLines<ResultEvent>(
        printed(await mmTrain(["words.txt", ...SMALL, "--json", ...more], dir, env)),
      ).at(-1) as ResultEvent;
      return { backend, isa: set, threads };
    };
    expect(await use(["--backend", "reference"], {})).toEqual({
      backend: "reference",
      isa: "javascript",
      threads: 1,
    });
    expect(await use([], { MM_BACKEND: "reference" })).toMatchObject({ backend: "reference" });
    if (isa() === "javascript") return;
    expect(await use(["--threads", "3"], {})).toEqual({
      backend: "native",
      isa: supportedIsas()[0],
      threads: 3,
    });
    expect(await use([], { MM_ISA: "baseline", MM_THREADS: "2" })).toEqual({
      backend: "native",
      isa: "baseline",
      threads: 2,
    });
  });

  it("measures an untrained network with 0 steps", async () => {
    const dir = home();
    const [corpus, result, ...rest] = jsonLines<ResultEvent>(
      printed(
        await mmTrain(["words.txt", ...SMALL, "--steps", "0", "--samples", "0", "--json"], dir),
      ),
    );
    expect(rest).toEqual([]);
    expect(corpus).toMatchObject({ event: "corpus" });
    expect(result).toMatchObject({ steps: 0, stepsPerSecond: 0, samples: [] });
  });

  it("trains on the shipped names when nothing is named", async () => {
    const dir = folder();
    const result = jsonLines<ResultEvent>(
      printed(await mmTrain(["--steps", "5", "--samples", "1", "--json"], dir)),
    ).at(-1) as ResultEvent;
    expect(result).toMatchObject({ parameters: 11_897, run: join("runs", "names") });
    expect(result.examples.train).toBeGreaterThan(180_000);
  });
});

describe.concurrent("mm-train for a person", () => {
  const CONTROL = /[^\P{Cc}\n]/u;

  it(
    "prints the result on standard output and the progress on standard error, plain text in a " +
      "pipe",
    async () => {
      const { code, stdout, stderr } = await mmTrain(["words.txt", ...SMALL], home());
      expect(code).toBe(0);
      expect(stdout).toMatch(/train loss +\d+\.\d{4}\n +dev loss +\d+\.\d{4}\n/);
      expect(stdout).toContain(join("runs", "words"));
      // 30 steps are too few: what is wrong, and what to try.
      expect(stdout).toMatch(
        /^ {2}verdict {7}no better than (guessing|bigrams).*, \d\.\d{4}\n {2}try {11}more steps, .*--preset quick$/m,
      );
      expect(stdout).toMatch(/\n\nnext: npx mm-train find-lr .*\n$/);
      expect(stdout.split("\n\n")[0].split("\n")).toHaveLength(4);
      expect(stderr).toMatch(
        /^15 lines, 15 words, 15 distinct, 61 characters\n0 % of dev words in train too\n/,
      );
      expect(stderr).toMatch(
        /^\d+ parameters, \d+ characters; examples: \d+ train, \d+ dev, \d+ test\n/m,
      );
      expect(stderr.match(/^step \d+\/30 {2}loss \d+\.\d{4} .*\n/gm)).toHaveLength(10);
      expect(stdout).not.toMatch(CONTROL);
      expect(stderr).not.toMatch(CONTROL);
    },
  );

  it("names a search for a rate with the run's settings, which runs as it is", async () => {
    const dir = home();
    const { stdout } = await mmTrain(["words.txt", ...SMALL, "--quiet"], dir);
    const [, next] =
      /^next: npx mm-train (find-lr .*) \(then train again .*--lr\)$/m.exec(stdout) ?? [];
    const file = join(dir, "words.txt");
    expect(next).toBe(`find-lr --data ${file} --embedding 3 --hidden 10 --batch-size 8`);
    const { stdout: found } = await mmTrain([...next.split(" "), "--trials", "9"], dir);
    expect(found).toMatch(/^suggested learning rate: /m);
  });

  it("prints the result only with --quiet", async () => {
    const { code, stdout, stderr } = await mmTrain(["words.txt", ...SMALL, "--quiet"], home());
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("dev loss");
  });

  it("shows progress up to the last step, also when ten does not divide the steps", async () => {
    const { stderr } = await mmTrain(["words.txt", ...SMALL, "--steps", "15"], home());
    expect(stderr).toMatch(/^step 15\/15 /m);
  });

  it("makes up the same words as the samples in the run folder", async () => {
    const dir = home();
    const stdout = printed(await mmTrain(["words.txt", ...SMALL, "--quiet"], dir));
    const lines = stdout.split("\n\n")[0].split("\n");
    for (const line of lines) expect(line).toMatch(/^\S+ +(new|in train|in dev)$/);
    const words = lines.map((line) => `${line.split(" ")[0]}\n`).join("");
    expect(words).toBe(readFileSync(join(dir, "runs", "words", "samples.txt"), "utf8"));
  });

  it("draws the run: a curve in the table, the rest beside the model", async () => {
    const dir = home();
    const stdout = printed(
      await mmTrain(["words.txt", ...SMALL, "--log-every", "1", "--quiet"], dir),
    );
    expect(stdout).toMatch(/^ {2}losses {8}[▁▂▃▄▅▆▇█]{30}$/m);
    const report = /^ {2}report {8}(.+)$/m.exec(stdout)?.[1] ?? "";
    expect(report).toBe(join("runs", "words", "report.html"));
    const page = readFileSync(join(dir, report), "utf8");
    for (const part of [
      "steps/s",
      process.version,
      "bigram",
      "in neither the train nor the dev words",
    ])
      expect(page).toContain(part);
  });

  it("does not lose a run that cannot be drawn", async () => {
    const dir = home();
    mkdirSync(join(dir, "run", "report.html"), { recursive: true });
    const { code, stdout, stderr } = await mmTrain(
      ["words.txt", ...SMALL, "--quiet", "--out", "run"],
      dir,
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/^mm-train: not drawn: run.report\.html: cannot be written \(\w+\)\n$/);
    expect(stdout).toContain("dev loss");
    expect(stdout).not.toContain("report.html");
    loadRun(join(dir, "run"));
  });
});

describe.concurrent("run folders", () => {
  const runOf = async (args: string[], dir: string) =>
    (
      jsonLines<ResultEvent>(printed(await mmTrain([...args, ...SMALL, "--json"], dir))).at(
        -1,
      ) as ResultEvent
    ).run;

  it("are numbered from the second run on", async () => {
    const dir = home();
    for (const run of ["words", "words-2", "words-3"])
      expect(await runOf(["words.txt"], dir)).toBe(join("runs", run));
    expect(readdirSync(join(dir, "runs")).sort()).toEqual(["words", "words-2", "words-3"]);
  });

  it("are where --out says, however deep", async () => {
    const dir = home();
    expect(await runOf(["words.txt", "--out", "a/b c/größe"], dir)).toBe("a/b c/größe");
    expect(existsSync(join(dir, "a", "b c", "größe", "model.safetensors"))).toBe(true);
    expect(existsSync(join(dir, "runs"))).toBe(false);
  });

  it("hold whole files only", async () => {
    const dir = home();
    await runOf(["words.txt", "--out", "run"], dir);
    expect(readdirSync(join(dir, "run")).sort()).toEqual([
      "SHA256SUMS",
      "best.safetensors",
      "config.json",
      "corpus.json",
      "embedding.svg",
      "loss.svg",
      "metrics.jsonl",
      "model.safetensors",
      "report.html",
      "samples.txt",
      "state.safetensors",
      "vocabulary.json",
    ]);
  });
});

describe.concurrent("the corpus", () => {
  it.each<[string, string[]]>([
    ["comes first", ["words.txt", ...SMALL]],
    ["comes last", [...SMALL, "words.txt"]],
    ["follows the command", ["train", "words.txt", ...SMALL]],
    ["follows --data", [...SMALL, "--data", "words.txt"]],
    ["follows --data=", [...SMALL, "--data=words.txt"]],
  ])("%s", async (_, args) => {
    const [, ...more] = jsonLines<ResultEvent>(
      printed(await mmTrain([...args, "--json"], home())),
    ).reverse();
    expect(more.length).toBeGreaterThan(0);
  });

  it("may lie on a path with spaces and other alphabets", async () => {
    const dir = join(folder(), "mein Ordner 🦊");
    mkdirSync(dir);
    const file = wordsFile(dir, undefined, "имена и слова.txt");
    const result = jsonLines<ResultEvent>(
      printed(await mmTrain([file, ...SMALL, "--json"], dir)),
    ).at(-1) as ResultEvent;
    expect(result.run).toBe(join("runs", "имена и слова"));
    const again = JSON.parse(printed(await mmTrain(["evaluate", "--json"], dir))) as {
      loss: number;
    };
    expect(again.loss).toBe(result.loss.dev);
  });
});

describe.concurrent("--help", () => {
  it("mentions every option of train, its default and what it is", async () => {
    const help = printed(await mmTrain(["train", "--help"], folder())).replace(/\s+/g, " ");
    for (const [key, field] of Object.entries(settingsOf({ model: "mlp" }))) {
      const flag = typeof field.def.defaultValue === "boolean";
      expect(help).toContain(`${optionName(key)} ${flag ? "" : "<"}`);
      const silent = flag || field.def.defaultValue === "";
      expect(help).toContain(
        silent ? field.description : `${field.description} (default: ${defaultText(key, field)})`,
      );
    }
    for (const option of ["--backend", "--threads", "--out", "--log-every", "--json", "--quiet"])
      expect(help).toContain(option);
  });

  it("has the options of train in groups, and three examples", async () => {
    const help = printed(await mmTrain(["train", "--help"], folder()));
    const groups = [...help.matchAll(/^(\S.*):\n {2}-/gm)].map(([, heading]) => heading);
    expect(groups).toEqual([
      "Settings by name",
      "Corpus",
      "Model",
      "Optimizer",
      "Training",
      "Measuring and saving",
      "Samples",
      "Machine",
      "Run folder",
      "Output",
      "Options",
    ]);
    // What no group was made for is --help alone.
    expect(help).toMatch(/\nOptions:\n {2}-h, --help .*\n\nExamples:\n/);
    const examples = help.split("Examples:\n")[1].trimEnd().split("\n");
    expect(examples.filter((line) => /^ {2}npx mm-train /.test(line))).toHaveLength(3);
    for (const line of help.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("has examples that are right", async () => {
    const dir = folder();
    wordsFile(dir);
    const help = printed(await mmTrain(["train", "--help"], dir));
    const commands = [...help.matchAll(/^ {2}npx mm-train (.*)$/gm)].map(([, args]) =>
      args.split(" "),
    );
    for (const args of commands) {
      // Networks and numbers of steps as a test can wait for; each option stands.
      const small = args.map((arg) => (Number(arg) > 1000 ? "20" : arg));
      const steps = small.includes("--steps") ? [] : ["--steps", "20"];
      printed(await mmTrain([...small, ...steps, "--quiet"], dir));
    }
    expect(readdirSync(join(dir, "runs"))).toEqual(["mine", "words"]);
  }, 60_000);

  it.each(["sample", "evaluate"])("mentions every option of %s", async (command) => {
    const help = printed(await mmTrain([command, "--help"], folder()));
    const options =
      { sample: ["--count", "--seed"], evaluate: ["--split", "--data"] }[command] ?? [];
    for (const option of ["--run", "--json", "--backend", "--threads", ...options])
      expect(help).toContain(option);
  });

  it("and --version print and end well, without a run folder", async () => {
    const dir = folder();
    const help = printed(await mmTrain(["--help"], dir));
    for (const command of ["train", "sample", "evaluate"]) expect(help).toContain(command);
    for (const line of help.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    const version = printed(await mmTrain(["--version"], dir));
    expect(version).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(printed(await mmTrain(["-v"], dir))).toBe(version);
    expect(printed(await mmTrain(["help", "train"], dir))).toContain("--block-size");
    expect(readdirSync(dir)).toEqual([]);
  });
});
