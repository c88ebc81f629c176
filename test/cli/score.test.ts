/** `mm-train score`. */
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { loadRun, type Score, score } from "../../lib/index.js";
import { jsonLines, mmTrain, onlyLine, printed, scratch, SMALL, wordsFile } from "./support.js";

const folder = scratch();
const trained = folder();
beforeAll(async () => {
  wordsFile(trained);
  printed(await mmTrain(["words.txt", ...SMALL, "--steps", "300", "--quiet"], trained));
});

const scores = async (args: string[], cwd = trained): Promise<Score[]> => {
  const lines = jsonLines<{ scores: Score[] }>(
    printed(await mmTrain(["score", "--json", ...args], cwd)),
  );
  expect(lines).toHaveLength(1);
  expect(Object.keys(lines[0])).toEqual(["run", "scores"]);
  return lines[0].scores;
};

describe.concurrent("mm-train score", () => {
  it("prints what the library computes, on either backend and from any folder", async () => {
    const run = join(trained, "runs", "words");
    const { model, vocabulary } = loadRun(run);
    const names = ["anna", "zzz", "karla"];
    const want = score(model, vocabulary, names);
    expect(await scores(names)).toEqual(want);
    expect(await scores(["--backend", "reference", ...names])).toEqual(want);
    expect(await scores(["--run", run, ...names], folder())).toEqual(want);
  });

  it("expects a word it learned more than one it never saw", async () => {
    const [anna, other] = await scores(["anna", "zzzz"]);
    expect(anna.loss).toBeLessThan(other.loss);
    expect(anna.probability).toBeGreaterThan(other.probability);
    expect(anna.characters).toBe(5);
  });

  it("prints a table for a person: a line per word under a heading", async () => {
    const [anna, gustav] = await scores(["anna", "gustav"]);
    const row = (name: string, { characters, loss, probability }: Score) =>
      `${name.padEnd(6)}  ${String(characters).padStart(10)}  ${loss.toFixed(4)}  ` +
      `${probability.toExponential(2).padStart(11)}\n`;
    expect(printed(await mmTrain(["score", "anna", "gustav"], trained))).toBe(
      `word    characters    loss  probability\n${row("anna", anna)}${row("gustav", gustav)}`,
    );
  });

  it.each([
    [["anna", ""], "words:2: the word is empty"],
    [["anna", "Anna"], 'words:2: the model does not know the character "A"'],
    [["zoë"], 'words:1: the model does not know the character "ë"'],
    [["a\nb"], "words:1: the word "],
    [["a.b"], 'words:1: the model does not know the character "."'],
    [[], "missing words to score: name some, or a file of them with --file"],
    [["--file", "words.txt", "anna"], "--file: expected no other words with it"],
    [["--file", ""], '--file: expected a file, got ""'],
    [["--run", "", "anna"], '--run: expected a folder, got ""'],
    [["--count", "3", "anna"], "unknown option '--count'"],
  ])("refuses %j", async (args, message) => {
    expect(onlyLine(await mmTrain(["score", ...args], trained), 2)).toContain(message);
  });

  it("says what to do without a run", async () => {
    const line = onlyLine(await mmTrain(["score", "anna"], folder()), 1);
    expect(line).toBe("runs: holds no run folder; train first, or name a run folder");
  });
});
