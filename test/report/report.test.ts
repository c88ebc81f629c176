/** report.html, and what drawRun does to a folder. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { splitWords } from "../../lib/data/index.js";
import { CheckpointError } from "../../lib/errors.js";
import { drawRun } from "../../lib/report/index.js";
import { WORDS, errorOf, scratch, withValue, writeRun } from "../train/support.js";
import { curve, type FakeRun, fakeRun, texts } from "./support.js";

const folder = scratch();
const page = (fake: FakeRun, words?: readonly string[]): string => {
  const dir = fakeRun(folder(), fake);
  drawRun(dir, { words });
  return readFileSync(join(dir, "report.html"), "utf8");
};
const text = (html: string): string =>
  html.replace(/<(svg|style|script)[\s\S]*?<\/\1>|<[^>]+>/g, " ").replace(/\s+/g, " ");

describe("report.html", () => {
  it("needs nothing but itself", () => {
    const html = page({ metrics: curve(20), samples: ["anna"] });
    expect(html).not.toMatch(/https?:|\bsrc=|<link|<script[^>]|@import|url\(/);
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toContain("prefers-color-scheme:dark");
  });

  it("has titles, headings, table headers and described charts", () => {
    const html = page({ metrics: curve(20), samples: ["anna"] });
    expect(html.match(/<h1>/g)).toHaveLength(1);
    // Each for a desk and for a phone.
    expect(html.match(/<svg[^>]* role="img" aria-label="[^"]+"/g)).toHaveLength(4);
    for (const [, id] of html.matchAll(/aria-labelledby="([^"]+)"/g))
      expect(html).toContain(`<h2 id="${id}">`);
    expect(html.match(/<th scope="col">/g)?.length).toBeGreaterThan(4);
    expect(html.match(/<th(?!ead| scope)/g)).toBeNull();
  });

  it("shows losses beside the lecture's, parameters and configuration", () => {
    const shown = text(page({ metrics: curve(20) }));
    expect(shown).toContain("this run 2.1250 2.2500 after 2,000 steps");
    expect(shown).toMatch(/the lecture - 2\.17/);
    expect(shown).toContain("parameters 63"); // C 5 x 2, W1 6 x 4, b1 4, W2 4 x 5, b2 5
    expect(shown).toContain("hidden 4 units of the tanh layer");
    expect(shown).toContain("guessing 1.6094 1.6094 all 5 characters equally likely");
    expect(shown).not.toMatch(/bigrams \d|Machine/);
  });

  it("shows the best model, the bigram and the machine where the run recorded them", () => {
    const shown = text(
      page({
        metrics: [
          { step: 1000, devLoss: 2.1 },
          { step: 3000, trainLoss: 2, devLoss: 2.2, bigramTrainLoss: 2.451, bigramDevLoss: 2.462 },
          {
            seconds: 1.5,
            stepsPerSecond: 12345.6,
            backend: "native",
            isa: "avx2",
            threads: 2,
            cpu: "A <CPU>",
            node: "v20.19.0",
          },
        ],
      }),
    );
    expect(shown).toContain("its best model - 2.1000 after 1,000 steps");
    expect(shown).toContain("bigrams 2.4510 2.4620");
    for (const fact of [
      "1.50 s",
      "12,346 steps/s",
      "native, avx2",
      "threads 2",
      "A &lt;CPU&gt;",
      "v20.19.0",
    ])
      expect(shown).toContain(fact);
  });

  it("marks samples as in train, in dev or new, and does not look at the test words", () => {
    const { train, dev, test } = splitWords(WORDS, 42);
    const html = page({ words: WORDS, samples: [train[0], dev[0], test[0], "zz"] }, WORDS);
    const marks = [...html.matchAll(/<li class="(\w+)"><bdi>([^<]*)<\/bdi>/g)].map(
      ([, mark, word]) => [word, mark],
    );
    expect(marks).toEqual([
      [train[0], "train"],
      [dev[0], "dev"],
      [test[0], "new"],
      ["zz", "new"],
    ]);
    expect(text(html)).toContain("2 of 4 are in neither the train nor the dev words.");
    expect(page({ words: WORDS, samples: ["zz"] })).toContain("<li><bdi>zz</bdi></li>");
  });

  it("marks samples that were cut, and says how many", () => {
    const fake = { words: WORDS, samples: ["zz\tcut", "yy"] };
    expect(page(fake)).toContain("<li><bdi>zz…</bdi></li>");
    const html = page(fake, WORDS);
    expect(html).toContain('<li class="new"><bdi>zz…</bdi>');
    expect(html).toContain('<li class="new"><bdi>yy</bdi>');
    expect(text(html)).toContain("1 of 2 was cut at the maximum length (…).");
    expect(text(page({ samples: ["zz"] }))).not.toContain("cut at");
  });

  it("says that a result is no good, and what to try", () => {
    const end = { step: 3000, trainLoss: 1.5, bigramTrainLoss: 1.3, bigramDevLoss: 1.4 };
    const shown = (metric: object) => text(page({ metrics: [{ ...end, ...metric }] }));
    expect(shown({ devLoss: 1.5 })).toContain(
      "The dev loss is no better than bigrams, 1.4000. Try more steps",
    );
    expect(shown({ devLoss: 1.7 })).toContain("no better than guessing (log V), 1.6094.");
    expect(shown({ devLoss: 1.3 })).not.toContain("no better than");
    // One on the way says nothing about the end.
    expect(shown({ devLoss: 1.7, trainLoss: undefined })).not.toContain("no better than");
  });

  it("escapes odd characters", () => {
    const html = page({ words: ["<b>&\"'", "🦊"], samples: ["<b>&amp;", "🦊\"'", "a\u0001b"] });
    expect(html).toContain("<bdi>&lt;b&gt;&amp;amp;</bdi>");
    expect(html).toContain("<bdi>🦊&quot;&#39;</bdi>");
    expect(html).toContain("<bdi>a\\u0001b</bdi>");
    expect(html).not.toContain("<b>");
  });

  it.each(["character", "word"] as const)(
    "hides nothing that a %s, a name or a value holds",
    (level) => {
      const evil = "a\u202eb\u2066c\u200fd\u061c\u2028\u2029\u0085\u001b]52;c;ZQ==\u0007";
      const dir = join(folder(), `run${evil}`);
      mkdirSync(dir);
      fakeRun(dir, { words: [evil], samples: [evil], metrics: curve(3) });
      const config = JSON.parse(readFileSync(join(dir, "config.json"), "utf8")) as object;
      const look = { date: evil, loss: 2, steps: 1, model: "last", mixedWith: evil };
      const trials = [
        { rate: 0.1, loss: 5, smoothed: 5 },
        { rate: 0.2, loss: 4, smoothed: 4 },
      ];
      writeRun(dir, {
        "config.json": JSON.stringify(
          withValue(withValue(config, "data.name", evil), "data.level", level),
        ),
        "test-looks.json": JSON.stringify([look]),
        "find-lr.json": JSON.stringify({ suggested: 0.1, reason: evil, trials }),
        ...(level === "word" && {
          "vocabulary.json": JSON.stringify({
            words: Array.from(new Set(evil), (c) => `${evil}${c}`),
          }),
        }),
      });
      const files = drawRun(dir, { words: [evil, ...WORDS] });
      expect(files).toHaveLength(4);
      for (const file of files) {
        const shown = readFileSync(file, "utf8").replaceAll("\n", "");
        expect(shown).not.toMatch(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
      }
      expect(readFileSync(files[3], "utf8")).toContain("mixed with <bdi>a\\u202eb\\u2066c");
      expect(readFileSync(join(dir, "samples.txt"), "utf8")).toBe(`${evil}\n`);
    },
  );

  it(
    "begins with the command that repeats the run and what differs from the defaults; the rest " +
      "is folded",
    () => {
      const html = page({ metrics: curve(20) });
      const [own, folded] = html.slice(html.indexOf("Repeat this run")).split("<details>");
      expect(own).toContain(
        "<code>npx mm-train --embedding 2 --hidden 4 --lr 0.1 --steps 3000</code>",
      );
      for (const name of ["embedding", "hidden", "steps", "lr"]) {
        expect(own).toContain(`<th scope="row">${name}</th>`);
        expect(folded).not.toContain(`<th scope="row">${name}</th>`);
      }
      expect(folded).toContain('<th scope="row">batchSize</th>');
      for (const name of ["column", "devData"])
        expect(folded).toContain(`<th scope="row">${name}</th><td><code>none</code>`);
    },
  );

  it("says when the run was made", () => {
    const date = "2026-01-31T12:34:56.789Z";
    expect(text(page({ metrics: [...curve(20), { seconds: 1, date }] }))).toContain(
      "2026-01-31 12:34 UTC",
    );
    expect(text(page({ metrics: curve(20) }))).toContain(new Date().toISOString().slice(0, 10));
  });

  it("explains its terms, those of networks only to networks", () => {
    const shown = text(page({ metrics: curve(20) }));
    for (const term of ["guessing the loss of", "bigrams the loss of", "embedding the numbers"])
      expect(shown).toContain(term);
    expect(shown).not.toContain("perplexity");
  });

  it("says that an interrupted run measured no split", () => {
    expect(text(page({ metrics: [{ step: 0, loss: 3, lr: 0.1 }] }))).toContain(
      "No split was measured",
    );
  });
});

describe("drawRun", () => {
  it("writes the files it returns, whole, and the same bytes again", () => {
    const dir = fakeRun(folder(), { metrics: curve(20), samples: ["anna"] });
    const before = readdirSync(dir);
    const files = drawRun(dir);
    expect(files).toEqual(
      ["loss.svg", "embedding.svg", "report.html"].map((name) => join(dir, name)),
    );
    expect(readdirSync(dir).sort()).toEqual(
      [...before, "embedding.svg", "loss.svg", "report.html"].sort(),
    );
    const bytes = files.map((file) => readFileSync(file, "utf8"));
    expect(drawRun(dir).map((file) => readFileSync(file, "utf8"))).toEqual(bytes);
  });

  it("draws the learning-rate finder where its result lies", () => {
    const dir = fakeRun(folder());
    const trials = Array.from({ length: 50 }, (_, i) => ({
      rate: 10 ** (i / 25 - 3),
      loss: 5 + i / 50,
      smoothed: 5,
    }));
    writeRun(dir, {
      "find-lr.json": JSON.stringify({ suggested: 0.02, reason: "lowest <here>", trials }),
    });
    expect(drawRun(dir)).toContain(join(dir, "find-lr.svg"));
    const found = texts(readFileSync(join(dir, "find-lr.svg"), "utf8"));
    expect(found).toEqual(
      expect.arrayContaining([
        "Learning rate: 0.02 suggested",
        "0.001",
        "0.002",
        "0.005",
        "0.01",
        "0.05",
      ]),
    );
  });

  it.each(["metrics.jsonl", "find-lr.json"])(
    "names a damaged %s and writes nothing",
    async (name) => {
      const dir = fakeRun(folder());
      for (const damage of ["{", "[1]\n", "7\n"]) {
        writeRun(dir, { [name]: damage });
        const error = await errorOf(CheckpointError, () => drawRun(dir));
        expect(error.file).toBe(join(dir, name));
      }
      expect(existsSync(join(dir, "loss.svg"))).toBe(false);
    },
  );

  it("names a folder that is no run", async () => {
    expect((await errorOf(CheckpointError, () => drawRun(folder()))).message).toContain(
      "config.json: cannot be read",
    );
  });
});
