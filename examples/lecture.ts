/**
 * # The lecture, cell by cell
 *
 * "Building makemore Part 2: MLP" (A. Karpathy), in its order, with its digits.
 *
 *     npx tsx examples/lecture.ts [names.txt] [--scale 1] [--out runs/lecture]
 *
 * Without a file it runs on the shipped list of names, whose first words are the lecture's. With
 * the lecture's own names.txt the numbers are PyTorch's: to 1e-6 while rounding does not yet decide
 * where training goes, after 200,000 steps to 0.01. Takes about 40 s and 1 GB; `--scale 0.01` does
 * a hundredth of the steps of the long trainings (sections 13 to 18) and nothing else differently.
 * The pictures (find-lr.svg, loss-h300.svg, embedding.svg, loss.svg) go to the folder `--out`.
 *
 * Where a line differs from the lecture's notebook, docs/pytorch.md says why.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  arange,
  cat,
  crossEntropy,
  defaultCorpus,
  embeddingChart,
  equal,
  Generator,
  learningRateChart,
  linspace,
  lossChart,
  manualSeed,
  multinomial,
  noGrad,
  oneHot,
  pow,
  PythonRandom,
  randint,
  randn,
  readWords,
  softmax,
  type Tensor,
  tensor,
  UsageError,
} from "../lib/index.js";

// Options of the command line; a notebook has none, there the defaults can be changed here.

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scale: { type: "string", default: "1" },
    out: { type: "string", default: "runs/lecture" },
  },
});
const scale = Number(options.scale);
if (!(scale > 0))
  throw new UsageError(`--scale: expected a number above 0, got "${options.scale}"`);

const print = console.log;
const section = (title: string) => print(`\n## ${title}\n`);
/** Even: the learning rate changes halfway. */
const scaled = (steps: number) => 2 * Math.max(1, Math.round((steps * scale) / 2));
/** torch.tensor of whole numbers. */
const int = (value: number | number[]) => tensor(value, { dtype: "int32" });
function draw(name: string, svg: string) {
  mkdirSync(options.out, { recursive: true });
  writeFileSync(join(options.out, name), svg);
  print(`drawn: ${join(options.out, name)}`);
}

section("1. Words and vocabulary");
const words = readWords(positionals[0] ?? defaultCorpus());
print(words.slice(0, 8));
print(`${words.length} words`);

// The characters that occur are numbered from 1; 0 is the dot, which begins and
// ends every word.

const chars = [...new Set(words.join(""))].sort();
const stoi = Object.fromEntries([".", ...chars].map((s, i) => [s, i]));
const itos = [".", ...chars];
print(Object.fromEntries(itos.entries()));
const V = itos.length; // 27 in the lecture

section("2. The dataset");
// What the network sees: the last three characters, and the one that comes next.

function buildDataset(words: string[], blockSize = 3, show = false): { X: Tensor; Y: Tensor } {
  const [X, Y]: number[][] = [[], []];
  for (const w of words) {
    if (show) print(w);
    let context = new Array<number>(blockSize).fill(0);
    for (const ch of `${w}.`) {
      const ix = stoi[ch];
      X.push(...context);
      Y.push(ix);
      if (show) print(`${context.map((i) => itos[i]).join("")} ---> ${itos[ix]}`);
      context = [...context.slice(1), ix]; // crop and append
    }
  }
  return { X: tensor(X, { dtype: "int32", shape: [Y.length, blockSize] }), Y: int(Y) };
}

for (const blockSize of [4, 5, 10]) {
  print(`block size ${blockSize}`);
  print(buildDataset(words.slice(0, 1), blockSize, true).X.shape);
}

print("block size 3");
const { X, Y } = buildDataset(words.slice(0, 5), 3, true);
print(X.shape, X.dtype, Y.shape, Y.dtype);
print(X);
print(Y);

section("3. Embedding one integer");
// Each of the characters gets two numbers, which training will move.

const g = new Generator(2147483647); // for reproducibility
const C = randn([V, 2], { generator: g });
print(C);

// Row 5 of C, and the same as a product with a one-hot vector.

print("C[5]                  ", C.index(5));
try {
  oneHot(int(5), V).matmul(C);
} catch (error) {
  print((error as Error).message); // the lecture meets this one, too
}
print("one_hot(5).float() @ C", oneHot(int(5), V).float().matmul(C));
print("equal:", equal(oneHot(int(5), V).float().matmul(C), C.index(5)));

section("4. Embedding many integers");
// Indexing takes lists, and tensors of any shape.

print(C.index(int([5, 6, 7]))); // C[[5, 6, 7]]: here a list [a, b] is the slice a:b
print(C.index(int([5, 6, 7, 7, 7, 7])));
print(C.index(X).shape);
print("X[13, 2]   ", X.index(13, 2).item());
print("C[X][13, 2]", C.index(X).index(13, 2));
print("C[1]       ", C.index(1), "equal:", equal(C.index(X).index(13, 2), C.index(1)));
const emb = C.index(X);
print("emb.shape  ", emb.shape);

section("5. The hidden layer: three ways to put three embeddings side by side");
// The weights of 100 neurons expect one row of 6 numbers, not 3 rows of 2.

const W1 = randn([6, 100], { generator: g });
const b1 = randn([100], { generator: g });
try {
  emb.matmul(W1);
} catch (error) {
  print((error as Error).message);
}

const slices = cat([emb.index(":", 0, ":"), emb.index(":", 1, ":"), emb.index(":", 2, ":")], 1);
const unbound = cat(emb.unbind(1), 1); // for any block size
const viewed = emb.view([emb.shape[0], 6]); // for free
print("cat of slices", slices.shape, " cat of unbind", unbound.shape, " view", viewed.shape);
print("all equal:", slices.eq(viewed).all() && unbound.eq(viewed).all());
print(
  "same storage as emb: view",
  viewed.storage === emb.storage,
  " cat",
  slices.storage === emb.storage,
);

// A view is the same numbers in another shape: nothing is copied.

const a = arange(18);
print("a", a);
print("a.view(2, 9)", a.view([2, 9]));
print("a.view(9, 2)", a.view([9, 2]));
print("a.view(3, 3, 2)", a.view([3, 3, 2]));

const f = a.float();
const [v, c] = [f.view([3, 6]), cat([f.view([3, 6])])];
f.index(0).copy_(tensor(100));
print("after a[0] = 100: view", v.index(0, 0).item(), " cat", c.index(0, 0).item());

const h = emb.view([-1, 6]).matmul(W1).add(b1).tanh(); // -1: PyTorch works it out
print(h);
print(
  `[${emb.view([-1, 6]).matmul(W1).shape}] + [${b1.shape}] -> [${h.shape}]: b1 becomes a row ` +
    "[1, 100], added to all rows",
);

section("6. The output layer and the loss by hand");
const W2 = randn([100, V], { generator: g });
const b2 = randn([V], { generator: g });
const logits = h.matmul(W2).add(b2);
print("logits.shape", logits.shape);

// Softmax: counts that are never negative, divided by their sum.

const counts = logits.exp();
const prob = counts.div(counts.sum(1, { keepdim: true }));
print("prob.shape", prob.shape);
print("prob[0].sum()", prob.index(0).sum());
print("rows sum to 1:", prob.sum(1).allclose(tensor(1)));

// What the network gives to the characters that really come next, and the loss: the mean of
// their negative logarithms.

print(prob.index(arange(Y.numel), Y));
const loss = prob.index(arange(Y.numel), Y).log().mean().neg();
print("loss", loss.item());

section("7. The same by cross-entropy, and why to prefer it");
print("loss", crossEntropy(logits, Y).item());

// By hand it overflows where logits are large; crossEntropy subtracts the largest first.

const example = [-2, 3, -3, 0, 5];
for (const [what, numbers] of Object.entries({
  "the lecture's logits": example,
  "the first at -100": example.with(0, -100), // exp is 0 or nearly: fine
  "the last at +100": example.with(4, 100), // exp overflows
  // What crossEntropy does: subtract the maximum.
  "the last at +100, all - 100": example.with(4, 100).map((x) => x - 100),
  "all + 10": example.map((x) => x + 10), // any constant: the same probabilities
  "all + 1000": example.map((x) => x + 1000), // in principle; by hand it overflows
})) {
  const logits = tensor(numbers);
  const counts = logits.exp();
  print(what);
  print("  counts      ", counts);
  print("  by hand     ", counts.div(counts.sum()));
  print("  softmax     ", softmax(logits, 0));
  print(
    "  crossEntropy",
    [0, 1, 2, 3, 4].map((target) => crossEntropy(logits, int(target)).item()),
  );
}

section("8. The backward pass and the update");
type Parameters = [C: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor];
const parameters: Parameters = [C, W1, b1, W2, b2];
const size = (parameters: Parameters) => parameters.reduce((n, p) => n + p.numel, 0);
print(`${size(parameters)} parameters`);
for (const p of parameters) p.requiresGrad = true;

function forward([C, W1, b1, W2, b2]: Parameters, X: Tensor): Tensor {
  const emb = C.index(X); // (n, 3, E)
  const h = emb.view([-1, W1.shape[0]]).matmul(W1).add(b1).tanh(); // (n, H)
  return h.matmul(W2).add(b2); // (n, 27)
}

/** One step on the given examples; returns what came out before it. */
function step(
  parameters: Parameters,
  X: Tensor,
  Y: Tensor,
  lr: number,
): { logits: Tensor; loss: number } {
  const logits = forward(parameters, X);
  const loss = crossEntropy(logits, Y);
  for (const p of parameters) p.grad = null;
  loss.backward();
  for (const p of parameters) p.data.add_(p.grad!.mul(-lr));
  return { logits, loss: loss.item() };
}

let seen = step(parameters, X, Y, 0.1);
print("step 0 loss", seen.loss);
print("C.grad", C.grad);
print("W1.grad.shape", W1.grad!.shape);

section("9. Overfitting 32 examples");
for (let k = 1; k < 1000; k++) {
  seen = step(parameters, X, Y, 0.1);
  if (k < 10 || [19, 49, 99, 199, 499, 998, 999].includes(k)) print(`step ${k} loss ${seen.loss}`);
}

// Nearly all are right. The rest cannot be: the same three characters come before several others.

const { values, indices } = seen.logits.maxAlong(1);
print("logits.max(1)", values);
print("indices", indices);
print("Y      ", Y);
print(`${indices.eq(Y).sum().item()} of ${Y.numel} right`);
const firsts = new Set(words.slice(0, 5).map((w) => w[0]));
print(`not all can be, so the loss cannot be 0: "..." is followed by ${[...firsts].join(", ")}`);

section("10. The full dataset, in minibatches");
const full = buildDataset(words);
print(full.X.shape, full.Y.shape);

function fresh(E: number, H: number): Parameters {
  const g = new Generator(2147483647);
  const shapes = [[V, E], [3 * E, H], [H], [H, V], [V]];
  const parameters = shapes.map((shape) => randn(shape, { generator: g })) as Parameters;
  for (const p of parameters) p.requiresGrad = true;
  return parameters;
}
const lossOf = (parameters: Parameters, { X, Y }: { X: Tensor; Y: Tensor }) =>
  noGrad(() => crossEntropy(forward(parameters, X), Y).item());

/** `count` minibatch steps; lr(i) is the learning rate of step i. Returns all losses. */
function trainOn(
  { X, Y }: { X: Tensor; Y: Tensor },
  parameters: Parameters,
  count: number,
  lr: (i: number) => number,
): number[] {
  const lossi: number[] = [];
  for (let i = 0; i < count; i++) {
    const ix = randint(0, X.shape[0], [32]); // minibatch construct
    lossi.push(step(parameters, X.index(ix), Y.index(ix), lr(i)).loss);
  }
  return lossi;
}

// A step on all examples is slow. One on 32 of them, drawn at random, goes nearly as well.

let model = fresh(2, 100);
print("loss over all data", lossOf(model, full));
const clock = performance.now();
step(fresh(2, 100), full.X, full.Y, 0.1);
print(`one step on all ${full.Y.numel} examples: ${Math.round(performance.now() - clock)} ms`);

manualSeed(1);
const first1000 = trainOn(full, model, 1000, () => 0.1);
for (const i of [0, 1, 2, 3, 4, 99, 999]) print(`step ${i} loss ${first1000[i]}`);
print("loss over all data after 1000 minibatches", lossOf(model, full));

section("11. A range of learning rates by hand");
for (const lr of [0.0001, 0.001, 0.1, 1, 10]) {
  manualSeed(1);
  const losses = trainOn(full, fresh(2, 100), 100, () => lr);
  print(`lr ${lr}: ${[0, 24, 49, 74, 99].map((i) => losses[i].toFixed(4)).join("  ")}`);
}

section("12. The learning-rate finder");
// Every step at a larger rate than the one before, from 0.001 to 1.

const lre = linspace(-3, 0, 1000);
const lrs = pow(10, lre);
print("lrs", lrs.index([0, 4]), "...", lrs.index([-4, null]));
manualSeed(1);
const lossi = trainOn(full, fresh(2, 100), 1000, (i) => lrs.index(i).item());

const trials = lossi.map((loss, i) => {
  const near = lossi.slice(Math.max(0, i - 50), i + 51);
  return { rate: lrs.index(i).item(), loss, smoothed: near.reduce((s, x) => s + x) / near.length };
});
for (let i = 0; i < 1000; i += 100)
  print(`lre ${lre.index(i).item().toFixed(3)} lr ${trials[i].rate} loss ${lossi[i]}`);
const best = trials.reduce((a, b) => (b.smoothed < a.smoothed ? b : a));
print(
  `the smoothed loss is lowest at 10^${Math.log10(best.rate).toFixed(2)} = ` +
    `${best.rate.toPrecision(2)}; the lecture takes 0.1`,
);

const reason = "the smoothed loss is lowest";
draw(
  "find-lr.svg",
  await learningRateChart({ suggested: Number(best.rate.toPrecision(2)), reason, trials }),
);

section("13. Learning-rate decay");
manualSeed(1);
model = fresh(2, 100);
for (const lr of [0.1, 0.1, 0.01]) {
  trainOn(full, model, scaled(10_000), () => lr);
  print(`${scaled(10_000)} more steps at ${lr}: loss over all data ${lossOf(model, full)}`);
}

section("14. Training, dev and test split");
const shuffled = [...words];
new PythonRandom(42).shuffle(shuffled);
const [n1, n2] = [Math.trunc(0.8 * words.length), Math.trunc(0.9 * words.length)];
const tr = buildDataset(shuffled.slice(0, n1));
const dev = buildDataset(shuffled.slice(n1, n2));
const te = buildDataset(shuffled.slice(n2));
print(`${n1} + ${n2 - n1} + ${words.length - n2} words`);
for (const { X, Y } of [tr, dev, te]) print(X.shape, Y.shape);

section("15. Training on the training split only");
manualSeed(1);
model = fresh(2, 100);
const decay = (count: number) => (i: number) => (i < count / 2 ? 0.1 : 0.01);
trainOn(tr, model, scaled(30_000), decay(scaled(30_000)));
print(
  `train ${lossOf(model, tr)} dev ${lossOf(model, dev)}: about equal, so not overfitting; a ` +
    "larger network may do better",
);

section("16. A larger hidden layer: 300");
manualSeed(1);
model = fresh(2, 300);
print(`${size(model)} parameters`);
let count = scaled(60_000);
let losses = trainOn(tr, model, count, decay(count));
print(`train ${lossOf(model, tr)} dev ${lossOf(model, dev)}`);

function lossPicture(losses: number[], trainLoss: number, devLoss: number): Promise<string> {
  const [n, lr] = [losses.length, decay(losses.length)];
  const minibatches = losses.map((loss, step) => ({ step, loss, lr: lr(step) }));
  const known = { batchSize: 32, vocabularySize: itos.length };
  return lossChart({
    minibatches,
    splits: [{ step: n, trainLoss, devLoss }],
    lr: `0.1@0,0.01@${n / 2}`,
    ...known,
  });
}

draw("loss-h300.svg", await lossPicture(losses, lossOf(model, tr), lossOf(model, dev)));

section("17. The embedding, while it has two dimensions");
print(model[0]);
draw("embedding.svg", await embeddingChart(model[0].toArray() as number[][], itos));

section("18. Ten dimensions and 200 hidden units: 200,000 steps");
manualSeed(1);
model = fresh(10, 200);
print(`${size(model)} parameters`);
print(`initially train ${lossOf(model, tr)} dev ${lossOf(model, dev)} test ${lossOf(model, te)}`);

count = scaled(200_000);
losses = trainOn(tr, model, count, decay(count));
for (const i of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 99, 999, 9999, 99999, 199999]) {
  if (i < count)
    print(`step ${i} loss ${losses[i]} log10 ${tensor(losses[i]).log10().item().toFixed(4)}`);
}

const [trainLoss, devLoss] = [lossOf(model, tr), lossOf(model, dev)];
print(`train ${trainLoss} dev ${devLoss}`);
draw("loss.svg", await lossPicture(losses, trainLoss, devLoss));

section("19. Twenty new names");
// Character by character, until the dot.

const sampling = new Generator(2147483647 + 10);
for (let n = 0; n < 20; n++) {
  const out: string[] = [];
  let context = [0, 0, 0]; // initialize with all ...
  for (;;) {
    const logits = noGrad(() => forward(model, tensor([context], { dtype: "int32" })));
    const probs = softmax(logits, 1);
    const ix = multinomial(probs, 1, { generator: sampling }).item();
    context = [...context.slice(1), ix];
    out.push(itos[ix]);
    if (ix === 0) break;
  }
  print(out.join(""));
}
