/**
 * loss.svg and embedding.svg as files: well-formed, labelled, inside their frame, free of NaN, the
 * same twice.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { drawEmbeddingChart, drawLossChart, drawRun } from "../../lib/report/index.js";
import { scratch } from "../train/support.js";
import {
  curve,
  type FakeRun,
  fakeRun,
  labelBoxes,
  outside,
  overlaps,
  parseXml,
  positions,
  texts,
} from "./support.js";

const folder = scratch();
const draw = (fake: FakeRun): { loss: string; embedding: string; page: string } => {
  const dir = fakeRun(folder(), fake);
  drawRun(dir);
  const read = (name: string) => readFileSync(join(dir, name), "utf8");
  return { loss: read("loss.svg"), embedding: read("embedding.svg"), page: read("report.html") };
};

/** Text of words whose characters are `count` letters from `from` on. */
const letters = (count: number, from = 0x4e00): string[] => [
  String.fromCodePoint(...Array.from({ length: count }, (_, i) => from + i)),
];

const RATES = Array.from({ length: 12 }, (_, i) => ({ step: i * 250, rate: (12 - i) / 100 }));
const CASES: Record<string, FakeRun> = {
  plain: { metrics: curve(30) },
  "no step": { steps: 0 },
  "no measurement": {},
  "one step": { steps: 1, metrics: [{ step: 0, loss: 3.3, lr: 0.1 }] },
  "one split": { metrics: [{ step: 3000, trainLoss: 2, devLoss: 2 }] },
  "dev losses on the way": { metrics: [...curve(30), { step: 1000, devLoss: 2.5 }] },
  "losses of 0 and of no number": {
    metrics: [
      { step: 0, loss: 0, lr: 0.1 },
      { step: 1, loss: null, lr: 0.1 },
      { step: 2, trainLoss: 0, devLoss: 0 },
    ],
  },
  "losses far apart": {
    metrics: [
      { step: 0, loss: 1e-6, lr: 0.1 },
      { step: 1, loss: 1e6, lr: 0.1 },
    ],
  },
  "twelve learning rates": {
    lr: RATES.map(({ step, rate }) => `${rate}@${step}`).join(","),
    metrics: RATES.flatMap(({ step, rate }) =>
      [0, 100].map((more) => ({ step: step + more, loss: 2, lr: rate })),
    ),
  },
  "one dimension": { embedding: 1, words: ["abcdefghij"] },
  "ten dimensions": { embedding: 10 },
  "characters of XML": { words: ["<&>\"'"], embedding: 3 },
  "characters without ink": { words: ["a\u0001\u200b\u0301 \tb\u{ffff}\u{e000}"] },
  "a hundred characters": { words: letters(100), embedding: 2 },
  "a thousand characters": { words: letters(1000), embedding: 5 },
  "a thousand characters on a line": { words: letters(1000), embedding: 1 },
};

describe.each(Object.entries(CASES))("%s", (_, fake) => {
  const { loss, embedding, page } = draw(fake);

  it.each([
    ["loss.svg", loss],
    ["embedding.svg", embedding],
  ])("%s is well-formed and inside its frame", (_name, svg) => {
    expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
    const root = parseXml(svg).documentElement;
    expect(root?.getAttribute("role")).toBe("img");
    expect(root?.getAttribute("aria-label")).not.toBe("");
    expect(root?.getElementsByTagName("title")[0].textContent).not.toBe("");
    expect(positions(svg).length).toBeGreaterThan(3);
    expect(outside(svg)).toEqual([]);
  });

  it("has a report without NaN", () => {
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("is drawn with the same bytes again", () => {
    expect(draw(fake).loss).toBe(loss);
    expect(draw(fake).embedding).toBe(embedding);
  });
});

describe("loss.svg", () => {
  it("says what its axes, curves and final losses are", () => {
    const found = texts(draw({ metrics: curve(90) }).loss);
    expect(found).toEqual(
      expect.arrayContaining([
        "Loss over 3,000 steps",
        "training step",
        "loss (nats per character)",
        "a dot: one minibatch of 32 examples",
        "mean of 7 dots",
        "whole train split",
        "whole dev split",
        "guessing: all 5 equally likely",
        "train 2.1250",
        "dev 2.2500",
        "guessing 1.6094",
      ]),
    );
    expect(found.filter((text) => text.includes("loss ("))).toHaveLength(1);
  });

  it("draws and names the loss of bigrams where it was measured", () => {
    const measured = {
      step: 9000,
      trainLoss: 2.125,
      devLoss: 2.25,
      bigramTrainLoss: 2.4,
      bigramDevLoss: 2.5,
    };
    const found = texts(draw({ metrics: [...curve(90).slice(0, -1), measured] }).loss);
    expect(found).toEqual(expect.arrayContaining(["bigrams counted, dev split", "bigrams 2.5000"]));
  });

  it("says how high a start was that is cut off", () => {
    const metrics = [...curve(90).map((line, i) => (i === 0 ? { ...line, loss: 80 } : line))];
    expect(texts(draw({ metrics }).loss)).toContain("↑ 80.0 at step 0");
    expect(
      texts(
        draw({
          metrics: [
            { step: 0, loss: 3.3, lr: 0.1 },
            { step: 2999, loss: 2, lr: 0.1 },
          ],
        }).loss,
      ).join(),
    ).not.toContain("↑");
  });

  it("says its values where the mouse is", () => {
    const titles = [
      ...parseXml(draw({ metrics: curve(90) }).loss).getElementsByTagName("title"),
    ].map((title) => title.textContent ?? "");
    const around = Array.from({ length: 7 }, (_, i) => Math.log(2 + 20 / (i + 1)));
    const mean = Math.exp(around.reduce((a, b) => a + b) / 7).toFixed(4);
    expect(titles).toContain(`step 300\nminibatch 7.0000\nmean around ${mean}\nlearning rate 0.1`);
    expect(titles.at(-1)).toMatch(/dev 2\.2500\ntrain 2\.1250/);
    expect(titles.length).toBeLessThan(120);
  });

  it.each([true, false])("keeps its labels apart and inside, narrow: %s", (narrow) => {
    const splits = [{ step: 3000, trainLoss: 2.472, devLoss: 2.4716, bigramDevLoss: 2.4716 }];
    const minibatches = Array.from({ length: 30 }, (_, i) => ({
      step: 100 * i,
      loss: 2.4 + 20 / (i + 1) ** 3,
    }));
    const svg = drawLossChart({ minibatches, splits, vocabularySize: 27 }, { narrow });
    const labels = labelBoxes(svg).filter(({ text }) =>
      /^(dev|train|bigrams|guessing) \d/.test(text),
    );
    expect(labels).toHaveLength(4);
    expect(overlaps(labels)).toEqual([]);
    expect(outside(svg)).toEqual([]);
    const width = narrow ? 380 : 860;
    for (const { right } of labels) expect(right).toBeLessThan(width);
  });

  it("keeps labels at the lowest losses off the number of the last step", () => {
    const splits = [{ step: 3000, trainLoss: 2, devLoss: 2, bigramDevLoss: 2 }];
    const minibatches = [0, 1500, 2999].map((step) => ({ step, loss: 2.1 }));
    const svg = drawLossChart({ minibatches, splits });
    const labels = labelBoxes(svg).filter(({ text }) =>
      /^(dev|train|bigrams) 2|^3,000$/.test(text),
    );
    expect(labels).toHaveLength(4);
    expect(overlaps(labels)).toEqual([]);
  });

  it("marks each change of the learning rate where it happens", () => {
    const steps = [0, 1000, 2000].map((step) => ({ step, loss: 2, lr: step < 1500 ? 0.1 : 0.01 }));
    const { loss } = draw({
      lr: "0.1@0,0.01@1500,0.001@9999",
      metrics: [...steps, { step: 3000, devLoss: 2 }],
    });
    expect(texts(loss).filter((text) => text.startsWith("learning rate"))).toEqual([
      "learning rate 0.1",
      "learning rate 0.01",
    ]);
    const dashed = [...parseXml(loss).getElementsByTagName("g")].find(
      (g) => g.getAttribute("stroke-dasharray") === "5 4",
    );
    const x = Number(dashed?.getElementsByTagName("line")[0].getAttribute("x1"));
    expect(x).toBeCloseTo((72 + 860 - 140) / 2, 0); // half of 3000 steps, between the margins
  });

  it("draws the rates of a long schedule as a curve below", () => {
    expect(
      texts(draw(CASES["twelve learning rates"]).loss).filter((text) =>
        text.startsWith("learning rate"),
      ),
    ).toEqual(["learning rate"]);
  });

  it("stays small when every one of 100,000 steps was logged", () => {
    const { loss } = draw({ steps: 100_000, metrics: curve(100_000, 1) });
    expect(loss.length).toBeLessThan(150_000);
  });
});

describe("embedding.svg", () => {
  it("has every character once per panel, those of XML escaped", () => {
    const characters = [".", "<", ">", "&", "'", '"', "é", "🦊"];
    for (const [embedding, panels] of [
      [1, 1],
      [2, 1],
      [3, 1],
    ]) {
      const found = texts(draw({ words: ["<&>\"'", "é🦊"], embedding }).embedding);
      for (const character of characters)
        expect([character, found.filter((text) => text === character).length]).toEqual([
          character,
          panels,
        ]);
    }
  });

  it("shows characters that have no ink of their own", () => {
    const found = texts(draw({ words: ["a \t\u0001\u200b\u0301"] }).embedding);
    expect(found).toEqual(expect.arrayContaining(["␣", "␉", "␁", "200B", "◌\u0301"]));
  });

  it("has a label or a dot for each of a thousand characters", () => {
    const svg = draw({ words: letters(1000), embedding: 2 }).embedding;
    const shown = texts(svg).filter((text) => text >= "\u4e00" || text.includes("“.”")).length;
    expect(shown).toBeGreaterThan(50);
    expect(shown + (svg.match(/<circle/g)?.length ?? 0)).toBe(1001);
  });

  it.each([
    ["27 letters", [...letters(26, 97)], 10],
    ["a thousand characters", letters(1000), 5],
    ["a thousand characters on a plane", letters(1000), 2],
    ["a hundred on a line", letters(100), 1],
  ] as const)("has no label over another: %s", (_, words, embedding) => {
    const svg = draw({ words: [...words], embedding }).embedding;
    const labels = labelBoxes(svg).filter(({ text }) => /^[a-z\u4e00-\uffff]$/.test(text));
    expect(labels.length).toBeGreaterThan(20);
    expect(overlaps(labels)).toEqual([]);
  });

  it("of words has no label over another, and keeps one far away at the edge of its frame", () => {
    const words = Array.from(
      { length: 300 },
      (_, i) => `${"extraordinary".slice(0, 2 + (i % 11))}${i}`,
    );
    const table = words.map((_, i) =>
      i === 0 ? [500, 3, 1] : [Math.sin(i * 7), Math.cos(i * 11), Math.sin(i * 13)],
    );
    const svg = drawEmbeddingChart(table, words, { level: "word" });
    const labels = labelBoxes(svg).filter(({ text }) => /^ex/.test(text));
    expect(labels.length).toBeGreaterThan(30);
    expect(overlaps(labels)).toEqual([]);
    expect(outside(svg)).toEqual([]);
    expect(labels.some(({ text }) => /^ex0 [→←]$/.test(text))).toBe(true);
  });

  it("names the axes, and the nearest characters where the mouse is", () => {
    const { embedding } = draw({ embedding: 4 });
    const found = texts(embedding);
    expect(found.filter((text) => /^C\[/.test(text))).toEqual([]);
    expect(
      found.filter((text) => /^principal component [12] \(\d+ % of the variance\)$/.test(text)),
    ).toHaveLength(2);
    expect(texts(draw({ embedding: 2 }).embedding)).toEqual(
      expect.arrayContaining(["C[:, 0]", "C[:, 1]"]),
    );
    const titles = [...parseXml(embedding).getElementsByTagName("title")].map(
      (title) => title.textContent ?? "",
    );
    expect(
      titles.filter((title) => /^.\nnearest in 4 dimensions: (. ){3}.$/.test(title)),
    ).toHaveLength(5);
  });
});
