/** Several runs in one picture and on one page. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CheckpointError, UsageError } from "../../lib/index.js";
import { comparisonChart } from "../../lib/report/charts/comparison-chart.js";
import { comparisonPage, writeComparison } from "../../lib/report/pages/comparison-page.js";
import { readComparison } from "../../lib/report/comparison.js";
import { asTyped, differences } from "../../lib/report/differences.js";
import { readConfig } from "../../lib/run/folder/run-folder.js";
import { errorOf, made, scratch, withValue, writeRun } from "../train/support.js";
import {
  curve,
  fakeRun,
  labelBoxes,
  outside,
  overlaps,
  parseXml,
  positions,
  texts,
} from "./support.js";

const folder = scratch();

/** Runs of the given names, the first one twice as long as the others. */
function runs(...names: string[]): string[] {
  const dir = folder();
  return names.map((name, i) =>
    fakeRun(made(join(dir, name)), {
      words: ["abcdefghijklmnopq"], // among which guessing is worse than their losses
      steps: i === 0 ? 6000 : 3000,
      metrics: curve(i === 0 ? 60 : 30),
    }),
  );
}

function edited(dir: string, path: string, value: unknown): void {
  const config = JSON.parse(readFileSync(join(dir, "config.json"), "utf8")) as object;
  writeRun(dir, { "config.json": JSON.stringify(withValue(config, path, value)) });
}

describe("a comparison", () => {
  it("has the losses of each run and the settings they do not share", () => {
    const dirs = runs("a", "b");
    const { level, runs: compared, settings, cautions } = readComparison(dirs);
    expect({ level, cautions }).toEqual({ level: "character", cautions: [] });
    expect(compared.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(compared.map(({ last }) => last?.devLoss)).toEqual([2.25, 2.25]);
    expect(compared.map(({ best }) => best?.step)).toEqual([6000, 3000]);
    expect(settings).toEqual([{ key: "--steps", values: [6000, 3000] }]);
  });

  it("names runs of the same name by their paths", () => {
    const dirs = [...runs("same"), ...runs("same"), ...runs("other")];
    expect(readComparison(dirs).runs.map(({ name }) => name)).toEqual([dirs[0], dirs[1], "other"]);
  });

  it.each([
    ["wordsSha256", "another", /different corpora/],
    ["data.splitSeed", 7, /different seeds/],
  ])("warns where %s is another", (key, value, caution) => {
    const dirs = runs("a", "b");
    edited(dirs[1], key, value);
    const comparison = readComparison(dirs);
    expect(comparison.cautions).toEqual([expect.stringMatching(caution)]);
    expect(comparisonPage(comparison)).toContain(comparison.cautions[0]);
  });

  it("says which run is no good", () => {
    const dirs = runs("a", "b");
    writeRun(dirs[1], {
      "metrics.jsonl": `${JSON.stringify({ step: 3000, trainLoss: 9, devLoss: 9 })}\n`,
    });
    const { cautions } = readComparison(dirs.slice(0, 2));
    expect(cautions.at(-1)).toMatch(/^b is no better than guessing \(log V\), \d\.\d{4}\.$/);
  });

  it("leaves the height to the best runs: one that is far worse is an arrow", () => {
    const dirs = runs("a", "b", "a-run-that-diverged");
    const losses = Array.from({ length: 30 }, (_, i) => ({ step: 100 * i, loss: 900, lr: 9 }));
    writeRun(dirs[2], {
      "metrics.jsonl": [...losses, { step: 3000, trainLoss: 900, devLoss: 1365.65 }]
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(""),
    });
    const comparison = readComparison(dirs);
    for (const narrow of [false, true]) {
      const svg = comparisonChart(comparison, { narrow });
      const ticks = texts(svg)
        .map(Number)
        .filter((tick) => tick > 0);
      expect(ticks).toContain(3);
      expect(Math.max(...ticks)).toBeLessThan(20);
      expect(texts(svg)).toContainEqual(expect.stringMatching(/verged ↑ 1370$/));
      expect(texts(svg)).toEqual(expect.arrayContaining(["a", "b"]));
      expect(outside(svg)).toEqual([]);
      const width = narrow ? 380 : 860;
      for (const { text, right } of labelBoxes(svg))
        expect({ text, in: right < width }).toEqual({ text, in: true });
      expect(overlaps(labelBoxes(svg))).toEqual([]);
    }
    const page = comparisonPage(comparison);
    expect(page.match(/<svg/g)).toHaveLength(2);
  });

  it("refuses one run, a run named twice, and what is no run", async () => {
    const [a, b] = runs("a", "b");
    const message = async (...dirs: string[]) =>
      (await errorOf(UsageError, () => readComparison(dirs))).message;
    expect(await message(a)).toBe("compare: expected two runs or more, got 1");
    expect(await message(a, b, `${a}/`)).toBe(`compare: expected different runs, got ${a}/ twice`);
    expect((await errorOf(CheckpointError, () => readComparison([a, folder()]))).message).toContain(
      "config.json",
    );
  });
});

describe("its picture", () => {
  it("is well-formed, names each run once, and keeps every mark inside", () => {
    const svg = comparisonChart(readComparison(runs("first", "second", "third", "<&>")));
    for (const name of ["first", "second", "third", "<&>"])
      expect(texts(svg).filter((text) => text === name)).toHaveLength(1);
    const box =
      parseXml(svg).documentElement?.getAttribute("viewBox")?.split(" ").map(Number) ?? [];
    for (const { x, y } of positions(svg)) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(box[2]);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(box[3]);
    }
  });

  it("sets names of equal losses apart", () => {
    const names = Array.from({ length: 12 }, (_, i) => `run-${i}`);
    const svg = comparisonChart(readComparison(runs(...names)));
    const places = [...parseXml(svg).getElementsByTagName("text")]
      .filter((element) => names.includes(element.textContent ?? ""))
      .map((element) => Number(/,([\d.]+)\)/.exec(element.getAttribute("transform") ?? "")?.[1]));
    expect(places).toHaveLength(12);
    const sorted = places.sort((a, b) => a - b);
    for (let i = 1; i < 12; i++) expect(sorted[i] - sorted[i - 1]).toBeGreaterThan(14);
  });

  it("shows what comes after the first fall", () => {
    const svg = comparisonChart(readComparison(runs("a", "b")));
    // The losses begin at 22 and end at 2.25: an axis to 22 would have 10 or 20 as ticks.
    const ticks = texts(svg)
      .filter((text) => /^\d+(\.\d+)?$/.test(text))
      .map(Number);
    const losses = ticks.filter((tick) => tick > 0 && tick < 100);
    expect(Math.max(...losses)).toBeLessThan(10);
    expect(Math.min(...losses)).toBeGreaterThan(1);
  });

  it("draws what was counted, not trained, as a level", () => {
    const [trained, counted] = runs("trained", "counted");
    writeRun(counted, {
      "metrics.jsonl": `${JSON.stringify({ step: 0, devLoss: 2.5, trainLoss: 2.4 })}\n`,
    });
    const svg = comparisonChart(readComparison([trained, counted]));
    expect(texts(svg)).toContain("counted");
    const lines = [...parseXml(svg).getElementsByTagName("line")];
    expect(lines.length).toBeGreaterThan(0);
  });

  it("can be drawn of runs that measured nothing", () => {
    const dir = folder();
    const dirs = ["a", "b"].map((name) => fakeRun(made(join(dir, name)), { metrics: [] }));
    expect(() => parseXml(comparisonChart(readComparison(dirs)))).not.toThrow();
    expect(comparisonPage(readComparison(dirs))).toContain("<td>-</td>");
  });
});

describe("its page", () => {
  it("escapes names and needs nothing but itself", () => {
    const page = comparisonPage(readComparison(runs("<b>bold", "x")));
    expect(page).not.toContain("<b>bold");
    expect(page).toContain("&lt;b&gt;bold");
    expect(page).not.toMatch(/(src|href)=/);
    expect(page.match(/class="key mm-run[01]"/g)).toHaveLength(4);
  });

  it("is written over an older one, and over nothing else", async () => {
    const comparison = readComparison(runs("a", "b"));
    const file = join(folder(), "page.html");
    writeComparison(file, comparison);
    writeComparison(file, comparison);
    expect(readFileSync(file, "utf8")).toBe(comparisonPage(comparison));
    writeFileSync(file, "a diary");
    const { message } = await errorOf(UsageError, () => writeComparison(file, comparison));
    expect(message).toContain("nothing is overwritten");
    expect(readFileSync(file, "utf8")).toBe("a diary");
  });
});

it("what differs from the defaults is said as it is typed", () => {
  const dir = fakeRun(made(join(folder(), "a")), { steps: 3000, lr: "0.1" });
  expect(differences(readConfig(dir))).toEqual({ embedding: 2, hidden: 4, steps: 3000, lr: "0.1" });
  expect(asTyped("blockSize", 4)).toBe("--block-size 4");
  expect(asTyped("direct", true)).toBe("--direct");
  expect(asTyped("data", "my words.txt")).toBe("--data 'my words.txt'");
  expect(asTyped("data", null)).toBe("words of a program");
});
