/** `mm-train words.txt --from RUN` */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  jsonLines,
  mmTrain,
  onlyLine,
  printed,
  type ResultEvent,
  scratch,
  SMALL,
  wordsFile,
} from "./support.js";

const folder = scratch();
const home = folder();
beforeAll(async () => {
  wordsFile(home);
  wordsFile(home, ["qax", "quü", "xenia", "max", "felix", "aqua", "üta"], "others.txt");
  printed(
    await mmTrain(["words.txt", ...SMALL, "--steps", "60", "--out", "runs/old", "--quiet"], home),
  );
}, 120_000);

describe.concurrent("mm-train --from", () => {
  const from = ["others.txt", "--from", "runs/old", "--steps", "20", "--samples", "2"];

  it("says what it starts from: on the way, in JSON, in the report; and needs it no more", async () => {
    const dir = folder();
    wordsFile(dir);
    wordsFile(dir, ["qax", "quü", "xenia", "max", "felix", "aqua", "üta"], "others.txt");
    printed(
      await mmTrain(["words.txt", ...SMALL, "--steps", "30", "--out", "runs/old", "--quiet"], dir),
    );
    const { stdout, stderr, code } = await mmTrain([...from, "--out", "runs/new"], dir);
    expect(code).toBe(0);
    const origin = `${join(dir, "runs", "old")}, its model after 30 steps, and 3 new characters`;
    expect(stderr).toContain(`from ${origin}\n`);
    expect(stdout).toContain("runs/new");
    expect(readFileSync(join(dir, "runs", "new", "report.html"), "utf8")).toContain(
      `Started from <bdi>${origin}</bdi>`,
    );
    rmSync(join(dir, "runs", "old"), { recursive: true });
    const again = ["--resume", "--out", "runs/new", "--steps", "25", "--json"];
    const result = jsonLines<ResultEvent & { from: object }>(printed(await mmTrain(again, dir))).at(
      -1,
    );
    expect(result).toMatchObject({ steps: 25, from: { model: "last", step: 30, newTokens: 3 } });
    printed(await mmTrain(["evaluate", "--run", "runs/new"], dir));
    // Settings copied from the run do not carry where it came from.
    const copied = [
      "--config",
      "runs/new/config.json",
      "--steps",
      "1",
      "--samples",
      "0",
      "--out",
      "copied",
      "--json",
    ];
    expect(jsonLines<object>(printed(await mmTrain(copied, dir))).at(-1)).not.toHaveProperty(
      "from",
    );
  });

  it.each<[string[], string]>([
    [
      ["--hidden", "77"],
      "--hidden: runs/old has 10, and its model keeps it: expected that or nothing, got 77",
    ],
    [
      ["--preset", "quick"],
      "--preset: quick has --block-size 5, runs/old 3, and its model keeps it: expected " +
        "another preset or none",
    ],
    [
      ["--resume"],
      "--from: a resumed run goes on from its own checkpoint, expected one of --from and --resume",
    ],
    [["--steps", "many"], '--steps: expected a whole number from 0 to 1000000000, got "many"'],
  ])("refuses %j", async (more, message) => {
    const line = onlyLine(await mmTrain([...from, ...more, "--out", "refused"], home), 2);
    expect(line).toBe(message);
    expect(existsSync(join(home, "refused"))).toBe(false);
  });

  it("refuses to start from nothing, and without a corpus", async () => {
    expect(onlyLine(await mmTrain(["others.txt", "--from-best"], home), 2)).toBe(
      "--from-best: expected --from with it",
    );
    expect(onlyLine(await mmTrain(["others.txt", "--from", ""], home), 2)).toBe(
      '--from: expected a folder, got ""',
    );
    expect(onlyLine(await mmTrain(["--from", "runs/old"], home), 2)).toBe(
      "--from: expected a corpus to train on with it, got none",
    );
    expect(onlyLine(await mmTrain(["others.txt", "--from", "runs/none"], home), 1)).toContain(
      "runs/none/config.json",
    );
  });
});
