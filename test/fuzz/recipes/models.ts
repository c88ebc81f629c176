/** Good arguments for what lib/models and lib/optim export. */
import {
  AdamW,
  Bigram,
  ClassNgram,
  countBigram,
  DeletedInterpolation,
  GradientClip,
  KneserNey,
  type LanguageModel,
  MLP,
  Mixture,
  NgramCounts,
  NPLM,
  type Optimizer,
  SGD,
  type Tensor,
} from "../../../lib/index.js";
import type { Draw } from "../draw.js";
import { batch } from "./data.js";
import type { Recipes } from "./index.js";
import { moduleMethods } from "./nn.js";
import { seeded } from "./random.js";
import { floats, ids } from "./tensors.js";

const V = 6;
const shape = (d: Draw, blockSize = 2) => ({
  vocabularySize: V,
  blockSize,
  embedding: d.whole(1, 3),
  hidden: d.whole(1, 4),
});
const mlp = (d: Draw): MLP => MLP.create(shape(d), seeded(d));
const nplmShape = (d: Draw) => {
  const s = shape(d);
  const direct = d.chance(0.5);
  return {
    ...s,
    hidden: direct && d.chance(0.3) ? 0 : s.hidden,
    direct,
    tied: !direct && d.chance(0.3),
  };
};
const nplm = (d: Draw): NPLM => NPLM.create(nplmShape(d), seeded(d));
const bigram = (d: Draw): Bigram => new Bigram(floats(d, [V, V]).detach());
const counts = (d: Draw, order = d.whole(1, 3)): NgramCounts =>
  NgramCounts.of(batch(d, V, 3), order, V);
const counted = (d: Draw): LanguageModel =>
  d.pick([
    () => new KneserNey(counts(d), d.chance(0.3)),
    () => DeletedInterpolation.fit(batch(d, V, 2), batch(d, V, 2), V),
    () => ClassNgram.fit(batch(d, V, 2), 2, V, 3),
    () => countBigram(batch(d, V, 1), V),
  ])();
const trained = (d: Draw): LanguageModel => d.pick([mlp, nplm])(d);
/** Any model over V tokens. */
export const model = (d: Draw): LanguageModel => (d.chance(0.6) ? trained(d) : counted(d));
export const seen = (d: Draw, m: LanguageModel) => batch(d, V, m.blockSize);

const forward = (make: (d: Draw) => LanguageModel) => (d: Draw) => {
  const m = make(d);
  const { X } = seen(d, m);
  return [m, X];
};
const loss = (make: (d: Draw) => LanguageModel) => (d: Draw) => {
  const m = make(d);
  const { X, Y } = seen(d, m);
  return [m, X, Y, { reduction: d.pick(["mean", "sum", "none"]) }];
};
const mixture = (d: Draw): Mixture => new Mixture([model(d), model(d)], [d.unit()]);

const parameters = (d: Draw): Tensor[] =>
  d.list(d.whole(1, 3), () => {
    const p = floats(d, [2, 3]).detach().clone();
    p.requiresGrad = true;
    if (d.chance(0.8)) p.grad = floats(d, [2, 3]).detach().clone();
    return p;
  });
const adamw = (d: Draw) => new AdamW(parameters(d), { lr: 0.1 });
const sgd = (d: Draw) => new SGD(parameters(d), d.chance(0.5) ? 0.1 : { lr: 0.1, momentum: 0.9 });
const stepping = <C extends string>(name: C, make: (d: Draw) => Optimizer) =>
  Object.fromEntries(
    ["step", "update", "prepare", "zeroGrad"].map((method) => [
      `${name}.${method}`,
      (d: Draw) => [make(d)],
    ]),
  ) as Record<`${C}.${"step" | "update" | "prepare" | "zeroGrad"}`, (d: Draw) => unknown[]>;

export const models = {
  Bigram: (d) => [floats(d, [V, V]).detach()],
  "Bigram.forward": forward(bigram),
  "Bigram.create": (d) => [V, seeded(d)],
  ...moduleMethods("Bigram", bigram),
  countBigram: (d) => [batch(d, V, 1), V, d.pick([undefined, 1, 0.5])],
  MLP: (d) => [mlp(d).namedParameters()],
  ...moduleMethods("MLP", mlp),
  "MLP.shapes": (d) => [shape(d)],
  "MLP.create": (d) => [shape(d), seeded(d), d.pick([undefined, "normal", "kaiming"])],
  "MLP.forward": forward(mlp),
  "MLP.loss": loss(mlp),
  NPLM: (d) => {
    const m = nplm(d);
    return [m.namedParameters(), m.shape];
  },
  ...moduleMethods("NPLM", nplm),
  "NPLM.shapes": (d) => [nplmShape(d)],
  "NPLM.create": (d) => [nplmShape(d), seeded(d), d.chance(0.3) ? new Float32Array(V) : undefined],
  "NPLM.forward": forward(nplm),
  "NPLM.loss": loss(nplm),
  unigramBias: (d) => [ids(d, [9], V), V],
  Mixture: (d) => [
    [model(d), model(d)],
    [d.unit()],
    d.pick([undefined, (X: Tensor) => new Int32Array(X.shape[0])]),
  ],
  "Mixture.fit": (d) => [
    [model(d), model(d)],
    batch(d, V, 3),
    d.chance(0.5) ? batch(d, V, 3) : undefined,
  ],
  "Mixture.stateDict": (d) => [mixture(d)],
  "Mixture.forward": forward(mixture),
  "Mixture.loss": loss(mixture),
  "NgramCounts.of": (d) => [batch(d, V, 3), d.whole(1, 3), V, d.pick([undefined, 0])],
  "NgramCounts.fromTensors": (d) => [counts(d).toTensors(), V, d.pick([undefined, 0])],
  "NgramCounts.toTensors": (d) => [counts(d)],
  exchangeClasses: (d) => [batch(d, V, 1), V, d.whole(1, 4)],
  ClassNgram: (d) => {
    const {
      ngrams,
      counts: n,
      classes,
      words,
    } = ClassNgram.fit(batch(d, V, 2), 2, V, 3).stateDict();
    return [NgramCounts.fromTensors({ ngrams, counts: n }, 3), classes, words];
  },
  "ClassNgram.fit": (d) => [batch(d, V, 2), d.whole(1, 3), V, d.whole(1, 4)],
  "ClassNgram.stateDict": (d) => [ClassNgram.fit(batch(d, V, 2), 2, V, 3)],
  "ClassNgram.forward": forward((d) => ClassNgram.fit(batch(d, V, 2), 2, V, 3)),
  "ClassNgram.loss": loss((d) => ClassNgram.fit(batch(d, V, 2), 2, V, 3)),
  DeletedInterpolation: (d) => {
    const p = DeletedInterpolation.fit(batch(d, V, 2), batch(d, V, 2), V).stateDict();
    return [NgramCounts.fromTensors(p, V), p.weights];
  },
  "DeletedInterpolation.fit": (d) => [batch(d, V, 2), batch(d, V, 2), V],
  "DeletedInterpolation.stateDict": (d) => [
    DeletedInterpolation.fit(batch(d, V, 2), batch(d, V, 2), V),
  ],
  "DeletedInterpolation.forward": forward((d) =>
    DeletedInterpolation.fit(batch(d, V, 2), batch(d, V, 2), V),
  ),
  "DeletedInterpolation.loss": loss((d) =>
    DeletedInterpolation.fit(batch(d, V, 2), batch(d, V, 2), V),
  ),
  KneserNey: (d) => [counts(d), d.chance(0.5)],
  "KneserNey.stateDict": (d) => [new KneserNey(counts(d))],
  "KneserNey.forward": forward((d) => new KneserNey(counts(d))),
  "KneserNey.loss": loss((d) => new KneserNey(counts(d))),
  countParameters: (d) => [model(d)],
  lossOf: loss(model),

  AdamW: (d) => [
    parameters(d),
    { lr: 0.1, betas: [0.9, 0.99], eps: 1e-8, weightDecay: 0.1, undecayed: [] },
  ],
  SGD: (d) => [
    parameters(d),
    d.chance(0.5)
      ? 0.1
      : { lr: 0.1, momentum: 0.9, dampening: 0, weightDecay: 0.1, nesterov: true, undecayed: [] },
  ],
  ...stepping("AdamW", adamw),
  ...stepping("SGD", sgd),
  ...stepping("Optimizer", (d) => (d.chance(0.5) ? adamw(d) : sgd(d))),
  "SGD.lr=": (d) => {
    const o = sgd(d);
    return [o, d.unit()];
  },
  clipGradNorm: (d) => [parameters(d), d.unit() + 0.1],
  GradientClip: (d) => [parameters(d), d.unit() + 0.1],
  "GradientClip.apply": (d) => [new GradientClip(parameters(d), 1)],
} satisfies Recipes;
