/**
 * What a person sees of a training: in a terminal of 80 x 24, in a narrow one, in one that knows no
 * colours.
 */
import { describe, expect, it } from "vitest";
import { type ProgressParts, progressLine } from "../../lib/cli/terminal/progress-line.js";
import { wrapped } from "../../lib/cli/terminal/say.js";
import { mmTrain, scratch, SMALL, wordsFile } from "./support.js";
import { onScreen } from "./screen.js";

const folder = scratch();
const RUN = ["words.txt", ...SMALL, "--steps", "2000", "--eval-every", "500", "--samples", "120"];

function home(words?: readonly string[]): string {
  const dir = folder();
  wordsFile(dir, words);
  return dir;
}
const ESCAPE = "\u001b";

describe("a finished run in a terminal", () => {
  it("of 80 x 24 shows its losses, below names in their colour", () => {
    const { lines, colored, unbroken } = onScreen(RUN, home());
    expect(unbroken.length).toBeGreaterThan(40);
    const at = (label: string) => lines.findIndex((line) => line.startsWith(`  ${label}`));
    for (const label of ["train loss", "dev loss", "bigrams, dev", "training"])
      expect(at(label)).toBeGreaterThan(0);
    // Names above, and a blank line.
    expect(lines[at("train loss") - 1]).toBe("");
    expect(lines[at("train loss") - 2]).toMatch(/ {2}(new|in train|in dev)$/);
    // Side by side, each beside its mark.
    expect(lines[at("train loss") - 4]).toMatch(/^(\w+ +(new|in train|in dev) *){2,}$/);
    expect(colored.join("\n")).toContain(`${ESCAPE}[94m`);
    expect(lines.every((line) => [...line].length <= 80)).toBe(true);
  });

  it.each([80, 40])("of %i columns breaks no line of progress, and shows a loss", (columns) => {
    const { lines, unbroken, colored } = onScreen(RUN, home(), { columns, rows: 200 });
    const bar = unbroken.findIndex((line) => line.includes("100%"));
    expect(unbroken[bar]).toMatch(/loss \d\.\d{4}/);
    // Nothing before it was broken either.
    expect(lines.slice(0, bar + 1)).toEqual(unbroken.slice(0, bar + 1));
    expect(colored[bar]).toContain(`${ESCAPE}[33m`);
    expect(unbroken.some((line) => line.startsWith("  dev loss"))).toBe(true);
  });

  it("has no colours with NO_COLOR", () => {
    const { colored } = onScreen(RUN, home(), undefined, { NO_COLOR: "1" });
    expect(colored.join("\n")).toContain("dev loss");
    expect(colored.join("\n")).not.toContain(ESCAPE);
  });

  it("has neither colours nor a bar with TERM=dumb", () => {
    const size = { columns: 80, rows: 100 };
    const { colored } = onScreen(RUN, home(), size, { TERM: "dumb" });
    expect(colored.join("\n")).toMatch(/\nstep 200\/2000 .*\nstep 400\/2000 /);
    expect(colored.join("\n")).not.toMatch(/█.*%/);
    expect(colored.join("\n")).not.toContain(ESCAPE);
  });
});

it("colours are ours, whatever is within them", async () => {
  const evil = Array.from({ length: 40 }, (_, i) => `a\u001b[31m\u009b5m${"bcdefg"[i % 6]}`);
  const ended = await mmTrain(RUN, home(evil), { FORCE_COLOR: "1" });
  expect(ended.stdout).toContain(`${ESCAPE}[94m`);
  expect(ended.stdout).toMatch(/\\u001b/);
  const others = ended.stdout.replaceAll(`${ESCAPE}[94m`, "").replaceAll(`${ESCAPE}[39m`, "");
  expect(others.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
});

describe("progressLine", () => {
  const parts: ProgressParts = {
    percent: "90%",
    count: "180000/200000",
    loss: "loss 2.1308",
    dev: "dev@180K 2.1856",
    rate: "27,831 steps/s",
    left: "7 s",
  };
  const shown = (columns: number, more: Partial<ProgressParts> = {}) =>
    progressLine({ ...parts, ...more }, 0.9, columns);

  it("says all on a wide terminal", () => {
    const line = "███████░ 90% 180000/200000  loss 2.1308  dev@180K 2.1856  27,831 steps/s  7 s";
    expect(shown(79)).toBe(line);
    expect(shown(200)).toBe(line);
  });

  it("leaves out what matters least", () => {
    expect(shown(70)).toBe("███████░ 90%  loss 2.1308  dev@180K 2.1856  27,831 steps/s  7 s");
    expect(shown(39)).toBe("90%  loss 2.1308  dev@180K 2.1856  7 s");
    expect(shown(39, { left: "171 s" })).toBe("90%  loss 2.1308  171 s");
  });

  it.each([10_000, 79, 60, 39, 30, 20])("fits %i columns and keeps the loss", (columns) => {
    const words = {
      count: undefined,
      loss: "perplexity 16489.0",
      dev: "dev@0.1 perplexity 16489.0",
    };
    for (const left of ["0 s", "12345678 s"]) {
      for (const more of [{ left }, { left, ...words }]) {
        const line = shown(columns, more);
        expect([...line].length).toBeLessThanOrEqual(columns);
        expect(line).toContain(more.left === left && "loss" in more ? words.loss : parts.loss);
      }
    }
  });
});

describe("what does not fit a line", () => {
  const dir = home();
  const size = { columns: 40, rows: 200 };
  /** Lines that end between words: tmux has no line to join. */
  const unbroken = (args: readonly string[]) => {
    const screen = onScreen(args, dir, size);
    expect(screen.lines).toEqual(screen.unbroken);
    return screen.lines.join("\n");
  };

  it("of a result, a table and a checkup goes on below, whole", () => {
    const result = unbroken([...RUN, "--lr", "0.00001", "--samples", "0"]);
    expect(result).toMatch(
      /\n {2}try {11}more steps, or the rate\n {16}that find-lr suggests,\n {16}or/,
    );
    unbroken([...RUN, "--samples", "0", "--steps", "100", "--out", "runs/other"]);
    const table = unbroken(["compare", "runs/words", "runs/other"]);
    expect(table).toMatch(
      /^runs\/words\n {2}dev loss \d\.\d{4},.*\n {2}train loss \d\.\d{4}, steps 2,000\n/,
    );
    expect(unbroken(["find-lr", "words.txt", "--trials", "50"])).toContain(
      "suggested learning rate",
    );
    expect(unbroken(["evaluate", "--run", "runs/words", "--split", "test"])).toContain("look 1 at");
  });

  it("of --help stands below its option", () => {
    expect(unbroken(["sample", "--help"])).toContain(
      "\n  --best\n      the model of the lowest dev loss,\n      not the last one\n",
    );
  });
});

it("clauses are broken between, and within only where one is longer than a line", () => {
  const clauses = ["one two three,", "four five"];
  expect(wrapped(clauses)).toEqual(["one two three, four five"]);
  expect(wrapped(clauses, 24)).toEqual(["one two three, four five"]);
  expect(wrapped(clauses, 23)).toEqual(clauses);
  expect(wrapped(clauses, 10)).toEqual(["one two", "three,", "four five"]);
  expect(wrapped(clauses, 3)).toEqual(["one", "two", "three,", "four", "five"]);
});
