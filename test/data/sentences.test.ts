/** Sentences as examples. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { sentenceExamples } from "../../lib/data/examples/sentences.js";
import { Generator, minibatch } from "../../lib/index.js";

const END = 1;
const sentences = fc.array(
  fc.array(fc.integer({ min: 2, max: 9 }), { minLength: 1, maxLength: 5 }),
  { minLength: 2, maxLength: 12 },
);

it("each token is predicted from those before it in its sentence, and the end from the last", () => {
  fc.assert(
    fc.property(sentences, fc.integer({ min: 1, max: 4 }), fc.nat(), (list, blockSize, at) => {
      const rows = list.map((words) =>
        [...words, END].map((target, i) => {
          const seen = [...new Array<number>(blockSize).fill(END), ...words.slice(0, i)];
          return { seen: seen.slice(-blockSize), target };
        }),
      );
      const cut = 1 + (at % (list.length - 1));
      const tokens = Int32Array.from(list.flatMap((words) => [...words, END]));
      const place = list.slice(0, cut).flat().length + cut;
      const parts = [
        [0, place],
        [place, tokens.length],
      ] as const;
      const made = sentenceExamples(tokens, { end: END, blockSize, parts, source: "text" });
      for (const [i, part] of [rows.slice(0, cut).flat(), rows.slice(cut).flat()].entries()) {
        expect(made[i].count).toBe(part.length);
        expect(made[i].X.toArray()).toEqual(part.map(({ seen }) => seen));
        expect(made[i].Y.toArray()).toEqual(part.map(({ target }) => target));
        const { X, Y } = minibatch(made[i], 20, new Generator(at));
        const known = new Set(part.map(({ seen, target }) => `${seen} ${target}`));
        for (const [row, seen] of (X.toArray() as number[][]).entries())
          expect(known).toContain(`${seen} ${Y.select(0, row).item()}`);
      }
    }),
  );
});
