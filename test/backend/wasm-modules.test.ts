/** The WebAssembly modules: made of these sources, and the one is chosen that the host can use. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { fma32 } from "../../lib/backend/reference/math/fma.js";
import { Instance } from "../../lib/backend/wasm/instance.js";
import { chooseModule } from "../../lib/backend/wasm/modules.js";
import { hazards } from "./fma-hazards.js";

const { HASH, sourceHash } = createRequire(import.meta.url)("../../scripts/wasm.cjs") as {
  HASH: string;
  sourceHash(): string;
};

it("are compiled from these sources (npm run verify:wasm -- --write makes them anew)", () => {
  expect(readFileSync(HASH, "utf8").trim()).toBe(sourceHash());
});

describe.each(["wasm-relaxed", "wasm-exact"] as const)("%s", (isa) => {
  process.env.MM_ISA = isa;
  const chosen = chooseModule();
  delete process.env.MM_ISA;
  const instance = new Instance(chosen.module);

  it("is what it says", () => {
    expect(chosen.isa).toBe(isa);
    expect(instance.text(instance.exports.isa())).toBe(isa);
  });

  it.each(Object.keys(hazards))("rounds once where rounding twice may show: %s", (kind) => {
    const n = 1 << 16;
    const x = hazards[kind](n);
    const places = x.map((numbers) => instance.put(new Int32Array(numbers.buffer)));
    const out = instance.take(n);
    const [a, b, c] = places.map(({ at }) => 4 * at);
    instance.exports.fmaLanes(n, a, b, c, 4 * out.at);
    const got = new Float32Array(instance.exports.memory.buffer, 4 * out.at, n);
    const wrong: number[][] = [];
    let twice = 0;
    for (let i = 0; i < n; i++) {
      const [p, q, r] = [x[0][i], x[1][i], x[2][i]];
      const want = fma32(p, q, r);
      if (!Object.is(got[i], want)) wrong.push([p, q, r, got[i], want]);
      if (!Object.is(Math.fround(p * q + r), want)) twice++;
    }
    for (const place of [...places, out]) instance.give(place);
    expect(wrong.slice(0, 3)).toEqual([]);
    // The kinds that are built to catch it do.
    if (kind.startsWith("a tie")) expect(twice).toBeGreaterThan(n / 8);
  });
});

it("says what it takes where MM_ISA names none of them", () => {
  process.env.MM_ISA = "avx2";
  try {
    expect(() => chooseModule()).toThrow(/MM_ISA=avx2: expected "wasm-relaxed" or "wasm-exact"/);
  } finally {
    delete process.env.MM_ISA;
  }
});
