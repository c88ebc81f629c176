/** The conformance of the first layer over tokens, for conformance.test.ts. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Kernels } from "../../lib/backend/kernel-table.js";
import { ACTIVATION } from "../../lib/backend/kernels.js";
import {
  blank,
  expectSameBits,
  expectSameWords,
  floats,
  integers,
  type Kind,
  KINDS,
  memory,
} from "./support.js";

interface Sizes {
  readonly n: number;
  readonly positions: number;
  readonly rows: number;
  readonly width: number;
  readonly cols: number;
}

function layer(
  { n, positions, rows, width, cols }: Sizes,
  seed: number,
  kind: Kind,
  shift: number,
) {
  return {
    n,
    positions,
    rows,
    width,
    cols,
    table: memory(floats(rows * width, seed, kind), shift),
    index: memory(integers(n * positions, seed + 1, 0, rows), 3),
    weight: memory(floats(positions * width * cols, seed + 2, kind), shift >> 1),
  };
}

export function embeddingLinearConforms(sets: readonly [Kernels, Kernels]): void {
  const size = fc.constantFrom(0, 1, 2, 7, 15, 16, 17, 33, 48, 49);
  const cases = fc.record({
    n: size,
    positions: fc.integer({ min: 1, max: 5 }),
    rows: fc.constantFrom(1, 2, 27, 64, 65, 130),
    width: fc.constantFrom(0, 1, 2, 10, 16, 19),
    cols: size,
    seed: fc.integer(),
    kind: fc.constantFrom(...KINDS),
    shift: fc.integer({ min: 0, max: 17 }),
    activation: fc.constantFrom(...ACTIVATION),
    bad: fc.option(fc.tuple(fc.nat(200), fc.constantFrom(-1, 130, 2 ** 31 - 1, -(2 ** 31))), {
      nil: undefined,
      freq: 5,
    }),
  });

  it("fold the first layer over tokens, and its gradients, to the same bits; a token out of range writes nothing", () => {
    fc.assert(
      fc.property(cases, ({ seed, kind, shift, activation, bad, ...sizes }) => {
        const { n, positions, rows, width, cols } = sizes;
        const args = layer(sizes, seed, kind, shift);
        const isBad = bad !== undefined && bad[0] < n * positions;
        if (isBad) args.index.whole[args.index.offset + bad[0]] = bad[1];
        const bias = memory(floats(cols, seed + 3, kind), shift);
        const grad = memory(floats(n * cols, seed + 4, kind), shift);
        const outputs = () => [
          blank(n * cols, shift),
          blank(rows * width),
          blank(positions * width * cols, shift),
        ];
        let answer = 0;
        expectSameBits(sets, outputs, (kernels, [out, gradTable, gradWeight]) => {
          answer = kernels.embeddingLinear({ ...args, bias, out, activation });
          const second = kernels.embeddingLinearBackward({ ...args, grad, gradTable, gradWeight });
          expect(second).toBe(answer);
          if (answer >= 0)
            for (const [i, m] of outputs().entries())
              expectSameWords([out, gradTable, gradWeight][i].whole, m.whole, "int32");
          return answer;
        });
        expect(answer).toBe(isBad ? bad[0] : -1);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    [2100, 2, 3, 5, 130],
    [600, 2, 400, 5, 30],
    [3, 2, 4, 300, 270],
  ])(
    "fold the first layer over several blocks: %i x %i of %i tokens, %i x %i",
    (n, positions, rows, width, cols) => {
      const args = layer({ n, positions, rows, width, cols }, 1, "ordinary", 0);
      const bias = memory(floats(cols, 2, "ordinary"));
      const grad = memory(floats(n * cols, 3, "ordinary"));
      const outputs = () => [blank(n * cols), blank(rows * width), blank(positions * width * cols)];
      expectSameBits(sets, outputs, (kernels, [out, gradTable, gradWeight]) => {
        kernels.embeddingLinear({ ...args, bias, out, activation: "tanh" });
        return kernels.embeddingLinearBackward({ ...args, grad, gradTable, gradWeight });
      });
    },
  );

  it("keep the sign of a product that is -0, where it is the only one", () => {
    const one = (x: number) => memory(Float32Array.of(x));
    const args = {
      ...{ n: 1, positions: 1, rows: 1, width: 1, cols: 1 },
      table: one(-1e-45),
      index: memory(Int32Array.of(0)),
      weight: one(1e-45),
      bias: one(-0),
    };
    expectSameBits(
      sets,
      () => [blank(1)],
      (kernels, [out]) => kernels.embeddingLinear({ ...args, out, activation: "none" }),
    );
  });

  it("fold the first layer for either gradient alone", () => {
    const args = layer({ n: 9, positions: 2, rows: 5, width: 3, cols: 20 }, 1, "ordinary", 0);
    const grad = memory(floats(9 * 20, 3, "ordinary"));
    const none = { gradTable: null, gradWeight: null };
    expectSameBits(
      sets,
      () => [blank(5 * 3), blank(2 * 3 * 20)],
      (kernels, [gradTable, gradWeight]) => {
        kernels.embeddingLinearBackward({ ...args, grad, ...none, gradTable });
        return kernels.embeddingLinearBackward({ ...args, grad, ...none, gradWeight });
      },
    );
  });
}
