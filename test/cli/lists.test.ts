/** Lists through the command: standard input, tables, what is said of them. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { environment, installed } from "../train/support.js";
import { jsonLines, mmTrain, onlyLine, printed, scratch, SMALL, WORDS } from "./support.js";

const folder = scratch();
const text = WORDS.map((word) => `${word}\n`).join("");
const TABLE = `name,count\n${WORDS.map((word, i) => `${word},${i + 1}\n`).join("")}`;

/** Runs the command with something on its standard input. */
function piped(args: readonly string[], cwd: string, input: string | Uint8Array) {
  const main = join(installed(), "dist", "cli", "main.js");
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd,
    input,
    env: environment(),
  });
  return { code: status, signal, stdout: stdout.toString(), stderr: stderr.toString() };
}

describe("standard input", () => {
  it("is a list, packed or not; the run does not find it again, and says so", async () => {
    const dir = folder();
    const plain = printed(piped(["-", ...SMALL, "--json", "--out", "a"], dir, text));
    const packed = printed(
      piped(["--data", "-", ...SMALL, "--json", "--out", "b"], dir, gzipSync(text)),
    );
    const losses = (output: string) => jsonLines<{ loss: object }>(output).map(({ loss }) => loss);
    expect(losses(packed)).toEqual(losses(plain));
    expect(JSON.parse(readFileSync(join(dir, "a", "config.json"), "utf8"))).toMatchObject({
      data: { name: null },
    });
    expect(onlyLine(await mmTrain(["evaluate", "--run", "a"], dir), 2)).toBe(
      "a was trained on words that a program or standard input gave; name a file with them " +
        "with --data",
    );
    const again = printed(piped(["evaluate", "--run", "a", "--data", "-", "--json"], dir, text));
    expect(JSON.parse(again)).toMatchObject({ split: "dev" });
  });

  it("is named in errors, and its runs are", () => {
    const dir = folder();
    expect(onlyLine(piped(["-", ...SMALL], dir, ""), 1)).toBe(
      "standard input: the file is empty: expected one word per line",
    );
    expect(onlyLine(piped(["-", ...SMALL], dir, "a\0\0\0\n"), 1)).toMatch(
      /^standard input:1: a NUL byte/,
    );
    const run = jsonLines<{ run: string }>(printed(piped(["-", ...SMALL, "--json"], dir, text))).at(
      -1,
    )?.run;
    expect(run).toBe(join("runs", "stdin"));
  });
});

describe("a table", () => {
  it("is trained on, evaluated and sampled by its column and weights", async () => {
    const dir = folder();
    writeFileSync(join(dir, "t.csv"), TABLE);
    const columns = ["--column", "name", "--weight-column", "2"];
    const events = jsonLines<{ loss: { dev: number }; words: number }>(
      printed(await mmTrain(["t.csv", ...columns, ...SMALL, "--json", "--out", "run"], dir)),
    );
    expect(events[0]).toMatchObject({
      event: "corpus",
      lines: WORDS.length,
      words: WORDS.length,
      warnings: [],
    });
    const { loss } = JSON.parse(
      printed(await mmTrain(["evaluate", "--run", "run", "--json"], dir)),
    ) as { loss: number };
    expect(loss).toBe(events.at(-1)?.loss.dev);
    printed(await mmTrain(["sample", "--run", "run", "--new-only", "--count", "3"], dir));
  });

  it("that is not asked for by column is noted, on the terminal and in the report", async () => {
    const dir = folder();
    writeFileSync(join(dir, "t.csv"), TABLE);
    const { code, stderr } = await mmTrain(["t.csv", ...SMALL, "--out", "run"], dir);
    expect(code).toBe(0);
    const note = "looks like CSV of 2 columns: choose one with --column 1";
    expect(stderr.split("\n").slice(0, 3)).toEqual([
      "16 lines, 16 words, 16 distinct, 107 characters",
      "0 % of dev words in train too",
      `note: ${note}`,
    ]);
    expect(readFileSync(join(dir, "run", "report.html"), "utf8")).toContain(`<li>${note}</li>`);
  });
});
