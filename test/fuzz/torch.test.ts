/**
 * 2,000 random cases against the answers that PyTorch 2.13 gave, on both backends; 20,000 others
 * with PyTorch at hand: `npm run verify:torch`.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { backend, setBackend } from "../../lib/index.js";
import type { Answer, Case } from "./torch/case.js";
import { RECORDED, Tally } from "./torch/tally.js";

const lines = gunzipSync(readFileSync(RECORDED)).toString().trim().split("\n");
const recorded = Array.from({ length: lines.length / 2 }, (_, i) => ({
  asked: JSON.parse(lines[2 * i]) as Case,
  answer: JSON.parse(lines[2 * i + 1]) as Answer,
}));

const chosen = backend();
afterAll(() => {
  setBackend(chosen);
});

describe.each(
  chosen === "native" ? (["native", "wasm", "reference"] as const) : (["reference"] as const),
)("2,000 cases recorded with PyTorch, %s backend", (name) => {
  it("differ as known and in nothing else; every known difference is there", () => {
    setBackend(name);
    const tally = new Tally();
    for (const { asked, answer } of recorded) tally.add(asked, answer);
    expect(tally.unexplained).toEqual([]);
    expect([...tally.known].filter(([, n]) => n === 0)).toEqual([]);
    expect(tally.cases).toBe(2000);
    expect(tally.operations.size).toBe(87);
  });
});

describe("the comparison", () => {
  /** How many cases show it when every answer is changed a little. */
  const seen = (change: (answer: Answer) => Answer | undefined): number => {
    const tally = new Tally();
    for (const { asked, answer } of recorded) {
      const other = change(structuredClone(answer));
      if (other !== undefined) tally.add(asked, other);
    }
    return (tally.cases - tally.same) / tally.cases;
  };

  it("sees another shape, dtype, number, gradient and a missing refusal", () => {
    setBackend(chosen);
    expect(seen((a) => changedStep(a, (s) => void s.shape.push(1)))).toBeGreaterThan(0.8);
    expect(seen((a) => changedStep(a, (s) => (s.dtype = "float64")))).toBeGreaterThan(0.8);
    expect(seen((a) => changedStep(a, (s) => (s.numbers = moved(s.numbers))))).toBeGreaterThan(0.8);
    expect(
      seen((a) => {
        const g = Array.isArray(a.gradients) ? a.gradients.find((x) => x?.numbers) : undefined;
        if (!g) return undefined;
        g.numbers = moved(g.numbers);
        return a;
      }),
    ).toBeGreaterThan(0.8);
    expect(seen((a) => ("error" in a.steps[a.steps.length - 1] ? refusedNot(a) : undefined))).toBe(
      1,
    );
  });
});

type Result = Extract<Answer["steps"][number], { shape: number[] }>;

/** With the first step that has numbers changed. */
function changedStep(a: Answer, change: (step: Result) => unknown): Answer | undefined {
  const step = a.steps.find((s): s is Result => "numbers" in s && s.numbers !== "");
  if (step === undefined) return undefined;
  change(step);
  return a;
}

/** The first number with another exponent, or a whole number far away. */
function moved(numbers: string): string {
  const bytes = Buffer.from(numbers, "base64");
  bytes[3] ^= 0x10;
  return bytes.toString("base64");
}

function refusedNot(a: Answer): Answer {
  a.steps[a.steps.length - 1] = { dtype: "float32", shape: [99], numbers: "", bounds: null };
  return a;
}
