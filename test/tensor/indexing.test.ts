/** What an index picks, and what it refuses because it could be meant otherwise. */
import { describe, expect, it } from "vitest";
import {
  arange,
  cat,
  compile,
  CompileError,
  eq,
  type Index,
  oneHot,
  ones,
  ShapeError,
  stack,
  tensor,
  type Tensor,
  ValueError,
  zeros,
} from "../../lib/index.js";

const int = (value: Parameters<typeof tensor>[0]): Tensor => tensor(value, { dtype: "int32" });
const table = (): Tensor => arange(12).float().view([4, 3]);

describe("an int32 tensor of shape []", () => {
  it("selects, as PyTorch's: a view of the same memory", () => {
    const C = table();
    const row = C.index(int(2));
    expect(row.toArray()).toEqual([6, 7, 8]);
    row.mul_(0);
    expect(C.index(2).toArray()).toEqual([0, 0, 0]);
    expect(C.index(int(-1)).toArray()).toEqual([9, 10, 11]);
    expect(C.index(":", int(1)).toArray()).toEqual([1, 0 * 7 + 4, 0, 10]);
  });

  it("is no tensor index beside others, whose place it would move", () => {
    const x = arange(24).view([2, 3, 4]);
    const rows = int([0, 3]);
    expect(x.index(int(1), ":", rows).toArray()).toEqual(x.index(1, ":", rows).toArray());
    expect(x.index(int(1), ":", rows).shape).toEqual([3, 2]);
  });

  it("is refused out of range and as float32", () => {
    expect(() => table().index(int(4))).toThrow(
      "index: index 4 is out of range for dimension 0 with size 4",
    );
    expect(() => table().index(tensor(1))).toThrow("expected an int32 tensor, got float32");
  });

  it("is a number that JavaScript reads: no recorded step can", () => {
    const C = table();
    const i = int(1);
    expect(() => compile(() => C.index(i).sum()).run(1)).toThrow(CompileError);
    expect(() => compile(() => C.index(i).sum()).run(1)).toThrow(/^index: /);
  });
});

describe("a list", () => {
  it("of two is a slice", () => {
    expect(table().index([1, 3]).toArray()).toEqual([
      [3, 4, 5],
      [6, 7, 8],
    ]);
    expect(table().index([null, null, 2], 0).toArray()).toEqual([0, 6]);
    expect(table().index([1, null, 2], 0).toArray()).toEqual([3, 9]);
  });

  it.each<[number[], string]>([
    [[5, 6, 7], 'tensor([5, 6, 7], { dtype: "int32" }), for a slice with a step slice(0, 5, 6, 7)'],
    [[0, 3, 2], "got [0, 3, 2]"],
    [[2], 'got [2]; for rows by number use tensor([2], { dtype: "int32" })'],
    [[], "got []"],
    [[0, 1, 2, 3], "got [0, 1, 2, 3]"],
    [Array.from({ length: 100 }, (_, i) => i), "7, 8, ...]"],
  ])("%j is refused: it could be rows", (list, says) => {
    const refused = () => table().index(list as unknown as Index);
    expect(refused).toThrow(ValueError);
    expect(refused).toThrow(says);
    expect(refused).toThrow(/^index: expected a slice \[start, end\]/);
  });

  it("names index where it is none", () => {
    expect(() => table().index([0.5, 2])).toThrow("index: expected whole numbers, got 0.5");
    expect(() => table().select(0, 9)).toThrow(/^select: /);
  });
});

describe("a mask", () => {
  const x = (): Tensor =>
    tensor([
      [1, -2, 3],
      [-4, 5, -6],
    ]);

  it("picks the elements where the comparison holds, in row-major order", () => {
    expect(x().index(x().gt(0)).toArray()).toEqual([1, 3, 5]);
    expect(x().index(x().gt(9)).shape).toEqual([0]);
    expect(x().t().index(x().t().gt(0)).toArray()).toEqual([1, 5, 3]);
  });

  it("picks rows and columns where it has one dimension", () => {
    const columns = x().index(0).gt(0);
    expect(x().index(":", columns).toArray()).toEqual([
      [1, 3],
      [-4, -6],
    ]);
    expect(x().index(x().sum(1).lt(0)).toArray()).toEqual([[-4, 5, -6]]);
    expect(x().index(0, columns).toArray()).toEqual([1, 3]);
  });

  it("stays one in views, copies, pieces and products", () => {
    const m = x().gt(0);
    const a = x();
    for (const mask of [
      m.view([2, 3]),
      m.clone(),
      m.t().contiguous().t(),
      m.index(arange(2)),
      m.mul(x().ne(9)),
      cat([m.index([0, 1]), m.index([1, 2])]),
      stack([m.index(0), m.index(1)]),
      eq(m, 1),
    ])
      expect(a.index(mask).toArray()).toEqual([1, 3, 5]);
    // Numbers again: positions.
    expect(table().index(m.index(0).add(1)).shape).toEqual([3, 3]);
    expect(table().index(oneHot(int(1), 2)).shape).toEqual([2, 3]);
  });

  it("stays one in its maxima: where any of a row holds", () => {
    const m = tensor([
      [0, 1],
      [0, 0],
      [1, 1],
    ]).gt(0);
    const rows = m.maxAlong(1).values;
    expect(arange(3).index(rows).toArray()).toEqual([0, 2]);
    expect(arange(3).index(rows.int()).toArray()).toEqual([1, 0, 1]);
  });

  it("is positions as int(), as after PyTorch's long(); also of a recorded step", () => {
    const m = tensor([0, 1, 1]).gt(0);
    const a = tensor([5, 6, 7]);
    expect(a.index(m.int()).toArray()).toEqual([5, 6, 6]);
    expect(a.index(m).toArray()).toEqual([6, 7]);
    const positions = arange(3);
    expect(positions.int()).toBe(positions);
    const step = compile(() => a.index(m.int()).sum());
    expect([...step.run(3)]).toEqual([17, 17, 17]);
  });

  it("gives gradients to what it picked", () => {
    const a = x();
    a.requiresGrad = true;
    a.index(a.gt(0))
      .mul(tensor([10, 20, 30]))
      .sum()
      .backward();
    expect(a.grad?.toArray()).toEqual([
      [10, 0, 20],
      [0, 30, 0],
    ]);
  });

  it("is refused where its shape is another", () => {
    expect(() => x().index(zeros([3]).eq(0))).toThrow(ShapeError);
    expect(() => x().index(zeros([3]).eq(0))).toThrow(
      "index: expected a mask of the shape that it picks from, [2], got [3]",
    );
    expect(() => x().index(tensor(1).gt(0))).toThrow("a mask of at least 1 dimension");
    expect(() => x().index(zeros([2, 3, 1]).eq(0))).toThrow(
      "3 indices for a tensor of 2 dimensions",
    );
  });
});

describe("indexPut_", () => {
  it("is what d[rows, cols] -= 1 is in PyTorch", () => {
    const d = zeros([3, 4]);
    const [rows, cols] = [arange(3), int([1, 0, 3])];
    expect(d.indexPut_([rows, cols], d.index(rows, cols).sub(1))).toBe(d);
    expect(d.toArray()).toEqual([
      [0, -1, 0, 0],
      [-1, 0, 0, 0],
      [0, 0, 0, -1],
    ]);
  });

  it("broadcasts, into views and any kind of index", () => {
    const d = zeros([2, 3]);
    d.t().indexPut_([[1, 3]], tensor([7, 8]));
    expect(d.toArray()).toEqual([
      [0, 7, 7],
      [0, 8, 8],
    ]);
    d.indexPut_([d.gt(7)], -1).indexPut_(["...", 0], 5);
    expect(d.toArray()).toEqual([
      [5, 7, 7],
      [5, -1, -1],
    ]);
    expect(
      int([1, 2])
        .indexPut_([int([0])], int([9]))
        .toArray(),
    ).toEqual([9, 2]);
  });

  it("adds up repeated positions where told to, else takes the last", () => {
    const ix = int([1, 1, 2]);
    expect(
      zeros([3])
        .indexPut_([ix], tensor([1, 2, 4]), { accumulate: true })
        .toArray(),
    ).toEqual([0, 3, 4]);
    expect(
      zeros([3])
        .indexPut_([ix], tensor([1, 2, 4]))
        .toArray(),
    ).toEqual([0, 2, 4]);
  });

  it("changes nothing where it is refused, and names itself", () => {
    const d = ones([3]);
    for (const refused of [
      () => d.indexPut_([int([0, 5])], 7),
      () => d.indexPut_([int([0, 1])], tensor([1, 2, 3])),
      () => d.indexPut_([0.5], 1),
      () => int([1]).indexPut_([0], tensor([1])),
      () => int([1]).indexPut_([0], 0.5),
      () => d.expand([2, 3]).indexPut_([0], 1),
      () => d.indexPut_(0 as unknown as Index[], 1),
    ])
      expect(refused).toThrow(/^indexPut_: /);
    expect(d.toArray()).toEqual([1, 1, 1]);
  });

  it("is noticed by gradients that need the old numbers", () => {
    const w = ones([2]);
    w.requiresGrad = true;
    const d = ones([2]);
    const y = w.mul(d).sum();
    d.indexPut_([0], 3);
    expect(() => y.backward()).toThrow("changed in place");
  });
});

describe("cat", () => {
  it("refuses tensors of shape [], which have no dimension to join along", () => {
    for (const list of [[tensor(7)], [tensor(1), tensor(2)], [zeros([1]), tensor(2)]]) {
      expect(() => cat(list)).toThrow(ShapeError);
      expect(() => cat(list)).toThrow(/^cat: expected tensors of at least 1 dimension, got \[\]/);
    }
    expect(stack([tensor(1), tensor(2)]).toArray()).toEqual([1, 2]);
    expect(() => stack([tensor(1)], 2)).toThrow(/^stack: /);
  });
});
