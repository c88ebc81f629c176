import { expect, it } from "vitest";
import { mmTrain, onlyLine, printed, scratch } from "./support.js";

const folder = scratch();

it("prints JSON lines: the machine, sections with columns, rows", async () => {
  const finished = await mmTrain(
    ["bench", "--quick", "--only", "words", "--threads", "1", "--json"],
    folder(),
  );
  const lines = printed(finished)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ event }) => event)).toEqual(["machine", "section", "row"]);
  expect(lines[1].columns.map(({ key }: { key: string }) => key)).toEqual([
    "batch",
    "eager1",
    "replay1",
  ]);
  expect(lines[2].cells.replay1.median).toBeGreaterThan(0);
});

it("prints a table for people", async () => {
  const text = printed(
    await mmTrain(["bench", "--quick", "--only", "words", "--threads", "1"], folder()),
  );
  expect(text).toMatch(
    /cores, Node v.*\n(.*\n)+ +batch +eager, 1 thread, ms +replay, 1 thread, ms\n +256( +[\d.,]+ \([\d.,]+\.\.[\d.,]+\)){2}\n$/,
  );
});

it.each([
  [["--only", "speed"], /--only.*'speed'.*matmul, kernels, step, threads, words, pipeline/],
  [["--threads", "0"], /^--threads: expected a whole number from 1 to 256, got 0$/],
])("%j is wrong usage", async (args, message) => {
  expect(onlyLine(await mmTrain(["bench", ...args], folder()), 2)).toMatch(message);
});
