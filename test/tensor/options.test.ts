/** Options: every key is known, or refused; nothing that was asked for is ignored. */
import { describe, expect, it } from "vitest";
import {
  AdamW,
  allclose,
  compile,
  crossEntropy,
  Generator,
  kaimingNormal,
  linearCrossEntropy,
  multinomial,
  ones,
  rand,
  randint,
  randn,
  randperm,
  SGD,
  tensor,
  ValueError,
  zeros,
} from "../../lib/index.js";

const x = tensor([
  [1, 2],
  [3, 4],
]);
const targets = tensor([0, 1], { dtype: "int32" });
const parameters = [zeros([2])];
const g = new Generator(1);

/** Each operation with an options object, by what its messages begin with. */
const operations: Record<string, (options: never) => unknown> = {
  tensor: (o) => tensor([1], o),
  rand: (o) => rand([2], o),
  randn: (o) => randn([2], o),
  randint: (o) => randint(0, 2, [2], o),
  randperm: (o) => randperm(3, o),
  multinomial: (o) => multinomial(ones([2]), 1, o),
  random_: (o) => zeros([2], "int32").random_(0, 2, o),
  indexPut_: (o) => zeros([2]).indexPut_([0], 1, o),
  sum: (o) => x.sum(0, o),
  mean: (o) => x.mean(0, o),
  maxAlong: (o) => x.maxAlong(0, o),
  argmax: (o) => x.argmax(0, o),
  allclose: (o) => allclose(x, x, o),
  crossEntropy: (o) => crossEntropy(x, targets, o),
  linearCrossEntropy: (o) => linearCrossEntropy(x, x, zeros([2]), targets, o),
  backward: (o) => {
    const w = ones([1]);
    w.requiresGrad = true;
    w.mul(2).backward(undefined, o);
  },
  compile: (o) => compile(() => x.sum(), o),
  SGD: (o) => new SGD(parameters, o),
  AdamW: (o) => new AdamW(parameters, o),
  kaimingNormal: (o) => kaimingNormal(new Float32Array(4), [2, 2], g, o),
};

describe.each(Object.entries(operations))("%s", (name, call) => {
  it.each<[string, unknown]>([
    ["an unknown key", { size_average: true }],
    ["an unknown key without a value", { size_average: undefined }],
    ["a bare Generator", new Generator(1)],
    ["a tensor", x],
    ["a list", []],
    ["null", null],
    ["true", true],
  ])("refuses %s", (_, options) => {
    const refused = () => call(options as never);
    expect(refused).toThrow(ValueError);
    expect(refused).toThrow(`${name}: options: `);
  });
});

it("says which keys there are", () => {
  expect(() => crossEntropy(x, targets, { label: 0.1 } as never)).toThrow(
    'crossEntropy: options: unknown option "label"; there are reduction, ignoreIndex, labelSmoothing, weight',
  );
  expect(() => randn([2], g as never)).toThrow(
    "randn: options: expected an object { generator }, got one of class Generator",
  );
});

it("refuses values of another kind by the option's name", () => {
  expect(() => x.sum(0, { keepdim: 1 } as never)).toThrow("sum: keepdim: expected true or false");
  expect(() => crossEntropy(x, targets, { reduction: "max" } as never)).toThrow(
    'crossEntropy: reduction: expected mean, sum or none, got "max"',
  );
  expect(() => new AdamW(parameters, { betas: [0.9, 1] })).toThrow("AdamW: betas");
  expect(() =>
    kaimingNormal(new Float32Array(4), [2, 2], g, { nonlinearity: "x" } as never),
  ).toThrow(/^kaimingNormal: nonlinearity: /);
});

it("takes keepdims for keepdim, but not both", () => {
  expect(x.sum(1, { keepdims: true }).shape).toEqual([2, 1]);
  expect(x.mean(1, { keepdims: false }).shape).toEqual([2]);
  expect(x.argmax(undefined, { keepdims: true }).shape).toEqual([1, 1]);
  expect(x.maxAlong(0, { keepdims: true }).values.shape).toEqual([1, 2]);
  expect(() => x.sum(1, { keepdim: true, keepdims: true })).toThrow("got both");
});

it("takes undefined for left out, and objects without a prototype", () => {
  expect(x.sum(1, { keepdim: undefined }).shape).toEqual([2]);
  const bare = Object.assign(Object.create(null) as object, { keepdim: true });
  expect(x.sum(1, bare).shape).toEqual([2, 1]);
});
