/**
 * Fused commands give the bits of those they stand for, and only what nobody else needs is fused.
 */
import { expect, it } from "vitest";
import { Generator, randn, zeros } from "../../lib/index.js";
import { makePlan } from "../../lib/backend/index.js";
import type { Gemm } from "../../lib/backend/kernels.js";
import type { Command } from "../../lib/backend/plan.js";
import type { Storage } from "../../lib/backend/storage.js";
import { LECTURE, NetworkStep } from "../../lib/bench/network.js";
import { fuse } from "../../lib/compile/fuse.js";
import { madeBy } from "../../lib/compile/ownership.js";

const kernelsOf = (commands: readonly Command[]) =>
  commands.map(({ kernel, args }) => (kernel === "binary" ? args.op : kernel));

it("finds in the lecture's step tanh's gradient and the product with one", () => {
  const step = new NetworkStep(LECTURE, 8);
  step.record();
  const [first, second] = [step.record(), step.record()];
  const before = kernelsOf(second.commands);
  const after = kernelsOf(fuse(second.commands, madeBy(first, second).temporaries));
  expect(before.filter((name) => !after.includes(name))).toEqual(["mul", "tanhBackward"]);
  expect(after).toHaveLength(before.length - 2);
});

const [M, N, K] = [9, 37, 700]; // a product with more than one block of k
const SIZE = M * N;
const ALONG = { shape: [SIZE], aStrides: [1], outStrides: [1] };

/** a @ b, then times tanh's derivative at y, then times one. */
function program() {
  const generator = new Generator(1);
  const [a, b, y] = [
    randn([M, K], { generator }),
    randn([K, N], { generator }),
    randn([M, N], { generator }).tanh(),
  ];
  const [product, gradient, one, result] = [
    zeros([M, N]),
    zeros([M, N]),
    zeros([1]),
    zeros([M, N]),
  ];
  const gemm: Gemm = {
    m: M,
    n: N,
    k: K,
    a,
    aRow: K,
    aCol: 1,
    b,
    bRow: N,
    bCol: 1,
    bias: null,
    out: product,
    outRow: N,
    activation: "none",
    y: null,
  };
  const commands: Command[] = [
    { kernel: "gemm", args: gemm },
    {
      kernel: "binary",
      args: { ...ALONG, op: "tanhBackward", a: product, b: y, bStrides: [1], out: gradient },
    },
    { kernel: "fill", args: { n: 1, value: 1, out: one } },
    {
      kernel: "binary",
      args: { ...ALONG, op: "mul", a: gradient, b: one, bStrides: [0], out: result },
    },
    // a: what a reader sees of it
    { kernel: "unary", args: { ...ALONG, op: "neg", a: result, out: a } },
  ];
  return { commands, gemm, a, b, y, product, gradient, one, result };
}
const storages = (...tensors: readonly { storage: Storage }[]) =>
  new Set(tensors.map(({ storage }) => storage));
const NONE = new Int32Array(0);

it("leaves the bits as they are", () => {
  const [plain, fused] = [program(), program()];
  const own = storages(fused.product, fused.gradient, fused.one, fused.result);
  const commands = fuse(fused.commands, own);
  expect(kernelsOf(commands)).toEqual(["gemm", "fill", "unary"]);
  makePlan(plain.commands, [], []).run(1, NONE, NONE);
  makePlan(commands, [], []).run(1, NONE, NONE);
  expect([...fused.a.toTypedArray()]).toEqual([...plain.a.toTypedArray()]);
});

const unlike: [
  string,
  (p: ReturnType<typeof program>) => { commands?: Command[]; own?: Set<Storage> },
][] = [
  ["the product is kept", (p) => ({ own: storages(p.gradient, p.one) })],
  ["the gradient is kept", (p) => ({ own: storages(p.product, p.one) })],
  [
    "the product is read twice",
    (p) => ({
      commands: [
        ...p.commands,
        { kernel: "unary", args: { ...ALONG, op: "neg", a: p.product, out: p.b } },
      ],
    }),
  ],
  [
    "y changes in between",
    (p) => ({
      commands: [
        p.commands[0],
        { kernel: "fill", args: { n: 3, value: 7, out: p.y } },
        ...p.commands.slice(1),
      ],
    }),
  ],
  [
    "the result's memory is used before",
    (p) => ({
      commands: [
        p.commands[0],
        { kernel: "unary", args: { ...ALONG, op: "neg", a: p.gradient, out: p.b } },
        ...p.commands.slice(1),
      ],
    }),
  ],
  [
    "the product has a bias",
    (p) => ({
      commands: [{ kernel: "gemm", args: { ...p.gemm, bias: p.b } }, ...p.commands.slice(1)],
    }),
  ],
];
it.each(unlike)("does not fuse tanh's gradient where %s", (_, change) => {
  const p = program();
  const { commands = p.commands, own = storages(p.product, p.gradient, p.one) } = change(p);
  expect(kernelsOf(fuse(commands, own))).toContain("tanhBackward");
});

it.each<[string, (p: ReturnType<typeof program>) => Command[]]>([
  [
    "the factor is not one",
    (p) =>
      p.commands.map((c) =>
        c.kernel === "fill" ? { kernel: "fill", args: { n: 1, value: 2, out: p.one } } : c,
      ),
  ],
  [
    "the factor changes",
    (p) => [...p.commands, { kernel: "fill", args: { n: 1, value: 2, out: p.one } }],
  ],
  [
    "what it multiplies changes later",
    (p) => [...p.commands, { kernel: "fill", args: { n: 1, value: 2, out: p.gradient } }],
  ],
  [
    "its result is written twice",
    (p) => [...p.commands, { kernel: "fill", args: { n: 1, value: 2, out: p.result } }],
  ],
])("does not leave out a product with one where %s", (_, change) => {
  const p = program();
  expect(kernelsOf(fuse(change(p), storages(p.product, p.gradient, p.one, p.result)))).toContain(
    "mul",
  );
});
