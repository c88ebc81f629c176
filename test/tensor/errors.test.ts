/**
 * Mistakes: PyTorch's own list (ops.json `errors`) and more. The class of the error, its fields,
 * and one line that says what was expected and what came.
 */
import { describe, expect, it } from "vitest";
import {
  arange,
  AutogradError,
  cat,
  crossEntropy,
  full,
  IndexError,
  linear,
  linspace,
  MmError,
  multinomial,
  noGrad,
  oneHot,
  pow,
  ones,
  randint,
  setBackend,
  setThreads,
  ShapeError,
  stack,
  Tensor,
  tensor,
  ValueError,
  windows,
  zeros,
} from "../../lib/index.js";
import type { Layout } from "../../lib/tensor/layout.js";
import { layout, asStrided } from "../../lib/tensor/tensor.js";
import { load } from "../reference/records.js";

const int = (value: Parameters<typeof tensor>[0]): Tensor => tensor(value, { dtype: "int32" });

interface Expected {
  /** the class of the error */
  is: new (...args: never[]) => MmError;
  /** not given: the class is open, the words are not */
  code?: string;
  /** what the one line must contain: what was expected, what came */
  says: (string | RegExp)[];
  /** fields of the error */
  has?: Record<string, unknown>;
}
const shape = (operation: string, shapes: number[][], ...says: (string | RegExp)[]): Expected => ({
  is: ShapeError,
  code: "ERR_MM_SHAPE",
  says,
  has: { operation, shapes },
});
const shapeOnly = (...says: (string | RegExp)[]): Expected => ({
  is: ShapeError,
  code: "ERR_MM_SHAPE",
  says,
});
const index = (
  operation: string,
  value: number,
  size: number,
  ...says: (string | RegExp)[]
): Expected => ({
  is: IndexError,
  code: "ERR_MM_INDEX",
  says: [String(value), ...says],
  has: { operation, value, size },
});
const value = (...says: (string | RegExp)[]): Expected => ({
  is: ValueError,
  code: "ERR_MM_VALUE",
  says,
});
const mistake = (...says: (string | RegExp)[]): Expected => ({ is: MmError, says });
const autograd = (...says: (string | RegExp)[]): Expected => ({
  is: AutogradError,
  code: "ERR_MM_AUTOGRAD",
  says,
});

function errorOf(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  return expect.fail("nothing was thrown");
}

function expectError(body: () => unknown, { is, code, says, has = {} }: Expected): void {
  const error = errorOf(body);
  expect(error, String(error)).toBeInstanceOf(is);
  const { message, name, ...fields } = error as MmError & Record<string, unknown>;
  if (code !== undefined) expect([name, (error as MmError).code]).toEqual([is.name, code]);
  expect(message).not.toContain("\n");
  expect(message.length).toBeLessThan(200);
  expect(message).not.toMatch(/undefined|\[object|\b0\.\.-1\b/);
  for (const part of says) {
    if (typeof part === "string") expect(message).toContain(part);
    else expect(message).toMatch(part);
  }
  expect(fields).toMatchObject(has);
}

/** In the order of ops.json: the same expression here. */
const pytorch: readonly (readonly [expr: string, body: () => unknown, expected: Expected])[] = [
  [
    "a.view(3, 4)",
    () => zeros([3, 3, 2]).view([3, 4]),
    shape(
      "view",
      [
        [3, 3, 2],
        [3, 4],
      ],
      "18",
      "[3, 4]",
      "[3, 3, 2]",
    ),
  ],
  [
    "a.view(4, -1)",
    () => zeros([3, 3, 2]).view([4, -1]),
    shape(
      "view",
      [
        [3, 3, 2],
        [4, -1],
      ],
      "18",
      "[4, -1]",
    ),
  ],
  [
    "a.t().view(-1)",
    () => zeros([3, 4]).t().view([-1]),
    shape("view", [[4, 3], [12]], "reshape", "[1, 4]"),
  ],
  [
    "a @ b",
    () => zeros([32, 3, 2]).matmul(zeros([6, 100])),
    shape(
      "matmul",
      [
        [32, 3, 2],
        [6, 100],
      ],
      "[32, 3, 2] @ [6, 100]",
      "2 != 6",
    ),
  ],
  [
    "a @ b",
    () => zeros([3, 4]).matmul(zeros([3, 4])),
    shape(
      "matmul",
      [
        [3, 4],
        [3, 4],
      ],
      "4 != 3",
    ),
  ],
  ["a @ b", () => zeros([3]).matmul(zeros([4])), shape("matmul", [[3], [4]], "3 != 4")],
  [
    "a + b",
    () => zeros([3, 4]).add(zeros([3])),
    shape("add", [[3, 4], [3]], "[3, 4] and [3]", "4 != 3", "dimension 1"),
  ],
  [
    "torch.cat([a, b], 1)",
    () => cat([zeros([3, 2]), zeros([2, 2])], 1),
    shape(
      "cat",
      [
        [3, 2],
        [2, 2],
      ],
      "dimension 1",
      "tensor 1",
      "[3, 2]",
      "[2, 2]",
    ),
  ],
  ["C[i]", () => zeros([5, 2]).index(int([0, 5])), index("index", 5, 5, "out of range", "size 5")],
  [
    "C[7]",
    () => zeros([5, 2]).index(7),
    index("index", 7, 5, "out of range", "dimension 0", "size 5"),
  ],
  [
    "F.one_hot(i, num_classes=3) @ C",
    () => oneHot(int([0, 2]), 3).matmul(zeros([3, 2])),
    value("matmul", "float32", "int32", "float()"),
  ],
  ["F.one_hot(i, num_classes=3)", () => oneHot(int([0, 3]), 3), index("oneHot", 3, 3, "0..2")],
  [
    "F.cross_entropy(a, y)",
    () => crossEntropy(zeros([3, 5]), int([0, 5, 1])),
    index("crossEntropy", 5, 5, "target 5", "row 1", "0..4"),
  ],
  [
    "F.cross_entropy(a, y)",
    () => crossEntropy(zeros([3, 5]), int([0, 1])),
    shape("crossEntropy", [[3, 5], [2]], "[3, 5]", "[2]"),
  ],
  ["a.sum(2)", () => zeros([3, 4]).sum(2), index("sum", 2, 2, "from -2 to 1")],
  ["a.backward()", () => zeros([3]).backward(), autograd("requiresGrad")],
  ["a.item()", () => zeros([3]).item(), shape("item", [[3]], "one element", "[3]")],
  ["torch.multinomial(a, 1)", () => multinomial(tensor([1, -1]), 1), value("probability")],
  ["torch.multinomial(a, 3)", () => multinomial(tensor([1, 1]), 3), value("3", "2")],
  ["torch.multinomial(a, 1)", () => multinomial(tensor([0, 0]), 1), value(/sum/)],
  [
    "torch.randint(5, 5, (2,))",
    () => randint(5, 5, [2]),
    value("randint: expected low to be less than high", "5"),
  ],
];

it("covers PyTorch's list in its order", () => {
  const { errors } = load<{ errors: { expr: string }[] }>("ops.json");
  expect(pytorch.map(([expr]) => expr)).toEqual(errors.map((e) => e.expr));
});

const parameter = (): Tensor => {
  const x = ones([2, 3]);
  x.requiresGrad = true;
  return x;
};

const more: Record<
  string,
  readonly (readonly [says: string, body: () => unknown, expected: Expected])[]
> = {
  "making tensors": [
    [
      "ragged arrays",
      () => tensor([[1, 2], [3]]),
      shape("tensor", [[2], [1]], "ragged", "[2]", "[1]"),
    ],
    ["numbers beside arrays", () => tensor([1, [2]]), shape("tensor", [[], [1]], "ragged")],
    [
      "too few numbers for a shape",
      () => tensor([1, 2, 3], { shape: [2, 2] }),
      shape("tensor", [[2, 2]], "4 numbers", "[2, 2]", "got 3"),
    ],
    ["a negative size", () => zeros([2, -1]), shape("zeros", [[2, -1]], ">= 0", "[2, -1]")],
    ["a fractional size", () => full([1.5], 1), shape("full", [[1.5]], "whole")],
    ["arange without whole numbers", () => arange(0, 1, 0.25), value("whole")],
    ["arange that stands still", () => arange(0, 5, 0), value("step")],
    [
      "a fractional number of points",
      () => linspace(0, 1, 2.5),
      shape("linspace", [[2.5]], "whole"),
    ],
    ["oneHot of floats", () => oneHot(tensor([1])), value("int32", "float32")],
    ["a negative class", () => oneHot(int([-1])), index("oneHot", -1, 1)],
    ["a fractional number of classes", () => oneHot(int([0]), 2.5), value("2.5")],
  ],
  dimensions: [
    [
      "beyond the rank",
      () => zeros([2, 3]).transpose(0, 2),
      index("transpose", 2, 2, "from -2 to 1"),
    ],
    ["below the rank", () => zeros([2, 3]).softmax(-3), index("softmax", -3, 2, "from -2 to 1")],
    ["fractional", () => zeros([2, 3]).sum(0.5), index("sum", 0.5, 2, "0.5")],
    [
      "repeated in permute",
      () => zeros([2, 3]).permute([0, 0]),
      shape("permute", [[2, 3]], "2 dimensions once", "[0, 0]"),
    ],
    ["missing in permute", () => zeros([2, 3]).permute([1]), shape("permute", [[2, 3]], "[1]")],
    [
      "too many for t()",
      () => zeros([2, 3, 4]).t(),
      shape("t", [[2, 3, 4]], "2 dimensions", "[2, 3, 4]"),
    ],
    [
      "of a maximum over nothing",
      () => zeros([2, 0]).maxAlong(1),
      shape("maxAlong", [[2, 0]], "[2, 0]"),
    ],
    ["of the maximum of nothing", () => zeros([0]).max(), shape("max", [[0]], "[0]")],
    ["backwards in flatten", () => zeros([2, 3, 4]).flatten(2, 1), mistake("flatten")],
    ["twice in a sum", () => zeros([2, 3]).sum([0, -2]), mistake("sum")],
  ],
  shapes: [
    [
      "expand of a size that is not 1",
      () => zeros([2, 3]).expand([4, 3]),
      shapeOnly("[2, 3]", "[4, 3]"),
    ],
    ["expand to fewer dimensions", () => zeros([2, 3]).expand([3]), shapeOnly("[2, 3]", "[3]")],
    [
      "expand of a new dimension to -1",
      () => zeros([3]).expand([-1, 3]),
      shape("expand", [[3], [-1, 3]], "[-1, 3]"),
    ],
    [
      "expand to a negative size",
      () => zeros([1, 3]).expand([-2, 3]),
      shape(
        "expand",
        [
          [1, 3],
          [-2, 3],
        ],
        "[-2, 3]",
      ),
    ],
    [
      "expand to a fractional size",
      () => zeros([1]).expand([1.5]),
      shape("expand", [[1], [1.5]], "1.5"),
    ],
    [
      "two unknown sizes",
      () => zeros([4]).view([-1, -1]),
      shape("view", [[4], [-1, -1]], "[-1, -1]"),
    ],
    [
      "view to a fractional size",
      () => zeros([3]).view([1.5, 2]),
      shape("view", [[3], [1.5, 2]], "1.5"),
    ],
    ["matmul of a scalar", () => tensor(2).matmul(zeros([2])), shape("matmul", [[], [2]], "mul")],
    [
      "batches that do not broadcast",
      () => zeros([2, 3, 4]).matmul(zeros([3, 4, 5])),
      shape(
        "matmul",
        [
          [2, 3, 4],
          [3, 4, 5],
        ],
        "[2, 3, 4]",
        "[3, 4, 5]",
      ),
    ],
    [
      "a bias of another size",
      () => linear(zeros([2, 3]), zeros([3, 4]), zeros([3])),
      shape("linear", [[2, 3], [3, 4], [3]], "[2, 3] @ [3, 4] + [3]"),
    ],
    ["cat of nothing", () => cat([]), value("cat", "at least one")],
    [
      "cat of different ranks",
      () => cat([zeros([2, 2]), zeros([2])]),
      shape("cat", [[2, 2], [2]], "tensor 1", "[2]"),
    ],
    ["stack of different shapes", () => stack([zeros([2]), zeros([3])]), shapeOnly("tensor 1")],
    [
      "more dimensions than kernels have",
      () => zeros([2, 2, 2, 2, 2, 2, 2, 2, 2]).permute([8, 7, 6, 5, 4, 3, 2, 1, 0]).clone(),
      shapeOnly("at most 8 dimensions"),
    ],
    [
      "three-dimensional logits",
      () => crossEntropy(zeros([2, 3, 4]), zeros([2, 3], "int32")),
      shape(
        "crossEntropy",
        [
          [2, 3, 4],
          [2, 3],
        ],
        "[n, classes, d1, ...]",
      ),
    ],
  ],
  indices: [
    ["below the range", () => zeros([5]).index(-6), index("index", -6, 5, "size 5")],
    ["of floats", () => zeros([5]).index(tensor([0, 1])), value("int32", "float32")],
    ["a fraction", () => zeros([5]).index(1.5), mistake("1.5", /whole|integer/)],
    ["a slice from a fraction", () => zeros([5]).slice(0, 0.5), mistake("slice", "0.5")],
    ["a slice to NaN", () => zeros([5]).slice(0, 0, Number.NaN), mistake("slice")],
    [
      "a step of 0",
      () => zeros([5]).slice(0, 0, 5, 0),
      value("slice: step: expected a whole number of 1 or more", "got 0"),
    ],
    [
      "a negative step",
      () => zeros([5]).index([null, null, -1]),
      value("index: step: expected a whole number of 1 or more", "got -1"),
    ],
    ["too many", () => zeros([5]).index(0, 0), shape("index", [[5]], "2 indices", "1 dimension")],
    ["of a scalar", () => tensor(1).index(0), shapeOnly("index")],
    ["two times dots", () => zeros([5, 5]).index("...", "..."), value("...")],
    [
      "out of range in the second of two",
      () => zeros([5, 2]).index(int([0, 1]), int([0, 2])),
      index("index", 2, 2, "dimension 1"),
    ],
    [
      "that do not broadcast",
      () => zeros([5, 5]).index(int([0, 1]), int([0, 1, 2])),
      shape("index", [[2], [3]], "[2] and [3]"),
    ],
    [
      "out of range behind a slice",
      () => zeros([5, 2]).index(":", int([0, -3])),
      index("index", -3, 2, "dimension 1", "size 2"),
    ],
  ],
  "kinds of numbers": [
    [
      "matmul of integers",
      () => int([[1]]).matmul(int([[1]])),
      value("float32", "int32 and int32", "float()"),
    ],
    [
      "a bias of integers",
      () => linear(zeros([2, 3]), zeros([3, 4]), zeros([4], "int32")),
      value("linear", "int32"),
    ],
    [
      "targets of floats",
      () => crossEntropy(zeros([1, 2]), tensor([0])),
      value("int32", "float32"),
    ],
    ["a power of two numbers", () => pow(2, 3), value("two numbers", "**")],
    ["clamp without a limit", () => tensor([1]).clamp(), value("clamp", "min or max")],
    ["gelu of int32", () => int([1]).gelu(), value("gelu", "int32", "float()")],
    ["var of int32", () => int([1, 2]).var(), value("var", "int32", "float()")],
    ["std of int32", () => int([1, 2]).std(), value("std", "int32", "float()")],
    ["a sum beyond int32", () => int([2 ** 30, 2 ** 30]).sum(), value("sum", "2147483648")],
    ["an integer beyond int32", () => int([1]).add(2 ** 31), value("2147483648", "int32")],
    ["a tensor from an integer beyond int32", () => int([2 ** 31]), value("2147483648", "int32")],
    ["a range beyond int32", () => arange(2 ** 31, 2 ** 31 + 2), value("int32")],
  ],
  "in place": [
    [
      "a leaf that requires a gradient",
      () => parameter().add_(1),
      autograd("add_", "noGrad", ".data"),
    ],
    ["a view of one", () => parameter().index(0).mul_(2), autograd("mul_")],
    ["copy_ into one", () => parameter().copy_(zeros([2, 3])), autograd("copy_")],
    [
      "a larger shape into a smaller",
      () => zeros([3]).add_(zeros([2, 3])),
      shape("add_", [[3], [2, 3]], "[2, 3] does not broadcast", "[3]"),
    ],
    ["float32 into int32", () => zeros([2], "int32").add_(0.5), mistake("whole", "int32")],
    [
      "copy_ of another shape",
      () => zeros([2]).copy_(zeros([3])),
      shape("copy_", [[2], [3]], "[2]", "[3]"),
    ],
    [
      "copy_ of other numbers",
      () => zeros([2], "int32").copy_(tensor([1, NaN])),
      mistake("copy_", "int32"),
    ],
    [
      "windows that overlap, of whole numbers",
      () => windows(Int32Array.of(1, 2, 3, 4), 2).X.copy_(zeros([4, 2], "int32")),
      mistake("copy_", "share memory"),
    ],
    [
      "windows that overlap",
      () => asStrided(zeros([8]).storage, [5, 2], [1, 1], 0, "float32").mul_(2),
      mistake("mul_", "share memory"),
    ],
    [
      "a view that repeats elements",
      () => zeros([1, 3]).expand([2, 3]).add_(1),
      mistake("add_", "share memory"),
    ],
  ],
  gradients: [
    [
      "backward of many numbers",
      () => parameter().mul(2).backward(),
      autograd("single number", "[2, 3]"),
    ],
    [
      "a gradient of another shape",
      () =>
        parameter()
          .mul(2)
          .backward(zeros([3])),
      shape("backward", [[2, 3], [3]], "[2, 3]", "[3]"),
    ],
    [
      "a gradient of integers",
      () =>
        parameter()
          .mul(2)
          .backward(zeros([2, 3], "int32")),
      mistake("float32", "int32"),
    ],
    [
      "backward without parameters",
      () => noGrad(() => parameter().sum()).backward(),
      autograd("requiresGrad"),
    ],
    [
      "backward after release",
      () => {
        const y = parameter().sum();
        y.backward();
        y.backward();
      },
      autograd("released", "retainGraph"),
    ],
    [
      "int32 that requires one",
      () => {
        int([1]).requiresGrad = true;
      },
      autograd("float32", "int32"),
    ],
    [
      "requiresGrad of a result",
      () => {
        parameter().mul(2).requiresGrad = true;
      },
      autograd("leaf", "detach"),
    ],
  ],
};

describe.each(["native", "wasm", "reference"] as const)("on the %s backend", (backend) => {
  it.each(pytorch.map((row, i) => [i, ...row] as const))("%i: %s", (_, __, body, expected) => {
    setBackend(backend);
    expectError(body, expected);
  });

  describe.each(Object.entries(more))("%s:", (_, list) => {
    it.each(list)("%s", (_, body, expected) => {
      setBackend(backend);
      expectError(body, expected);
    });
  });

  // What no type checker lets through.
  const any = <T>(x: unknown) => x as T;
  it.each<[string, () => unknown, Expected]>([
    [
      "zeros beyond 2^31 - 1 elements",
      () => zeros([2 ** 16, 2 ** 15]),
      shape("zeros", [[65536, 32768]], "2^31 - 1"),
    ],
    [
      "zeros beyond it beside a size of 0",
      () => zeros([0, 2 ** 31]),
      shape("zeros", [[0, 2 ** 31]], "2^31 - 1"),
    ],
    ["arange beyond it", () => arange(2 ** 31), shape("arange", [[2 ** 31]], "2^31 - 1")],
    ["expand beyond it", () => zeros([1]).expand([2 ** 16, 2 ** 15]), shapeOnly("2^31 - 1")],
    [
      "broadcast beyond it",
      () =>
        zeros([1, 1])
          .expand([2 ** 16, 1])
          .add(zeros([1]).expand([2 ** 15])),
      shape("add", [[65536, 32768]], "2^31 - 1"),
    ],
    ["a shape of symbols", () => zeros([any<number>(Symbol("s"))]), shapeOnly("Symbol(s)")],
    [
      "a shape that is a typed array",
      () => zeros(any<number[]>(Int32Array.of(2))),
      shapeOnly("an array of sizes"),
    ],
    [
      "a list that holds itself",
      () => {
        const list: never[] = [];
        list.push(list as never);
        return tensor(list);
      },
      shapeOnly("64"),
    ],
    [
      "a string as an operand",
      () => zeros([2]).add(any<number>("3")),
      value("a tensor or a number", '"3"'),
    ],
    [
      "null beside a tensor of integers",
      () => int([[1]]).matmul(any<Tensor>(null)),
      value("matmul: expected a tensor, got null"),
    ],
    [
      "a list that holds a number",
      () => cat([ones([1]), any<Tensor>(2)]),
      value("tensors[1]", "2"),
    ],
    [
      "a symbol as a dimension",
      () => zeros([2]).sum(any<number>(Symbol.iterator)),
      value("a dimension"),
    ],
    ["a bigint among dimensions", () => zeros([2]).sum([any<number>(1n)]), mistake("1")],
    [
      "null as options",
      () => zeros([2]).sum(0, any<{ keepdim: boolean }>(null)),
      value("sum", "null"),
    ],
    [
      "null as a reduction's options",
      () => crossEntropy(zeros([1, 2]), int([0]), any<object>(null)),
      value("null"),
    ],
    [
      "a tensor made by its constructor",
      () => new Tensor(zeros([4]).storage, any<Layout>([4]), 0, "float32"),
      value("Tensor", "zeros()", "an array"),
    ],
    [
      "a tensor over a place that only looks like one",
      () => new Tensor(zeros([4]).storage, any<Layout>({ ...layout(zeros([100])) }), 0, "float32"),
      value("Tensor", "zeros()", "an object"),
    ],
    [
      "a gradient of another shape",
      () => {
        zeros([2]).grad = zeros([3]);
      },
      shape("grad", [[2], [3]], "float32 [2]", "float32 [3]"),
    ],
    [
      "a gradient that is a number",
      () => {
        zeros([2]).grad = any<Tensor>(1);
      },
      value("a tensor", "1"),
    ],
    [
      "requiresGrad of 1",
      () => {
        zeros([2]).requiresGrad = any<boolean>(1);
      },
      value("true or false", "1"),
    ],
    ["noGrad of a number", () => noGrad(any<() => void>(1)), value("a function")],
    ["threads that are text", () => setThreads(any<number>("x")), value("setThreads", '"x"')],
    [
      "an unknown backend",
      () => setBackend(any<"native">(1n)),
      mistake("native, wasm or reference", "1"),
    ],
  ])("refuses %s", (_, body, expected) => {
    setBackend(backend);
    expectError(body, expected);
  });

  it("operands that were left out are refused", () => {
    setBackend(backend);
    const left = any<Tensor>(undefined);
    expect(() => ones([2]).sub(left)).toThrow("sub: expected a tensor or a number, got undefined");
    expect(() => linear(ones([1, 2]), ones([2, 3]), left)).toThrow(
      "linear: expected a tensor, got",
    );
  });

  it("takes the caller's sizes once", () => {
    setBackend(backend);
    let reads = 0;
    const sizes = [2];
    Object.defineProperty(sizes, 0, { get: () => (++reads === 1 ? 2 : 2 ** 40), enumerable: true });
    expect(zeros(sizes).shape).toEqual([2]);
  });

  it("an index out of range changes nothing", () => {
    setBackend(backend);
    const C = parameter();
    expect(() =>
      C.index(int([0, 2]))
        .sum()
        .backward(),
    ).toThrow(IndexError);
    expect(C.grad).toBeNull();
    expect(C.toArray()).toEqual([
      [1, 1, 1],
      [1, 1, 1],
    ]);
  });

  it("an error inside noGrad leaves recording on", () => {
    setBackend(backend);
    expect(() => noGrad(() => zeros([2]).item())).toThrow(ShapeError);
    expect(parameter().sum().requiresGrad).toBe(true);
  });
});
