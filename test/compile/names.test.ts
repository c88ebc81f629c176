/** In a recorded step what cannot be replayed is refused by the name that the user called. */
import { expect, it } from "vitest";
import {
  allclose,
  compile,
  CompileError,
  equal,
  Generator,
  multinomial,
  oneHot,
  rand,
  randint,
  randn,
  randperm,
  tensor,
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
  all: () => x.all(),
  any: () => x.any(),
  equal: () => equal(x, x),
  allclose: () => allclose(x, x),
  int: () => x.int(),
  copy_: () => n.copy_(x.index(0)),
  sum: () => n.sum(),
  maxAlong: () => n.maxAlong(0),
  max: () => n.max(),
  argmax: () => n.argmax(),
  index: () => x.index(x.gt(1)),
  indexPut_: () => x.clone().indexPut_([0], 1),
  oneHot: () => oneHot(n),
  tensor: () => tensor([1]),
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
