/** Learning rates over time: `value@step,value@step`. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatSchedule, parseSchedule, rateAt, UsageError } from "../../lib/index.js";
import { errorOf } from "./support.js";

/** Any valid schedule: rates above 0, steps that start at 0 and grow. */
const anySchedule = fc
  .tuple(
    fc.array(fc.double({ min: Number.MIN_VALUE, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 6 }),
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
        expect(parseSchedule(formatSchedule(schedule))).toEqual(schedule);
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
      expect(message).toBe(`learning rate: expected steps that start at 0 and grow, such as 0.1@0,0.01@100000, got "${text}"`);
    },
  );
});
