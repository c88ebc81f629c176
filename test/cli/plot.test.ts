/** `mm-train plot` in the real process. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { jsonLines, mmTrain, onlyLine, printed, scratch, SMALL, wordsFile } from "./support.js";

const folder = scratch();
const FILES = ["loss.svg", "embedding.svg", "report.html"];

async function trained(): Promise<{ cwd: string; run: string }> {
  const cwd = folder();
  printed(
    await mmTrain([wordsFile(cwd), "--quiet", "--json", ...SMALL, "--out", "runs/mine"], cwd),
  );
  return { cwd, run: join("runs", "mine") };
}

it("draws a run again, the newest by default, and prints the files", async () => {
  const { cwd, run } = await trained();
  expect(printed(await mmTrain(["plot"], cwd))).toBe(
    FILES.map((name) => `${join(run, name)}\n`).join(""),
  );
  const drawn = FILES.map((name) => readFileSync(join(cwd, run, name), "utf8"));
  for (const name of FILES) rmSync(join(cwd, run, name));
  const [{ files }] = jsonLines<{ files: string[] }>(
    printed(await mmTrain(["plot", "--run", run, "--json"], cwd)),
  );
  expect(files).toEqual(FILES.map((name) => join(run, name)));
  expect(FILES.map((name) => readFileSync(join(cwd, run, name), "utf8"))).toEqual(drawn);
});

it("marks the samples where it finds the corpus of the run", async () => {
  const { cwd, run } = await trained();
  const marked = async (...args: string[]): Promise<boolean> => {
    printed(await mmTrain(["plot", "--run", run, ...args], cwd));
    return readFileSync(join(cwd, run, "report.html"), "utf8").includes(
      "in neither the train nor the dev words",
    );
  };
  expect(await marked()).toBe(true);
  renameSync(join(cwd, "words.txt"), join(cwd, "moved.txt"));
  expect(await marked()).toBe(false);
  expect(await marked("--data", "moved.txt")).toBe(true);
  writeFileSync(join(cwd, "other.txt"), "a\nb\nc\nd\ne\nf\n");
  expect(onlyLine(await mmTrain(["plot", "--run", run, "--data", "other.txt"], cwd), 1)).toContain(
    "was trained on other words",
  );
});

it("writes events for TensorBoard on demand, and keeps those of a resumed run up to date", async () => {
  const cwd = folder();
  wordsFile(cwd);
  printed(
    await mmTrain(
      [
        "words.txt",
        "--quiet",
        ...SMALL,
        "--checkpoint-every",
        "10",
        "--tensorboard",
        "--out",
        "run",
      ],
      cwd,
    ),
  );
  const file = join("run", "events.out.tfevents.0.mm-train");
  const events = (): string => readFileSync(join(cwd, file), "latin1");
  const written = events();
  expect(written).toContain("loss/minibatch");
  expect(written).toContain("samples");
  printed(await mmTrain(["--resume", "--out", "run", "--steps", "40", "--quiet"], cwd));
  expect(events()).not.toBe(written);
  const longer = events();
  rmSync(join(cwd, file));
  printed(await mmTrain(["plot", "--run", "run"], cwd));
  expect(existsSync(join(cwd, file))).toBe(false);
  const [{ files }] = jsonLines<{ files: string[] }>(
    printed(await mmTrain(["plot", "--run", "run", "--tensorboard", "--json"], cwd)),
  );
  expect(files).toEqual([...FILES.map((name) => join("run", name)), file]);
  expect(events()).toHaveLength(longer.length);
});

it("says in one line what is missing or damaged", async () => {
  const cwd = folder();
  expect(onlyLine(await mmTrain(["plot"], cwd), 1)).toBe(
    "runs: holds no run folder; train first, or name a run folder",
  );
  expect(onlyLine(await mmTrain(["plot", "--run", "nowhere"], cwd), 1)).toContain(
    "config.json: cannot be read",
  );
  expect(onlyLine(await mmTrain(["plot", "--run", ""], cwd), 2)).toContain(
    "--run: expected a folder",
  );
  expect(onlyLine(await mmTrain(["plot", "--width", "3"], cwd), 2)).toContain(
    "unknown option '--width'",
  );
});
