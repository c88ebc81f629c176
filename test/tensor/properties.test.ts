/**
 * Tensors of random shapes beside the naive model (support.ts), and what is promised about memory,
 * numbers and text.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  arange,
  cat,
  type Index,
  type Slice,
  linspace,
  oneHot,
  setBackend,
  sub,
  type Tensor,
  tensor,
  zeros,
} from "../../lib/index.js";
import { load, numbers as recorded, type TensorRecord } from "../reference/records.js";
import {
  count,
  expectClose,
  expectEqual,
  Model,
  naive,
  ours,
  type Shape,
  shapes,
  toModel,
  toTensor,
} from "./support.js";

/** Elements 0, 1, 2, ...: every element says where it came from. */
const counting = (shape: Shape): Model =>
  new Model(
    shape,
    Array.from({ length: count(shape) }, (_, i) => i),
  );

/**
 * A tensor and its model; the tensor is often a view with unusual strides, an offset, or repeats.
 */
interface Pair {
  x: Tensor;
  m: Model;
}
type Step = (pair: Pair, pick: (n: number) => number) => Pair;
const viewSteps: Step[] = [
  ({ x, m }, pick) => {
    const dims = m.shape.map((_, i) => i);
    for (let i = dims.length - 1; i > 0; i--) {
      const j = pick(i + 1);
      [dims[i], dims[j]] = [dims[j], dims[i]];
    }
    return { x: x.permute(dims), m: m.permute(dims) };
  },
  ({ x, m }, pick) => {
    if (m.rank === 0) return { x, m };
    const [d, step] = [pick(m.rank) - pick(2) * m.rank, 1 + pick(3)];
    const size = m.shape.at(d) as number;
    const [start, end] = [pick(2 * size + 2) - size - 1, pick(2 * size + 3) - size - 1];
    return { x: x.slice(d, start, end, step), m: m.slice(d, start, end, step) };
  },
  ({ x, m }, pick) => {
    if (m.rank === 0 || m.shape.includes(0)) return { x, m };
    const d = pick(m.rank);
    const i = pick(2 * m.shape[d]) - m.shape[d];
    return { x: x.select(d, i), m: m.select(d, i) };
  },
  ({ x, m }, pick) => {
    const d = pick(m.rank + 1) - pick(2) * (m.rank + 1);
    return { x: x.unsqueeze(d), m: m.unsqueeze(d) };
  },
  ({ x, m }) => ({ x: x.squeeze(), m: m.squeeze() }),
  ({ x, m }, pick) => {
    const d = pick(Math.max(m.rank, 1));
    return m.rank === 0 ? { x, m } : { x: x.squeeze(d), m: m.shape[d] === 1 ? m.squeeze(d) : m };
  },
  ({ x, m }, pick) => {
    const lead = Array.from({ length: pick(2) }, () => 1 + pick(3));
    const to = [...lead, ...m.shape.map((d) => (d === 1 ? pick(4) : pick(2) === 0 ? -1 : d))];
    return count(to.map(Math.abs)) > 500 ? { x, m } : { x: x.expand(to), m: m.expand(to) };
  },
  ({ x, m }, pick) => {
    const [i, j] = [pick(Math.max(m.rank, 1)), pick(Math.max(m.rank, 1)) - m.rank];
    return m.rank === 0 ? { x, m } : { x: x.transpose(i, j), m: m.transpose(i, j) };
  },
];

const picker = (choices: readonly number[]) => {
  let at = 0;
  return (n: number): number => choices[at++ % choices.length] % n;
};

const list = <T>(item: fc.Arbitrary<T>, n: number): fc.Arbitrary<T[]> =>
  fc.array(item, { minLength: n, maxLength: n });

/** A random view of a random tensor. The leaf is given too: every view must share its storage. */
const viewed = fc
  .tuple(
    shapes(4),
    fc.array(fc.nat(viewSteps.length - 1), { maxLength: 5 }),
    list(fc.nat(1_000_000), 40),
  )
  .map(([shape, steps, choices]) => {
    const pick = picker(choices);
    const m = counting(shape);
    const leaf = toTensor(m);
    return { leaf, pick, ...steps.reduce((pair, i) => viewSteps[i](pair, pick), { x: leaf, m }) };
  });

/** A way to write n as a product of sizes. */
function factors(n: number, pick: (n: number) => number): number[] {
  const shape: number[] = [];
  let rest = n;
  while (rest > 1) {
    const divisors = Array.from({ length: rest }, (_, i) => i + 1).filter((d) => rest % d === 0);
    const d = divisors[pick(divisors.length)];
    shape.push(d);
    rest /= d;
    if (shape.length > 5) break;
  }
  return rest === 1 ? shape : [...shape, rest];
}

const many = { numRuns: 300 };

describe.each(["native", "wasm", "reference"] as const)("on the %s backend", (name) => {
  const property = <T>(
    arbitrary: fc.Arbitrary<T>,
    body: (value: T) => void,
    options: fc.Parameters<[T]> = many,
  ): void => {
    setBackend(name);
    fc.assert(fc.property(arbitrary, body), options);
  };

  it("views of views agree with the model and share one storage", () => {
    property(viewed, ({ leaf, x, m }) => {
      expectEqual(x, m);
      expect(x.storage).toBe(leaf.storage);
      expect(x.numel).toBe(count(m.shape));
    });
  });

  it("views of views survive clone, contiguous and arithmetic", () => {
    property(viewed, ({ x, m }) => {
      expectEqual(x.clone(), m);
      expect(x.clone().isContiguous()).toBe(true);
      expect(x.clone().storage).not.toBe(x.storage);
      expectEqual(x.contiguous(), m);
      expect(x.contiguous() === x).toBe(x.isContiguous());
      expectEqual(x.neg(), m.neg());
      expectEqual(x.add(x), m.add(m));
      expectEqual(x.mul(2.5).sub(1), m.mul(2.5).sub(1));
    });
  });

  it("reshape to any shape agrees; view shares the storage or says that it would have to copy", () => {
    property(viewed, ({ x, m, pick }) => {
      if (m.data.length === 0) return;
      const shape = factors(m.data.length, pick);
      const reshaped = x.reshape(shape);
      expectEqual(reshaped, m.reshape(shape));
      const unknown = shape.length > 0 ? shape.with(pick(shape.length), -1) : shape;
      expectEqual(x.reshape(unknown), m.reshape(shape));
      if (reshaped.storage === x.storage) expect(x.view(shape).storage).toBe(x.storage);
      else expect(() => x.view(shape)).toThrow("reshape");
      if (x.isContiguous()) expect(reshaped.storage).toBe(x.storage);
    });
  });

  it("adding and dropping dimensions of 1 never copies, whatever the strides", () => {
    property(viewed, ({ x, m, pick }) => {
      const ones = m.shape.flatMap((d) => [...new Array<number>(pick(3)).fill(1), d]);
      expectEqual(x.view(ones), m.reshape(ones));
      expect(x.view(ones).view([...m.shape]).storage).toBe(x.storage);
    });
  });

  it("flatten agrees with the model, of empty tensors too", () => {
    property(viewed, ({ x, m, pick }) => {
      if (m.rank === 0) return expectEqual(x.flatten(), m.reshape([1]));
      const start = pick(m.rank);
      const end = start + pick(m.rank - start);
      expectEqual(x.flatten(start, end), m.flatten(start, end));
    });
  });

  it("what is written through one view is seen by all, and nowhere else", () => {
    property(viewed, ({ leaf, x, m }) => {
      // Repeats: refused, see errors.test.ts.
      if (m.data.some((v, i) => m.data.indexOf(v) !== i)) return;
      const before = toModel(leaf);
      x.add_(0.5);
      expectEqual(x, m.add(0.5));
      expectEqual(
        leaf,
        before.map((v) => (m.data.includes(v) ? v + 0.5 : v)),
      );
      expectEqual(leaf.data, toModel(leaf));
    });
  });

  it("unbind, cat and stack agree; cat copies", () => {
    property(viewed, ({ x, m, pick }) => {
      if (m.rank === 0) return;
      const d = pick(m.rank) - pick(2) * m.rank;
      for (const [i, part] of x.unbind(d).entries()) {
        expectEqual(part, m.unbind(d)[i]);
        expect(part.storage).toBe(x.storage);
      }
      const joined = cat([x, x.slice(d, 0, 1), x.mul(-1)], d);
      expectEqual(joined, naive.cat([m, m.slice(d, 0, 1), m.neg()], d));
      expect(cat([x], d).storage).not.toBe(x.storage);
      expectEqual(ours.stack([x, x], d), naive.stack([m, m], d));
    });
  });

  it("broadcasting agrees for the four operations", () => {
    const pairOfShapes = fc
      .tuple(shapes(4), list(fc.nat(3), 4), fc.nat(4))
      .map(([shape, masks, drop]) => {
        const ones = (bit: number) => shape.map((d, i) => ((masks[i] ?? 0) & bit ? 1 : d));
        return [ones(1), ones(2).slice(Math.min(drop, shape.length))] as const;
      });
    property(fc.tuple(pairOfShapes, fc.boolean()), ([[p, q], swap]) => {
      // Never 0: 7.125 is no quarter.
      const [a, b] = [counting(p).add(1), counting(q).mul(0.25).sub(7.125)];
      const [m, n] = swap ? [b, a] : [a, b];
      const [x, y] = [toTensor(m), toTensor(n)];
      expectEqual(x.add(y), m.add(n));
      expectEqual(x.sub(y), m.sub(n));
      expectEqual(x.mul(y), m.mul(n));
      // A float64 quotient of small dyadic numbers, rounded, is the float32 quotient.
      expectEqual(x.div(y), m.div(n).map(Math.fround));
      const [s, t] = [x.add(y), m.add(n)];
      expectEqual(
        x.expand(s.shape).mul(y.expand(s.shape)),
        m.expand(t.shape).mul(n.expand(t.shape)),
      );
    });
  });

  it("sum, mean, max and argmax agree over random dimensions", () => {
    property(fc.tuple(viewed, fc.boolean()), ([{ x, m, pick }, keepdim]) => {
      const dims = m.shape.map((_, d) => d).filter(() => pick(2) === 0);
      const signed = dims.map((d) => (pick(2) === 0 ? d : d - m.rank));
      const centred = m.sub(3.5);
      const y = x.sub(3.5);
      if (dims.length > 0) expectEqual(y.sum(signed, { keepdim }), centred.sum(dims, { keepdim }));
      expectEqual(y.sum(), centred.sum());
      expect(x.int().sum().toArray()).toBe(m.sum().data[0]);
      // A sum of small halves is exact; then one division by a whole number, rounded.
      expectClose(y.mean(undefined, { keepdim }), centred.mean(undefined, { keepdim }), 1);
      if (m.rank === 0 || m.data.length === 0) return;
      const d = pick(m.rank);
      expectClose(y.mean(d, { keepdim }), centred.mean(d, { keepdim }), 1);
      const scrambled = m.map((v) => (v * 7) % 5); // ties
      const z = toTensor(scrambled);
      const { values, indices } = z.maxAlong(d - m.rank, { keepdim });
      const want = scrambled.maxAlong(d, { keepdim });
      expectEqual(values, want.values);
      expectEqual(indices, want.indices);
      expect(indices.dtype).toBe("int32");
      expectEqual(z.argmax(d, { keepdim }), want.indices);
      expectEqual(x.maxAlong(d).values, m.maxAlong(d).values);
      expectEqual(y.max(), centred.max());
      expect(z.argmax().item()).toBe(scrambled.data.indexOf(Math.max(...scrambled.data)));
    });
  });

  it("matrix products of every pair of ranks agree, with sizes of 0 too", () => {
    const dim = fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 1, max: 3 }) },
      { weight: 1, arbitrary: fc.constant(0) },
    );
    property(
      fc.tuple(dim, dim, dim, dim, fc.nat(5), fc.boolean(), fc.boolean()),
      ([n, m, k, batch, form, ta, tb]) => {
        const forms: [Shape, Shape][] = [
          [
            [m, k],
            [k, n],
          ],
          [[k], [k]],
          [[m, k], [k]],
          [[k], [k, n]],
          [
            [batch, m, k],
            [k, n],
          ],
          [
            [batch, m, k],
            [1, k, n],
          ],
        ];
        const [A, B] = forms[form];
        const make = (shape: Shape, transposed: boolean): Pair => {
          const m = counting(shape).sub(2.5);
          if (shape.length < 2 || !transposed) return { x: toTensor(m), m };
          return { x: toTensor(m.transpose(-1, -2)).transpose(-1, -2), m };
        };
        const [a, b] = [make(A, ta), make(B, tb)];
        expectEqual(a.x.matmul(b.x), a.m.matmul(b.m)); // halves: exact
      },
    );
  });

  it("softmax and logSoftmax agree along any dimension of any view", () => {
    property(viewed, ({ x, m, pick }) => {
      if (m.rank === 0 || m.data.length === 0) return;
      const d = pick(m.rank);
      // Differences of whole numbers are exact; log and exp err by an ulp each, the sum by one
      // rounding: far within 16.
      expectClose(x.softmax(d - m.rank), m.softmax(d), 16);
      expectClose(x.logSoftmax(d), m.logSoftmax(d), 16);
    });
  });

  it("indexing by any mixture of integers, slices, new axes, dots and index tensors agrees", () => {
    property(viewed, ({ x, m, pick }) => {
      const positions: Index[] = [];
      let want = m;
      let dim = 0;
      // One index tensor at most: where several stand, PyTorch's own cases (torch-ops.test.ts) say
      // what happens.
      let gathered = false;
      for (let d = 0; d < m.rank; d++) {
        const size = m.shape[d];
        if (pick(6) === 0) {
          positions.push(null);
          want = want.unsqueeze(dim++);
        }
        const kind = pick(5);
        if (kind === 0 && size > 0) {
          const i = pick(2 * size) - size;
          positions.push(i);
          want = want.select(dim, i);
        } else if (kind === 1) {
          const bound = () => (pick(3) === 0 ? null : pick(2 * size + 2) - size);
          const [start, end] = [bound(), bound()];
          // Three numbers could be rows, and are refused.
          const step = start === null || end === null ? 1 + pick(3) : 1;
          positions.push(step === 1 ? [start, end] : ([start, end, step] as Slice));
          want = want.slice(dim++, start ?? 0, end ?? Infinity, step);
        } else if (kind === 2 && size > 0 && !gathered) {
          gathered = true;
          const shape = pick(2) === 0 ? [3] : [2, 2];
          const ids = Array.from({ length: count(shape) }, () => pick(2 * size) - size);
          positions.push(tensor(ids, { shape, dtype: "int32" }));
          const before = want;
          const rows = ids.map((i) => before.select(dim, i));
          want = naive.stack(rows, dim);
          want = want.reshape([
            ...want.shape.slice(0, dim),
            ...shape,
            ...want.shape.slice(dim + 1),
          ]);
          dim += shape.length;
        } else if (kind === 3) {
          positions.push("...");
          break; // all that is left
        } else {
          positions.push(":");
          dim++;
        }
      }
      expectEqual(x.index(...positions), want);
    });
  });

  it("rows by index agree, and their storage is new", () => {
    property(viewed, ({ x, m, pick }) => {
      if (m.rank === 0 || m.shape[0] === 0) return;
      const ids = [
        [pick(m.shape[0]), pick(m.shape[0]) - m.shape[0]],
        [0, -1],
      ];
      expectEqual(ours.rows(x, ids), naive.rows(m, ids));
      expect(ours.rows(x, ids).storage).not.toBe(x.storage);
    });
  });
});

describe("numbers in and out", () => {
  it("nested arrays come back as they went in, rounded to float32", () => {
    const float = fc.float({ noNaN: true });
    const nested = fc
      .tuple(shapes(3), list(float, 64))
      .filter(([shape]) => !shape.includes(0))
      .map(([shape, values]) => new Model(shape, values.slice(0, count(shape))));
    fc.assert(
      fc.property(nested, (m) => {
        const array = toTensor(m).toArray();
        expect(tensor(array).toArray()).toEqual(array);
        expect([...tensor(array).shape]).toEqual([...m.shape]);
        expect([array].flat(9)).toEqual([...m.data]);
      }),
    );
  });

  it("typed arrays are copied, both ways", () => {
    const source = Float32Array.of(1, 2, 3);
    const x = tensor(source);
    source[0] = 9;
    expect(x.toArray()).toEqual([1, 2, 3]);
    x.toTypedArray()[0] = 9;
    expect(x.toArray()).toEqual([1, 2, 3]);
    expect(tensor(Int32Array.of(1, 2)).dtype).toBe("int32");
    expect(tensor(Int32Array.of(1, 2), { dtype: "float32" }).dtype).toBe("float32");
    expect(
      tensor(Float32Array.of(1, 2, 3, 4, 5, 6).subarray(1, 5), { shape: [2, 2] }).toArray(),
    ).toEqual([
      [2, 3],
      [4, 5],
    ]);
  });

  it("values keep every special float32", () => {
    const special = [0, -0, NaN, Infinity, -Infinity, 2 ** -149, 2 ** 127];
    expect(Array.from(tensor(special).toTypedArray())).toEqual(special);
  });

  it("empty and 0-d tensors are tensors", () => {
    expect(tensor([]).toArray()).toEqual([]);
    expect(zeros([2, 0]).toArray()).toEqual([[], []]);
    expect(zeros([0, 2]).sum(0).toArray()).toEqual([0, 0]);
    expect(tensor(3).rank).toBe(0);
    expect(tensor(3).item()).toBe(3);
    expect(tensor([[3]]).item()).toBe(3);
  });
});

describe("integers", () => {
  const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  const integers = (values: number[]) => tensor(values, { dtype: "int32" });

  it("stay integers under + - * and negation, and wrap at 32 bits", () => {
    fc.assert(
      fc.property(int32, int32, (a, b) => {
        const [x, y] = [integers([a]), integers([b])];
        expect(x.add(y).toArray()).toEqual([(a + b) | 0]);
        expect(x.sub(y).toArray()).toEqual([(a - b) | 0]);
        expect(x.mul(y).toArray()).toEqual([Math.imul(a, b)]);
        expect(x.neg().toArray()).toEqual([-a | 0]);
        expect(x.add(y).dtype).toBe("int32");
      }),
    );
  });

  it("broadcast, in any layout", () => {
    const x = integers([1, 2, 3, 4, 5, 6]).view([2, 3]);
    expect(
      x
        .t()
        .add(integers([10, 20]))
        .toArray(),
    ).toEqual([
      [11, 24],
      [12, 25],
      [13, 26],
    ]);
    expect(sub(10, x.index(":", [0, 2])).toArray()).toEqual([
      [9, 8],
      [6, 5],
    ]);
    expect(x.add(tensor(1, { dtype: "int32" })).dtype).toBe("int32");
  });

  it("become float32 under division, with a fraction, or beside a float32", () => {
    const x = integers([1, 2]);
    expect(x.div(2).toArray()).toEqual([0.5, 1]);
    expect([x.div(x).dtype, x.add(0.5).dtype, x.mul(tensor([1, 1])).dtype, x.mean().dtype]).toEqual(
      new Array(4).fill("float32"),
    );
  });

  it("sum and compare as integers, beyond what float32 can tell apart", () => {
    const big = 2 ** 24;
    const x = integers([big, big + 1, big + 1]);
    expect(x.sum().item()).toBe(3 * big + 2);
    expect(x.max().item()).toBe(big + 1);
    expect(x.argmax().item()).toBe(1);
    expect(x.maxAlong(0).values.toArray()).toBe(big + 1);
    expect(x.view([1, 3]).sum(0).toArray()).toEqual([big, big + 1, big + 1]);
  });

  it("convert to float32 rounding to nearest and back toward zero", () => {
    expect(
      integers([2 ** 24 + 1, 2 ** 24 + 3, -(2 ** 31)])
        .float()
        .toArray(),
    ).toEqual([2 ** 24, 2 ** 24 + 4, -(2 ** 31)]);
    expect(tensor([1.9, -1.9, 0.5]).int().toArray()).toEqual([1, -1, 0]);
  });

  it("as classes become one-hot rows", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6), { minLength: 1, maxLength: 8 }), fc.nat(3), (ids, extra) => {
        const classes = Math.max(...ids) + 1 + extra;
        const rows = ids.map((id) => Array.from({ length: classes }, (_, c) => (c === id ? 1 : 0)));
        expect(oneHot(integers(ids), classes).toArray()).toEqual(rows);
        expect(oneHot(integers(ids)).toArray()).toEqual(
          rows.map((row) => row.slice(0, classes - extra)),
        );
      }),
    );
    expect([...oneHot(zeros([2, 3], "int32"), 4).shape]).toEqual([2, 3, 4]);
  });
});

describe("ranges", () => {
  it("arange counts from start to before end in steps of either sign", () => {
    const small = fc.integer({ min: -20, max: 20 });
    fc.assert(
      fc.property(
        small,
        small,
        small.filter((s) => s !== 0),
        (start, end, step) => {
          const want: number[] = [];
          for (let i = start; step > 0 ? i < end : i > end; i += step) want.push(i);
          expect(arange(start, end, step).toArray()).toEqual(want);
        },
      ),
    );
    expect(arange(4).toArray()).toEqual([0, 1, 2, 3]);
    expect(arange(4).dtype).toBe("int32");
  });

  it("linspace(-3, 0, 1000) has the bits of the lecture's learning-rate exponents", () => {
    const { lr_finder } = load<{ lr_finder: { lre_all: TensorRecord } }>("lecture.json");
    expect(Array.from(linspace(-3, 0, 1000).toTypedArray())).toEqual(recorded(lr_finder.lre_all));
  });

  it("linspace has its ends, its length and even steps", () => {
    const bound = fc.integer({ min: -100, max: 100 });
    fc.assert(
      fc.property(bound, bound, fc.integer({ min: 2, max: 50 }), (start, end, n) => {
        const values = Array.from(linspace(start, end, n).toTypedArray());
        expect([values.length, values[0], values[n - 1]]).toEqual([n, start, end]);
        // Each value is one fma of a step that was rounded once: half a unit of the step (n of
        // them), and one of the value.
        const unit =
          2 ** -24 * (2 * Math.abs(end - start) + Math.max(Math.abs(start), Math.abs(end)));
        const exact = values.map((_, i) => start + ((end - start) * i) / (n - 1));
        for (const [i, v] of values.entries())
          expect(Math.abs(v - exact[i])).toBeLessThanOrEqual(unit);
      }),
    );
    expect(linspace(2, 5, 1).toArray()).toEqual([2]);
    expect(linspace(2, 5, 0).toArray()).toEqual([]);
  });
});

describe("in place with an operand in the same memory", () => {
  it("its own transpose is read before it is written", () => {
    const a = arange(9).float().view([3, 3]);
    expect(a.add_(a.t()).toArray()).toEqual([
      [0, 4, 8],
      [4, 8, 12],
      [8, 12, 16],
    ]);
  });

  it("its own shifted part too, and itself needs no copy", () => {
    const a = arange(64).float();
    a.slice(0, 1).copy_(a.slice(0, 0, 63));
    expect(a.toArray()).toEqual([0, ...Array.from({ length: 63 }, (_, i) => i)]);
    expect(
      a
        .slice(0, 0, 3)
        .add_(a.slice(0, 0, 3))
        .toArray(),
    ).toEqual([0, 0, 2]);
  });
});

it("views of nothing stay in their memory, however far their steps would lead", () => {
  const x = zeros([4, 4, 4, 0]);
  const far = x.select(0, 3).select(0, 3).slice(0, 2);
  expect([far.shape, far.offset]).toEqual([[2, 0], 0]);
  expect(far.index(tensor([1, 0, 1], { dtype: "int32" })).shape).toEqual([3, 0]);
});
