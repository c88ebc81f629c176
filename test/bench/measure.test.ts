/**
 * The arithmetic of the benchmark: rounds, rates, counted costs, and the plain products that it
 * compares with.
 */
import { expect, it } from "vitest";
import { fmaPeak } from "../../lib/backend/index.js";
import type { Command } from "../../lib/backend/plan.js";
import { cost, workingSet } from "../../lib/bench/machine/cost.js";
import { measure, peakRate, rate, repeat, spread } from "../../lib/bench/measure.js";
import { commandsWork, LECTURE, NetworkStep, WORDS } from "../../lib/bench/network.js";
import { naive, tiled } from "../../lib/bench/plain.js";
import { cellText, digits } from "../../lib/bench/table.js";
import { Generator, matmul, randn } from "../../lib/index.js";

it("takes the median and the ends of the rounds", () => {
  expect(spread([5, 1, 9, 2, 3])).toEqual({ median: 3, low: 1, high: 9, rounds: 5 });
  expect(rate(spread([2, 4, 8]), 16)).toEqual({ median: 4, low: 2, high: 8, rounds: 3 });
});

it("lets the candidates take turns and divides by how often the work was done", () => {
  const done: string[] = [];
  const wait = (ms: number) => () => {
    const until = performance.now() + ms;
    while (performance.now() < until);
  };
  const note = (name: string, ms: number) =>
    repeat(() => {
      if (done.at(-1) !== name) done.push(name);
      wait(ms)();
    });
  const { a, b } = measure({ a: note("a", 1), b: note("b", 4) }, { rounds: 3, seconds: 0.008 });
  expect(done).toEqual(["a", "b", "a", "b", "a", "b", "a", "b"]); // warm-up, then three rounds
  expect(a.low).toBeGreaterThanOrEqual(0.001);
  expect(b.low).toBeGreaterThanOrEqual(0.004);
  expect([a.rounds, b.rounds]).toEqual([3, 3]);
});

it("counts the peak as the kernels count it", () => {
  const peak = peakRate({ median: 1e-3, low: 1e-3, high: 1e-3, rounds: 1 });
  if (fmaPeak(1) === 0) expect(peak).toBeUndefined();
  else expect(peak?.median).toBeCloseTo((fmaPeak(1) * 10_000) / 1e6, 6);
});

it("compares with products that are right", () => {
  const n = 20;
  const generator = new Generator(3);
  const [a, b] = [randn([n, n], { generator }), randn([n, n], { generator })];
  const want = [...matmul(a, b).toTypedArray()];
  for (const product of [naive, tiled]) {
    const got = new Float32Array(n * n);
    product(n, a.toTypedArray() as Float32Array, b.toTypedArray() as Float32Array, got);
    got.forEach((x, i) => expect(x).toBeCloseTo(want[i], 4)); // sums of 20 standard normal products
  }
});

it("counts a step of the lecture: products, and every number that a kernel call moves", () => {
  const B = 32;
  const commands = new NetworkStep(LECTURE, B).commands();
  const products = commands.filter(({ kernel }) => kernel === "gemm");
  expect(products.reduce((n, c) => n + cost(c).flops, 0)).toBe(3 * 2 * B * 200 * 27);
  expect(cost(products[0])).toEqual({
    shape: "32x27x200",
    flops: 2 * B * 27 * 200,
    bytes: 4 * (B * 200 + 200 * 27 + B * 27 + 27),
  });
  // At most 27 characters stand behind each position of the 32 examples.
  const first = commands.filter(({ kernel }) => kernel.startsWith("embeddingLinear"));
  expect(first.map((c) => cost(c).flops)).toEqual([2 * 27 * 30 * 200, 4 * 27 * 30 * 200]);
  const updates = commands.filter(({ kernel }) => kernel === "sgd");
  // A parameter is read and written, its gradient read; and each of the five reads the rate.
  expect(updates.reduce((n, c) => n + cost(c).bytes, 0)).toBe(12 * 11_897 + 4 * 5);
  // Parameters and gradients, the hidden layer and its gradient; not the 1.6 MB of examples, of
  // which a step gathers 32.
  expect(workingSet(commands)).toBeGreaterThan(4 * (2 * 11_897 + 2 * B * 200));
  expect(workingSet(commands)).toBeLessThan(4 * 50_000);
});

it(
  "counts the loss over a large vocabulary: forward one product, backward two and the logits " +
    "that were not kept",
  () => {
    const [rows, inner, cols] = [256, 100, 16_383];
    const commands = new NetworkStep(WORDS, rows).commands();
    const flops = (kernel: string) =>
      cost(commands.find((c) => c.kernel === kernel) as Command).flops / (2 * rows * inner * cols);
    expect([flops("linearCrossEntropy"), flops("linearCrossEntropyBackward")]).toEqual([
      1,
      2 + (rows - inner) / rows,
    ]);
  },
);

it("runs kernel calls as often as asked, without the rest of the step", () => {
  const commands = new NetworkStep(LECTURE, 4).commands();
  expect(() => commandsWork(commands)(3)).not.toThrow();
});

it("writes three digits that mean something", () => {
  expect([0.01234, 1.2345, 12.345, 123.45, 12_345].map(digits)).toEqual([
    "0.012",
    "1.23",
    "12.3",
    "123",
    "12,345",
  ]);
  expect(cellText({ median: 2, low: 1, high: 3, rounds: 7 }, "ms")).toBe("2.00 (1.00..3.00)");
  expect([cellText(null, "ms"), cellText(80, "%"), cellText(7.1, "x"), cellText(4096, "")]).toEqual(
    ["-", "80.0 %", "7.10x", "4096"],
  );
});
