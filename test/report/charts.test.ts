/** loss.svg and embedding.svg as files: well-formed, labelled, inside their frame, free of NaN, the same twice. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { drawRun } from "../../lib/report/index.js";
import { scratch } from "../train/support.js";
import { curve, type FakeRun, fakeRun, outside, parseXml, positions, texts } from "./support.js";

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
    metrics: RATES.flatMap(({ step, rate }) => [0, 100].map((more) => ({ step: step + more, loss: 2, lr: rate }))),
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
        "log10 loss",
        "minibatch",
        "geometric mean of 7 minibatches",
        "train 2.1250",
        "dev 2.2500",
      ]),
    );
  });

  it("marks each change of the learning rate where it happens", () => {
    const steps = [0, 1000, 2000].map((step) => ({ step, loss: 2, lr: step < 1500 ? 0.1 : 0.01 }));
    const { loss } = draw({ lr: "0.1@0,0.01@1500,0.001@9999", metrics: [...steps, { step: 3000, devLoss: 2 }] });
    expect(texts(loss).filter((text) => text.startsWith("learning rate"))).toEqual(["learning rate 0.1", "learning rate 0.01"]);
    const dashed = [...parseXml(loss).getElementsByTagName("g")].find((g) => g.getAttribute("stroke-dasharray") === "5 4");
    const x = Number(dashed?.getElementsByTagName("line")[0].getAttribute("x1"));
    expect(x).toBeCloseTo(860 / 2, 0); // half of 3000 steps is half of a symmetric frame
  });

  it("draws the rates of a long schedule as a curve below", () => {
    expect(texts(draw(CASES["twelve learning rates"]).loss).filter((text) => text.startsWith("learning rate"))).toEqual([
      "learning rate",
    ]);
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
      [3, 2],
    ]) {
      const found = texts(draw({ words: ["<&>\"'", "é🦊"], embedding }).embedding);
      for (const character of characters)
        expect([character, found.filter((text) => text === character).length]).toEqual([character, panels]);
    }
  });

  it("shows characters that have no ink of their own", () => {
    const found = texts(draw({ words: ["a \t\u0001\u200b\u0301"] }).embedding);
    expect(found).toEqual(expect.arrayContaining(["␣", "␉", "␁", "200B", "◌\u0301"]));
  });

  it("thins the labels of a thousand characters, not the dots", () => {
    const svg = draw({ words: letters(1000), embedding: 2 }).embedding;
    expect(svg.match(/<circle/g)?.length).toBe(1001);
    const shown = texts(svg).filter((text) => text >= "\u4e00").length;
    expect(shown).toBeGreaterThan(50);
    expect(shown).toBeLessThan(700);
  });

  it("names the axes", () => {
    const found = texts(draw({ embedding: 4 }).embedding);
    expect(found).toEqual(expect.arrayContaining(["C[:, 0]", "C[:, 1]"]));
    expect(found.filter((text) => /^principal component [12] \(\d+ % of the variance\)$/.test(text))).toHaveLength(2);
  });
});
