/** kill -9 at any moment, then --resume: the bits of a run that was never interrupted. */
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../lib/run/folder/run-folder.js";
import { mmTrain, onlyLine, printed, scratch, startMmTrain, wordsFile } from "./support.js";

const folder = scratch();
const SETTINGS = ["--embedding", "4", "--hidden", "64", "--samples", "3", "--quiet"];
const RUN = [
  "words.txt",
  "--steps",
  "6000",
  "--checkpoint-every",
  "250",
  "--eval-every",
  "700",
  "--log-every",
  "100",
  ...SETTINGS,
];
const FILES = [
  "SHA256SUMS",
  "best.safetensors",
  "config.json",
  "corpus.json",
  "embedding.svg",
  "loss.svg",
  "metrics.jsonl",
  "model.safetensors",
  "samples.txt",
  "state.safetensors",
  "vocabulary.json",
];
/** Says how fast the machine was, and the name of the folder. */
const REPORT = "report.html";

/**
 * A file's bytes; of metrics.jsonl without the line that says how fast the machine was, of
 * SHA256SUMS without its.
 */
function bits(run: string, file: string): string {
  const bytes = readFileSync(join(run, file));
  if (file === "SHA256SUMS") return bytes.toString().replace(/.* {2}metrics\.jsonl\n/, "");
  if (file !== "metrics.jsonl") return bytes.toString("base64");
  const lines = bytes.toString().split("\n");
  return lines.filter((line) => !line.startsWith('{"seconds":')).join("\n");
}
const contents = (run: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(run)
      .sort()
      .map((file) => [file, bits(run, file)]),
  );

describe("a run that was killed", () => {
  const dir = folder();
  let whole: Record<string, string>;
  let milliseconds: number;

  beforeAll(async () => {
    wordsFile(dir);
    printed(await mmTrain([...RUN, "--out", "warm-up"], dir));
    const start = performance.now();
    printed(await mmTrain([...RUN, "--out", "whole"], dir));
    milliseconds = performance.now() - start;
    whole = contents(join(dir, "whole"));
    expect(Object.keys(whole)).toEqual([...FILES, REPORT].sort());
    expect(
      readFileSync(join(dir, "whole", "metrics.jsonl"), "utf8").match(/^\{"seconds":.*\n$/gm),
    ).toHaveLength(1);
  }, 120_000);

  // Spread over the whole life of the process, from before it has read its words to after its last
  // file.
  it.each(Array.from({ length: 20 }, (_, i) => (i + 0.5) / 20))(
    "at %d of its time ends with the bits of one that was not",
    async (part) => {
      const out = `killed-${part}`;
      const { child, finished } = startMmTrain([...RUN, "--out", out], dir);
      const killer = setTimeout(() => child.kill("SIGKILL"), part * milliseconds);
      await finished;
      clearTimeout(killer);
      if (!existsSync(join(dir, out, "config.json"))) {
        // Killed before it took its folder: nothing to go on from.
        printed(await mmTrain([...RUN, "--out", out], dir));
      } else {
        printed(await mmTrain(["--resume", "--out", out, "--quiet"], dir));
      }
      // A chart may be another process's; what was written under the lock is gone.
      const left = readdirSync(join(dir, out)).filter((name) => name.endsWith(".tmp"));
      expect(
        left.filter((name) => !/^[\w-]+\.(svg|html)\.[0-9a-f]{32}\.mm-file\.tmp$/.test(name)),
      ).toEqual([]);
      for (const file of FILES) expect(bits(join(dir, out), file) === whole[file], file).toBe(true);
    },
  );

  it("can be given more steps, and equals a run that had them from the start", async () => {
    cpSync(join(dir, "whole"), join(dir, "longer"), { recursive: true });
    printed(await mmTrain(["--resume", "--steps", "6500", "--out", "longer", "--quiet"], dir));
    printed(await mmTrain([...RUN, "--steps", "6500", "--out", "longer-at-once"], dir));
    expect(contents(join(dir, "longer"))["model.safetensors"]).toBe(
      contents(join(dir, "longer-at-once"))["model.safetensors"],
    );
  });

  it("keeps what a run ended with among what it chooses its best model by", async () => {
    const short = [
      "--steps",
      "60",
      "--eval-every",
      "40",
      "--lr",
      "0.1",
      "--samples",
      "0",
      "--quiet",
      "--out",
      "prolonged",
    ];
    printed(await mmTrain([...short], dir));
    printed(await mmTrain(["--resume", "--steps", "90", "--out", "prolonged", "--quiet"], dir));
    const measured = readFileSync(join(dir, "prolonged", "metrics.jsonl"), "utf8")
      .match(/^\{"step":\d+,.*"devLoss"/gm)
      ?.map((line) => /\d+/.exec(line)?.[0]);
    expect(measured).toEqual(["40", "60", "80", "90"]);
  });

  it("finds its corpus where it was moved, and remembers that", async () => {
    const moved = folder();
    wordsFile(moved);
    printed(
      await mmTrain(
        [
          "words.txt",
          "--hidden",
          "5",
          "--steps",
          "10",
          "--samples",
          "0",
          "--out",
          "run",
          "--quiet",
        ],
        moved,
      ),
    );
    renameSync(join(moved, "words.txt"), join(moved, "names.list"));
    expect(
      onlyLine(await mmTrain(["--resume", "--steps", "20", "--out", "run"], moved), 1),
    ).toMatch(/words\.txt: no such file; if the run's corpus moved, name it with --data$/);
    printed(
      await mmTrain(
        ["--resume", "--data", "names.list", "--steps", "20", "--out", "run", "--quiet"],
        moved,
      ),
    );
    expect(readConfig(join(moved, "run"))).toMatchObject({
      data: join(moved, "names.list"),
      stepsDone: 20,
    });
    writeFileSync(join(moved, "others.txt"), "ada\nbo\ncleo\ndan\neve\nfay\n");
    expect(
      onlyLine(
        await mmTrain(["--resume", "--data", "others.txt", "--steps", "30", "--out", "run"], moved),
        1,
      ),
    ).toMatch(/was trained on other words/);
  });

  it("keeps its settings, and its steps once done", async () => {
    expect(
      onlyLine(await mmTrain(["--resume", "--out", "whole", "--hidden", "3"], dir), 2),
    ).toMatch(/--hidden: a resumed run keeps its settings/);
    expect(onlyLine(await mmTrain(["--resume", "--out", "nowhere"], dir), 1)).toMatch(
      /nowhere.config\.json: cannot be read/,
    );
  });
});

describe("settings from a file", () => {
  it("are used, options win, and a misspelt one is named with the nearest", async () => {
    const dir = folder();
    wordsFile(dir);
    writeFileSync(
      join(dir, "run.json"),
      JSON.stringify({ data: "words.txt", steps: 5, hidden: 7, samples: 0 }),
    );
    printed(
      await mmTrain(["--config", "run.json", "--hidden", "9", "--out", "run", "--quiet"], dir),
    );
    expect(JSON.parse(readFileSync(join(dir, "run", "config.json"), "utf8"))).toMatchObject({
      training: { steps: 5 },
      model: { hidden: 9 },
      stepsDone: 5,
    });
    writeFileSync(join(dir, "run.json"), JSON.stringify({ hiden: 7 }));
    expect(onlyLine(await mmTrain(["--config", "run.json"], dir), 2)).toBe(
      'unknown setting "hiden": did you mean hidden?',
    );
  });
});
