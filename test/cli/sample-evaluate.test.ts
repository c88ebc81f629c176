/** `mm-train sample` and `mm-train evaluate`. */
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { splitWords } from "../../lib/index.js";
import {
  jsonLines,
  mmTrain,
  onlyLine,
  printed,
  type ResultEvent,
  scratch,
  SMALL,
  startMmTrain,
  WORDS,
  wordsFile,
  writeRun,
} from "./support.js";

const folder = scratch();
const trained = folder();
let result: ResultEvent;

beforeAll(async () => {
  wordsFile(trained);
  const { stdout } = await mmTrain(["words.txt", ...SMALL, "--steps", "300", "--json"], trained);
  result = jsonLines<ResultEvent>(stdout).at(-1) as ResultEvent;
}, 120_000);

/** A copy of the trained folder: words.txt and runs/words. */
function copy(): string {
  const dir = folder();
  cpSync(trained, dir, { recursive: true });
  const run = join(dir, "runs", "words");
  writeRun(run, {
    "config.json": readFileSync(join(run, "config.json"), "utf8").replace(
      join(trained, "words.txt"),
      join(dir, "words.txt"),
    ),
  });
  return dir;
}

describe.concurrent("mm-train sample", () => {
  const sample = async (args: string[]) => {
    const lines = jsonLines<{ samples: string[] }>(
      printed(await mmTrain(["sample", "--json", ...args], trained)),
    );
    expect(lines).toHaveLength(1);
    expect(Object.keys(lines[0])).toEqual(["run", "samples", "cut"]);
    return lines[0].samples;
  };

  it("makes up 20 words of the newest run, with the training's own seed", async () => {
    const words = await sample([]);
    expect(words).toHaveLength(20);
    expect(words.slice(0, 4)).toEqual(result.samples);
    expect(await sample(["--run", "runs/words", "--seed", "2147483657"])).toEqual(words);
  });

  it("gives other words for another seed, the same on either backend", async () => {
    const words = await sample(["--seed", "-5", "--count", "7"]);
    expect(words).toHaveLength(7);
    expect(words).not.toEqual((await sample([])).slice(0, 7));
    expect(await sample(["--seed", "-5", "--count", "7", "--backend", "reference"])).toEqual(words);
  });

  it("prints one word per line for a person", async () => {
    expect(printed(await mmTrain(["sample", "--count", "4"], trained))).toBe(
      result.samples.map((word) => `${word}\n`).join(""),
    );
    expect(printed(await mmTrain(["sample", "--count", "0"], trained))).toBe("");
    expect(await sample(["--count", "0"])).toEqual([]);
  });

  it("ends quietly when its reader has read enough", async () => {
    // 50,000 words are more than a pipe holds.
    const { child, finished } = startMmTrain(
      ["sample", "--count", "50000", "--run", "runs/words"],
      trained,
    );
    child.stdout?.once("data", () => child.stdout?.destroy());
    expect(await finished).toMatchObject({ code: 0, signal: null, stderr: "" });
  });
});

describe.concurrent("mm-train sample, shaped", () => {
  interface Made {
    samples: string[];
    cut: boolean[];
    probabilities?: number[];
    logProbabilities?: number[];
  }
  const made = async (...args: string[]): Promise<Made> => {
    const lines = jsonLines<Made>(printed(await mmTrain(["sample", "--json", ...args], trained)));
    expect(lines).toHaveLength(1);
    return lines[0];
  };

  it("changes nothing at temperature 1, with every character allowed and an empty prefix", async () => {
    expect(await made("--temperature", "1", "--top-k", "1000", "--prefix", "")).toEqual(
      await made(),
    );
  });

  it("cools and heats the draws", async () => {
    const [cold, warm, hot] = await Promise.all(
      ["1e-9", "1", "50"].map((t) => made("--temperature", t)),
    );
    expect(new Set(cold.samples).size).toBe(1);
    expect(cold).toEqual(await made("--top-k", "1"));
    expect(hot.samples).not.toEqual(warm.samples);
  });

  it("starts every word with the prefix", async () => {
    const { samples } = await made("--prefix", "ka", "--top-k", "5", "--temperature", "0.8");
    expect(samples).toHaveLength(20);
    expect(samples.filter((word) => !word.startsWith("ka"))).toEqual([]);
  });

  it("leaves out the words of the whole list, and those alone, on demand", async () => {
    // Behind a whole word, hot draws end at once now and then.
    const { train, dev, test } = splitWords(WORDS, 42);
    for (const word of [train[0], dev[0], test[0]]) {
      const options = ["--temperature", "50", "--prefix", word, "--count", "300"];
      const all = (await made(...options)).samples;
      expect(all).toContain(word);
      const fresh = all.filter((made) => !WORDS.includes(made));
      const { samples } = await made(...options, "--new-only");
      expect(samples).toHaveLength(300);
      expect(samples.slice(0, fresh.length)).toEqual(fresh);
      expect(samples).not.toContain(word);
    }
  });

  it("cuts long words and says which, in JSON and beside the words", async () => {
    const options = ["--max-length", "3", "--min-length", "2"];
    const { samples, cut } = await made(...options);
    for (const word of samples) expect([2, 3]).toContain([...word].length);
    const n = cut.filter(Boolean).length;
    expect(n).toBeGreaterThan(0);
    expect(cut).toHaveLength(20);
    const { stdout, stderr, code } = await mmTrain(["sample", ...options], trained);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: samples.map((word) => `${word}\n`).join(""),
    });
    expect(stderr).toContain(`${n} of 20 were cut at the maximum length\n`);
  });

  it("prints what it found where there are no more, and then says so", async () => {
    const options = ["--unique", "--max-length", "1", "--count", "100"];
    const { stdout, stderr, code } = await mmTrain(["sample", ...options], trained);
    const words = stdout.split("\n").slice(0, -1);
    expect(new Set(words).size).toBe(words.length);
    expect(words.length).toBeGreaterThan(5);
    expect(code).toBe(1);
    expect(stderr).toContain(
      `mm-train: sample: found ${words.length} of 100: the last 10000 words drawn were `,
    );
  });

  it("adds probabilities to the same words when asked, of the plain model", async () => {
    const { samples, probabilities, logProbabilities } = await made("--probabilities");
    expect(samples).toEqual((await made()).samples);
    expect(probabilities).toHaveLength(20);
    expect(logProbabilities?.map(Math.exp)).toEqual(probabilities);
    for (const p of probabilities ?? []) expect(p > 0 && p < 1).toBe(true);

    const cool = await made("--probabilities", "--temperature", "0.5", "--count", "1");
    if (cool.samples[0] === "") return;
    const [line] = jsonLines<{ scores: { probability: number }[] }>(
      printed(await mmTrain(["score", "--json", "--", cool.samples[0]], trained)),
    );
    expect(cool.probabilities).toEqual([line.scores[0].probability]);
  });

  it("prints words and probabilities in columns for a person", async () => {
    const lines = printed(
      await mmTrain(["sample", "--count", "4", "--probabilities"], trained),
    ).split("\n");
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatch(/^word +probability +log-probability$/);
    for (const [i, word] of result.samples.entries()) {
      const line = lines[i + 1];
      const [, p, log] = / (\d\.\d\de-\d+) +(-\d+\.\d{4})$/.exec(line) ?? [];
      expect(Math.abs(Math.log(Number(p)) - Number(log))).toBeLessThan(0.01);
      expect(line.startsWith(word)).toBe(true);
    }
    expect(new Set(lines.slice(0, 5).map((line) => line.length)).size).toBe(1);
    expect(printed(await mmTrain(["sample", "--count", "0", "--probabilities"], trained))).toBe("");
  });

  it("finds a corpus that moved, and refuses one that changed", async () => {
    const dir = copy();
    renameSync(join(dir, "words.txt"), join(dir, "moved.txt"));
    const args = ["sample", "--new-only", "--json"];
    expect(onlyLine(await mmTrain(args, dir), 1)).toBe(
      `${join(dir, "words.txt")}: no such file; if the run's corpus moved, name it with --data`,
    );
    const [line] = jsonLines<Made>(printed(await mmTrain([...args, "--data", "moved.txt"], dir)));
    expect(line).toEqual(await made("--new-only"));
    wordsFile(dir, [...WORDS, "petra"], "moved.txt");
    expect(onlyLine(await mmTrain([...args, "--data", "moved.txt"], dir), 1)).toBe(
      "runs/words: was trained on other words than moved.txt holds now; name its corpus with " +
        "--data",
    );
  });

  it("gives up on new words when the model only knows old ones", async () => {
    // With --top-k 1 one word comes for ever. The run is made to believe that it was trained on
    // that word.
    const [greedy] = (await made("--top-k", "1", "--count", "1")).samples;
    const dir = copy();
    const words = [...WORDS.slice(0, -1), greedy];
    const seed = Array.from({ length: 100 }, (_, i) => i).find((s) =>
      splitWords(words, s).train.includes(greedy),
    );
    wordsFile(dir, words);
    const trainAgain = [
      "words.txt",
      ...SMALL,
      "--steps",
      "0",
      "--split-seed",
      String(seed),
      "--out",
      "donor",
      "--quiet",
    ];
    printed(await mmTrain(trainAgain, dir));
    const [donor, run] = ["donor", join("runs", "words")].map((name) => {
      return JSON.parse(readFileSync(join(dir, name, "config.json"), "utf8")) as Record<
        string,
        unknown
      >;
    });
    const { wordsSha256, data } = donor;
    writeRun(join(dir, "runs", "words"), {
      "config.json": JSON.stringify({ ...run, wordsSha256, data }),
    });
    expect(
      onlyLine(
        await mmTrain(["sample", "--run", "runs/words", "--top-k", "1", "--new-only"], dir),
        1,
      ),
    ).toBe(
      "sample: found 0 of 20: the last 10000 words drawn were all in the list; ask for " +
        "fewer, lower min-length, raise temperature or top-k, or change the prefix",
    );
  });

  it.each([
    [["--temperature", "0"], "--temperature: expected a number above 0, got 0"],
    [["--temperature", "hot"], '--temperature: expected a number above 0, got "hot"'],
    [["--temperature", ""], '--temperature: expected a number above 0, got ""'],
    [["--temperature", "1e999"], "--temperature: expected a number above 0, got Infinity"],
    [["--top-k", "0"], "--top-k: expected a whole number of 1 or more, got 0"],
    [["--top-k", "2.5"], "--top-k: expected a whole number of 1 or more, got 2.5"],
    [["--top-k", "few"], '--top-k: expected a whole number of 1 or more, got "few"'],
    [
      ["--min-length", "5", "--max-length", "4"],
      "--min-length: expected at most 4, which is --max-length, got 5",
    ],
    [
      ["--max-length", "many"],
      '--max-length: expected a whole number from 1 to 1000000, got "many"',
    ],
    [
      ["--prefix", "anna", "--max-length", "2"],
      '--prefix: expected at most 2 characters, which is --max-length, got "anna"',
    ],
    [["--prefix", "kÄ"], '--prefix: expected characters of the model\'s words, got "Ä"'],
    [["--prefix", "a."], '--prefix: expected characters of the model\'s words, got "."'],
    [["--data", "words.txt"], "--data: expected --new-only with it, which alone reads the corpus"],
  ])("refuses %j", async (args, message) => {
    expect(onlyLine(await mmTrain(["sample", ...args], trained), 2)).toBe(message);
  });
});

describe.concurrent("mm-train evaluate", () => {
  it.each(["dev", "train"] as const)(
    "prints the %s loss that the training printed",
    async (split) => {
      const lines = jsonLines<object>(
        printed(
          await mmTrain(["evaluate", "--run", "runs/words", "--split", split, "--json"], trained),
        ),
      );
      expect(JSON.stringify(lines)).toBe(
        JSON.stringify([
          {
            run: join("runs", "words"),
            split,
            loss: result.loss[split],
            perplexity: Math.exp(result.loss[split]),
          },
        ]),
      );
    },
  );

  it("measures dev unless told otherwise, and test when told", async () => {
    expect(printed(await mmTrain(["evaluate"], trained))).toBe(
      `dev loss ${result.loss.dev.toFixed(4)}\n`,
    );
    expect(printed(await mmTrain(["evaluate", "--split", "train"], trained))).toBe(
      `train loss ${result.loss.train.toFixed(4)}\n`,
    );
  });

  it("says which run it took, unless it was named", async () => {
    for (const args of [["evaluate"], ["sample", "--count", "1"], ["score", "a"]]) {
      const { stderr, stdout } = await mmTrain(args, trained);
      expect(stderr).toBe(`run ${join("runs", "words")}, the newest: --run names another\n`);
      expect(await mmTrain([...args, "--run", "runs/words"], trained)).toMatchObject({
        stderr: "",
        stdout,
      });
      const [json] = jsonLines<{ run: string }>(
        printed(await mmTrain([...args, "--json"], trained)),
      );
      expect(json.run).toBe(join("runs", "words"));
    }
  });

  it("looks at the test split of a run that was named only", async () => {
    expect(onlyLine(await mmTrain(["evaluate", "--split", "test"], trained), 2)).toMatch(
      /^--split test: expected --run with it/,
    );
  });

  it("counts the looks at the test split, and those only", async () => {
    const dir = copy();
    const run = join(dir, "runs", "words");
    const looks = () =>
      jsonLines<{ loss: number; model: string; steps: number; date: string }[]>(
        `${JSON.stringify(JSON.parse(readFileSync(join(run, "test-looks.json"), "utf8")))}\n`,
      )[0];
    printed(await mmTrain(["evaluate"], dir));
    printed(await mmTrain(["evaluate", "--split", "train"], dir));
    expect(existsSync(join(run, "test-looks.json"))).toBe(false);
    printed(await mmTrain(["plot"], dir));
    expect(readFileSync(join(run, "report.html"), "utf8")).toContain(
      "The test split has not been looked at.",
    );

    const first = printed(
      await mmTrain(["evaluate", "--run", "runs/words", "--split", "test"], dir),
    );
    expect(first).toMatch(/^test loss \d+\.\d{4} \(look 1 at the test split of this run\)\n$/);
    const [second] = jsonLines<{ loss: number }>(
      printed(
        await mmTrain(
          ["evaluate", "--run", "runs/words", "--split", "test", "--best", "--json"],
          dir,
        ),
      ),
    );
    expect(second).toEqual({
      run: "runs/words",
      split: "test",
      loss: expect.any(Number),
      perplexity: expect.any(Number),
      looks: 2,
    });
    expect(looks()).toMatchObject([
      { steps: 300, model: "last" },
      { steps: 300, model: "best", loss: second.loss },
    ]);
    expect(first).toContain(looks()[0].loss.toFixed(4));
    for (const { date } of looks()) expect(new Date(date).toISOString()).toBe(date);
    const page = readFileSync(join(run, "report.html"), "utf8");
    expect(page).toContain("2 looks at the test split");
    expect(page).toContain(second.loss.toFixed(4));

    writeRun(run, { "test-looks.json": "[{}]" });
    expect(
      onlyLine(await mmTrain(["evaluate", "--run", "runs/words", "--split", "test"], dir), 1),
    ).toContain("test-looks.json: is no list of looks");
    expect(readFileSync(join(run, "test-looks.json"), "utf8")).toBe("[{}]");
  });

  it("gives the same loss on the reference backend", async () => {
    const lines = jsonLines<object>(
      printed(await mmTrain(["evaluate", "--json", "--backend", "reference"], trained)),
    );
    expect(lines).toEqual([
      {
        run: expect.stringContaining("words"),
        split: "dev",
        loss: result.loss.dev,
        perplexity: Math.exp(result.loss.dev),
      },
    ]);
  });

  it("works from another folder", async () => {
    const run = join(trained, "runs", "words");
    const lines = jsonLines<object>(
      printed(await mmTrain(["evaluate", "--run", run, "--json"], folder())),
    );
    expect(lines).toEqual([
      {
        run: expect.stringContaining("words"),
        split: "dev",
        loss: result.loss.dev,
        perplexity: Math.exp(result.loss.dev),
      },
    ]);
  });

  it("finds a corpus that moved with --data, the same words with other line ends", async () => {
    const dir = copy();
    rmSync(join(dir, "words.txt"));
    writeFileSync(join(dir, "moved.txt"), `\ufeff${WORDS.join("\r\n")}\r\n\r\n`);
    const lines = jsonLines<object>(
      printed(await mmTrain(["evaluate", "--data", "moved.txt", "--json"], dir)),
    );
    expect(lines).toEqual([
      {
        run: expect.stringContaining("words"),
        split: "dev",
        loss: result.loss.dev,
        perplexity: Math.exp(result.loss.dev),
      },
    ]);
  });

  it("refuses a corpus that changed", async () => {
    const dir = copy();
    wordsFile(dir, [...WORDS, "petra"]);
    const line = onlyLine(await mmTrain(["evaluate"], dir), 1);
    expect(line).toBe(
      `runs/words: was trained on other words than ${join(dir, "words.txt")} holds now; name ` +
        "its corpus with --data",
    );
    wordsFile(dir, [...WORDS].reverse());
    onlyLine(await mmTrain(["evaluate"], dir), 1);
  });

  it("names the corpus that is gone", async () => {
    const dir = copy();
    renameSync(join(dir, "words.txt"), join(dir, "other.txt"));
    expect(onlyLine(await mmTrain(["evaluate"], dir), 1)).toBe(
      `${join(dir, "words.txt")}: no such file; if the run's corpus moved, name it with --data`,
    );
  });
});

describe.concurrent("--best", () => {
  const worse = folder();
  beforeAll(async () => {
    wordsFile(worse);
    // A rate so large that the model gets worse after step 100.
    const more = ["--steps", "200", "--eval-every", "100", "--lr", "0.1@0,5@100", "--quiet"];
    printed(await mmTrain(["words.txt", ...SMALL, ...more], worse));
  }, 120_000);

  it("takes the model of the lowest dev loss in evaluate, sample and score", async () => {
    const devs = jsonLines<{ devLoss?: number }>(
      readFileSync(join(worse, "runs", "words", "metrics.jsonl"), "utf8"),
    );
    const [best, last] = devs.flatMap((line) => line.devLoss ?? []);
    const loss = async (...args: string[]) =>
      (
        JSON.parse(printed(await mmTrain(["evaluate", "--json", ...args], worse))) as {
          loss: number;
        }
      ).loss;
    expect(best).toBeLessThan(last);
    expect(await loss()).toBe(last);
    expect(await loss("--best")).toBe(best);
    for (const command of [["sample"], ["score", "anna"]]) {
      const [a, b] = await Promise.all([
        mmTrain(command, worse),
        mmTrain([...command, "--best"], worse),
      ]);
      expect(printed(a)).not.toBe(printed(b));
    }
  });

  it("names the file where a run has none", async () => {
    const dir = copy();
    const run = join(dir, "runs", "words");
    rmSync(join(run, "best.safetensors"));
    writeFileSync(
      join(run, "SHA256SUMS"),
      readFileSync(join(run, "SHA256SUMS"), "utf8").replace(/.*best.*\n/, ""),
    );
    for (const command of [["sample"], ["score", "anna"], ["evaluate"]])
      expect(onlyLine(await mmTrain([...command, "--best"], dir), 1)).toMatch(
        /best\.safetensors: no such file: the dev split was never/,
      );
  });
});

describe.concurrent.each(["sample", "evaluate"])("mm-train %s", (command) => {
  it("says what to do without a run", async () => {
    expect(onlyLine(await mmTrain([command], folder()), 1)).toBe(
      "runs: holds no run folder; train first, or name a run folder",
    );
  });

  it("names the folder that is not there", async () => {
    const line = onlyLine(await mmTrain([command, "--run", "nowhere"], folder()), 1);
    expect(line).toBe(
      `${join("nowhere", "config.json")}: cannot be read; expected a run folder made by ` +
        "mm-train (ENOENT)",
    );
  });

  it("names the option when the folder's name is empty: an unset shell variable", async () => {
    expect(onlyLine(await mmTrain([command, "--run", ""], folder()), 2)).toContain("--run");
  });

  it.each(["config.json", "vocabulary.json", "model.safetensors"])(
    "names a file that is damaged: %s",
    async (file) => {
      const dir = copy();
      const path = join(dir, "runs", "words", file);
      writeFileSync(path, readFileSync(path).subarray(0, -30));
      expect(
        onlyLine(await mmTrain([command], dir), 1).startsWith(join("runs", "words", file)),
      ).toBe(true);
    },
  );

  it.each([
    ["--count", "sample"],
    ["--split", "evaluate"],
  ])("knows only its own options: %s is one of %s", async (option, owner) => {
    const finished = await mmTrain([command, option, "dev"], trained);
    if (owner === command && option === "--split") printed(finished);
    else expect(onlyLine(finished, 2)).toContain(option);
  });
});
