/** In a recorded step what cannot be replayed is refused by the name that the user called. */
import { expect, it } from "vitest";
import {
  allclose,
  arange,
  compile,
  CompileError,
  equal,
  full,
  Generator,
  linspace,
  multinomial,
  oneHot,
  ones,
  rand,
  randint,
  randn,
  randperm,
  tensor,
  zeros,
} from "../../lib/index.js";

const x = tensor([
  [1, 2],
  [3, 4],
]);
const n = tensor([1, 0], { dtype: "int32" });
const generator = new Generator(1);

const calls: Record<string, () => unknown> = {
  item: () => x.sum().item(),
  toTypedArray: () => x.toTypedArray(),
  toArray: () => x.toArray(),
  toJSON: () => JSON.stringify(x),
  toString: () => String(x),
  eq: () => x.eq(1),
  ne: () => x.ne(x),
  lt: () => x.lt(0),
  le: () => x.le(0),
  gt: () => x.gt(0),
  ge: () => x.ge(0),
  all: () => x.all(),
  any: () => x.any(),
  equal: () => equal(x, x),
  allclose: () => allclose(x, x),
  add: () => n.add(1),
  sub: () => n.sub(n),
  mul: () => n.mul(2),
  neg: () => n.neg(),
  int: () => x.int(),
  sum: () => n.sum(),
  maxAlong: () => n.maxAlong(0),
  max: () => n.max(),
  argmax: () => n.argmax(),
  index: () => x.index(n, n),
  indexPut_: () => x.clone().indexPut_([0], 1),
  oneHot: () => oneHot(n),
  tensor: () => tensor([1]),
  zeros: () => zeros([2]),
  ones: () => ones([2]),
  full: () => full([2], 1),
  arange: () => arange(3),
  linspace: () => linspace(0, 1, 3),
  rand: () => rand([2], { generator }),
  randn: () => randn([2], { generator }),
  randint: () => randint(0, 2, [2], { generator }),
  randperm: () => randperm(3, { generator }),
  multinomial: () => multinomial(x, 1, { generator }),
  random_: () => n.random_(0, 2, { generator }),
};

it.each(Object.entries(calls))("%s", (name, call) => {
  const before = generator.getState();
  const step = compile(() => {
    call();
    return x.sum();
  });
  let message = "";
  try {
    step.run(1);
  } catch (error) {
    expect(error).toBeInstanceOf(CompileError);
    ({ message } = error as Error);
  }
  expect(message.split(":")[0]).toBe(name);
  expect(message).toContain("a recorded step cannot read or make numbers in JavaScript");
  expect(generator.getState()).toEqual(before);
});
