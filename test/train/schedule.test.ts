/** Learning rates over time: `value@step,value@step`, and PyTorch's curves. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSchedule, rateAt, UsageError } from "../../lib/index.js";
import { spansTraining } from "../../lib/train/schedule.js";
import { load } from "../reference/records.js";
import { errorOf } from "./support.js";

/** Any valid schedule: rates above 0, steps that start at 0 and grow. */
const anySchedule = fc
  .tuple(
    fc.array(fc.double({ min: Number.MIN_VALUE, max: 1e3, noNaN: true }), {
      minLength: 1,
      maxLength: 6,
    }),
    fc.uniqueArray(fc.integer({ min: 1, max: 1e9 }), { minLength: 5, maxLength: 5 }),
  )
  .map(([rates, steps]) => {
    const sorted = [0, ...steps.sort((a, b) => a - b)];
    return rates.map((rate, i) => ({ rate, step: sorted[i] }));
  });

describe("a schedule", () => {
  it("is the lecture's by its own text", () => {
    expect(parseSchedule("0.1@0,0.01@100000")).toEqual([
      { rate: 0.1, step: 0 },
      { rate: 0.01, step: 100_000 },
    ]);
  });

  it.each([
    ["0.1", [{ rate: 0.1, step: 0 }]],
    [
      " 0.1 @ 0 , 0.01 @ 5 ",
      [
        { rate: 0.1, step: 0 },
        { rate: 0.01, step: 5 },
      ],
    ],
    [
      "1e-3@0,2e-4@1e3",
      [
        { rate: 0.001, step: 0 },
        { rate: 0.0002, step: 1000 },
      ],
    ],
  ])("may be written %j", (text, schedule) => {
    expect(parseSchedule(text)).toEqual(schedule);
  });

  it("survives writing and reading", () => {
    fc.assert(
      fc.property(anySchedule, (schedule) => {
        expect(parseSchedule(schedule.map((m) => `${m.rate}@${m.step}`).join(","))).toEqual(
          schedule,
        );
      }),
    );
  });

  it("holds each rate from its step on, that step included", () => {
    const schedule = parseSchedule("0.1@0,0.01@100000,0.001@150000");
    expect([0, 1, 99_999].map((step) => rateAt(schedule, step))).toEqual([0.1, 0.1, 0.1]);
    expect([100_000, 149_999].map((step) => rateAt(schedule, step))).toEqual([0.01, 0.01]);
    expect([150_000, 1e9].map((step) => rateAt(schedule, step))).toEqual([0.001, 0.001]);
  });

  it("gives every step the rate of the last milestone at or before it", () => {
    fc.assert(
      fc.property(anySchedule, fc.nat(1e9), (schedule, step) => {
        expect(rateAt(schedule, step)).toBe(schedule.filter((m) => m.step <= step).at(-1)?.rate);
      }),
    );
  });

  it.each([
    "",
    " ",
    ",",
    "0.1,",
    ",0.1",
    "@",
    "@0",
    "0.1@",
    "abc",
    "0.1@abc",
    "0.1@0@1",
    "0@0",
    "-0.1@0",
    "0.1@-1",
    "0.1@0.5",
    "Infinity@0",
    "NaN",
    "0.1@Infinity",
    "0.1;0.01@5",
    "0,1@0",
    "1e-400",
  ])("refuses %j and shows what it expected", async (text) => {
    const { message } = await errorOf(UsageError, () => parseSchedule(text));
    expect(message).toMatch(/^learning rate: expected .*0\.1@0,0\.01@100000, got "/);
  });

  it.each(["0.1@5", "0.1@0,0.01@0", "0.1@0,0.01@5,0.001@4", "0.1,0.01"])(
    "refuses %j: steps start at 0 and grow",
    async (text) => {
      const { message } = await errorOf(UsageError, () => parseSchedule(text));
      expect(message).toBe(
        "learning rate: expected steps that start at 0 and grow, such as 0.1@0,0.01@100000, " +
          `got "${text}"`,
      );
    },
  );
});

describe("a curve", () => {
  const { schedules } = load<{ schedules: { text: string; steps: number; rates: number[] }[] }>(
    "optim.json",
  );

  it.each(schedules)("$text is PyTorch's over $steps steps", ({ text, steps, rates }) => {
    const schedule = parseSchedule(text, steps);
    for (const [step, rate] of rates.entries())
      expect(Math.abs(rateAt(schedule, step) / rate - 1), `step ${step}`).toBeLessThan(1e-12);
    expect(schedule[0].rate).toBe(rateAt(schedule, 0));
  });

  it("has rates above 0 for every number of steps", () => {
    for (const text of ["step:0.1*0.5/3", "cosine:0.1->0.001", "onecycle:0.1", "onecycle:0.1/0"]) {
      for (let steps = 0; steps < 9; steps++) {
        const schedule = parseSchedule(text, steps);
        for (let step = 0; step < Math.max(1, steps); step++) {
          expect(rateAt(schedule, step), `${text}, step ${step} of ${steps}`).toBeGreaterThan(0);
          expect(rateAt(schedule, step)).toBeLessThanOrEqual(0.1);
        }
      }
    }
  });

  it("onecycle warms up over three tenths unless told", () => {
    const rates = (text: string) =>
      Array.from({ length: 20 }, (_, step) => rateAt(parseSchedule(text, 20), step));
    expect(rates(" onecycle: 0.1 ")).toEqual(rates("onecycle:0.1/0.3"));
    expect(rates("onecycle:0.1/0.5")).not.toEqual(rates("onecycle:0.1/0.3"));
  });

  it("that spans the training says so, and needs the number of steps", async () => {
    expect(["cosine:1->0", "onecycle:1", "step:1*0.5/10", "0.1"].map(spansTraining)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect((await errorOf(UsageError, () => parseSchedule("cosine:1->0"))).message).toBe(
      "learning rate: cosine needs the number of steps",
    );
    expect(rateAt(parseSchedule("step:1*0.5/10"), 25)).toBe(0.25);
  });

  it.each([
    ["cosine:0.1", "cosine:VALUE->VALUE"],
    ["cosine:0->0.1", "cosine:VALUE->VALUE"],
    ["cosine:0.1->-1", "cosine:VALUE->VALUE"],
    ["cosine:0.1->", "cosine:VALUE->VALUE"],
    ["step:0.1", "step:VALUE*FACTOR/STEPS"],
    ["step:0.1*0.5/0", "step:VALUE*FACTOR/STEPS"],
    ["step:0.1*0.5/1.5", "step:VALUE*FACTOR/STEPS"],
    ["step:0.1*x/5", "step:VALUE*FACTOR/STEPS"],
    ["onecycle:", "onecycle:VALUE/WARM-UP"],
    ["onecycle:0.1/1", "onecycle:VALUE/WARM-UP"],
    ["onecycle:0.1/ ", "onecycle:VALUE/WARM-UP"],
    [
      "linear:0.1",
      "VALUE@STEP,..., step:VALUE*FACTOR/STEPS, cosine:VALUE->VALUE, inverse:VALUE/R, " +
        "onecycle:VALUE/WARM-UP",
    ],
    [
      "toString:0.1",
      "VALUE@STEP,..., step:VALUE*FACTOR/STEPS, cosine:VALUE->VALUE, inverse:VALUE/R, " +
        "onecycle:VALUE/WARM-UP",
    ],
  ])("refuses %j: expected %s", async (text, expected) => {
    const { message } = await errorOf(UsageError, () => parseSchedule(text, 100));
    expect(message.startsWith(`learning rate: expected ${expected}`), message).toBe(true);
    expect(message.endsWith(`, got "${text}"`), message).toBe(true);
  });
});
