/**
 * The public types, as a program that depends on the package sees them: `npm run verify:package`
 * compiles this file beside the packed package, as "nodenext" and as "bundler". Nothing here runs.
 * A line after `@ts-expect-error` must not compile.
 */
import {
  AdamW,
  type Batch,
  Bigram,
  clipGradNorm,
  compile,
  type CompiledStep,
  type Corpus,
  crossEntropy,
  DataError,
  type Dim,
  Dropout,
  Embedding,
  EpochOrder,
  evaluate,
  findLearningRate,
  Flatten,
  Generator,
  type Index,
  KneserNey,
  type LanguageModel,
  linear,
  Linear,
  loadCorpus,
  loadRun,
  lossOf,
  MLP,
  MmError,
  Module,
  NgramCounts,
  noGrad,
  NPLM,
  type TensorOrNumber,
  Optimizer,
  parameter,
  parseConfig,
  parseSchedule,
  type PresetName,
  PRESETS,
  PythonRandom,
  randint,
  randn,
  readSafetensors,
  resume,
  type Run,
  sample,
  type Schedule,
  Sequential,
  SGD,
  type Settings,
  ShapeError,
  type Shape,
  stack,
  tensor,
  type Tensor,
  type Tokens,
  train,
  type TrainConfig,
  Trainer,
  type TrainResult,
  TrainingError,
  Vocabulary,
  WordVocabulary,
  zeros,
} from "mm-train";
import { filesIn, listFolder, putFile, remove, unzipInto, zipFolder } from "mm-train/files";

/** Compiles only where both types are the same, also in what is optional and readonly. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<T extends true>(): T;
declare function isA<T>(value: T): void;

// Tensors: what makes them, and methods that give tensors again.
const generator = new Generator(42);
const a = randn([3, 4], { generator });
isA<Tensor>(
  tensor(
    [
      [1, 2],
      [3, 4],
    ],
    { dtype: "int32" },
  ),
);
isA<Tensor>(tensor(new Float32Array(6), { shape: [2, 3] }));
isA<Tensor>(
  a
    .view([-1, 2])
    .matmul(zeros([2, 5]))
    .add(1)
    .tanh()
    .sum(0, { keepdim: true }),
);
isA<number>(a.mean().item());
isA<{ readonly values: Tensor; readonly indices: Tensor }>(a.maxAlong(1));
isA<Tensor[]>(a.unbind(0));
isA<boolean>(a.allclose(a, { rtol: 1e-3, equalNan: true }));
same<Same<Tensor["dtype"], "float32" | "int32" | "bool">>();
same<Same<Tensor["grad"], Tensor | null>>();
same<Same<Shape, readonly number[]>>();
same<Same<Dim, number | readonly number[]>>();
same<Same<TensorOrNumber, Tensor | number>>();
same<Same<ReturnType<Tensor["toTypedArray"]>, Float32Array | Int32Array>>();
same<Same<Parameters<Tensor["add"]>, [b: TensorOrNumber]>>();
isA<Index[]>([0, ":", "...", null, [1, null], [null, 10, 2], [1, null, 2], randint(0, 3, [5])]);
isA<string>(noGrad(() => "what the body returns"));
isA<void>(a.backward(undefined, { retainGraph: true }));
// @ts-expect-error three numbers could be rows
isA<Index>([0, 10, 2]);
// @ts-expect-error float64 is no dtype
zeros([2], "float64");
// @ts-expect-error shapes are arrays
a.view(-1, 2);
// @ts-expect-error what belongs to the tape and the shape is not the user's to set
a.shape = [12];
// @ts-expect-error text is no number
a.add("1");
// @ts-expect-error one of three
crossEntropy(a, a, { reduction: "average" });
// @ts-expect-error a list, not several arguments
stack(a, a);

// Random numbers fill what they are given, and return that type.
isA<Float32Array>(generator.randn(new Float32Array(8)));
isA<BigInt64Array>(generator.randint(new BigInt64Array(8), 0n, 1n << 40n));
isA<Uint8Array>(generator.getState());
isA<string>(new PythonRandom(42).choice(["emma", "olivia"]));
// @ts-expect-error integers do not go into floats
generator.randint(new Float32Array(8), 0, 10);

// Models: one interface, also for a model of one's own.
const mlp = MLP.create(
  { vocabularySize: 27, blockSize: 3, embedding: 10, hidden: 200 },
  generator,
  "kaiming",
);
isA<LanguageModel>(mlp);
isA<LanguageModel>(
  NPLM.create(
    { vocabularySize: 100, blockSize: 4, embedding: 30, hidden: 50, direct: true },
    generator,
  ),
);
isA<LanguageModel>(
  new KneserNey(NgramCounts.of({ X: zeros([1, 2], "int32"), Y: zeros([1], "int32") }, 3, 27)),
);
isA<LanguageModel>(new Bigram(zeros([27, 27])));
const table = zeros([27, 27]);
const own: LanguageModel = {
  blockSize: 1,
  vocabularySize: 27,
  stateDict: () => ({ W: table }),
  forward: (contexts) => table.index(contexts.select(1, -1)),
};
class Net extends Module {
  readonly blockSize = 1;
  readonly vocabularySize = 27;
  readonly layers = new Sequential(new Embedding(27, 4), new Flatten(), new Linear(4, 27));
  readonly W = parameter(zeros([27, 27]));
  forward(contexts: Tensor): Tensor {
    return this.layers.forward(contexts).add(this.W.index(contexts.select(1, -1)));
  }
}
const net = new Net();
isA<LanguageModel>(net);
isA<Tensor[]>(net.parameters());
isA<Net>(net.eval());
same<Same<ReturnType<Net["stateDict"]>, Record<string, Tensor>>>();
isA<string[]>(net.loadStateDict(net.stateDict()).missing);
declare const batch: Batch;
isA<Tensor>(lossOf(own, batch.X, batch.Y, { reduction: "none" }));
isA<number>(evaluate(own, batch));
isA<Tensor[]>([mlp.C, mlp.W1, mlp.b1, mlp.W2, mlp.b2]);
// @ts-expect-error sizes have names, all of them
MLP.create({ vocabularySize: 27 }, generator);
// @ts-expect-error a model says how far it looks back
isA<LanguageModel>({ vocabularySize: 27, stateDict: () => ({}), forward: (x: Tensor) => x });
// @ts-expect-error tanh or none
linear(a, a, a, "relu");

// Optimizers, compiled steps and the trainer.
const optimizer: Optimizer = new AdamW(mlp.parameters(), {
  lr: 1e-3,
  betas: [0.9, 0.99],
});
isA<Optimizer>(new SGD(mlp.parameters(), 0.1));
isA<Tensor>(clipGradNorm(mlp.parameters(), 1));
const step = compile(() => mlp.loss(batch.X, batch.Y), { inputs: [optimizer.scalars] });
isA<CompiledStep>(step);
isA<Float32Array>(step.run(100, (i) => isA<number>(i)));
const schedule: Schedule = parseSchedule("cosine:0.1->0.001", 1000);
const trainer = new Trainer({
  model: net,
  examples: batch,
  batchSize: 32,
  schedule,
  generator,
  optimizer,
  order: new EpochOrder(1000, 32, 1),
});
mlp.dropout = new Dropout(0.1, { generator });
// @ts-expect-error a model that is no module has nothing to train
new Trainer({ model: own, examples: batch, batchSize: 1, schedule, generator });
isA<Promise<void>>(
  trainer.run(100, (i, loss) => isA<number>(i + loss), new AbortController().signal),
);
isA<number>(
  findLearningRate({ model: net, examples: batch, batchSize: "full", generator }).suggested,
);
// @ts-expect-error an abstract class
new Optimizer([], 0.1, 1);
// @ts-expect-error a compiled step gives a tensor
compile(() => 1);

// Training: settings are known by name and value, results by what may be absent.
isA<Promise<TrainResult>>(
  train({
    data: "names",
    steps: 20_000,
    lr: "0.1@0,0.01@15000",
    preset: "quick",
    onStep: (i, loss, logged) => isA<boolean>(logged),
  }),
);
isA<Promise<TrainResult>>(
  train({ words: ["emma"], out: () => "runs/mine", signal: new AbortController().signal }),
);
isA<Promise<TrainResult>>(resume("runs/mine", { steps: 400_000 }));
declare const result: TrainResult;
isA<number | undefined>(result.loss?.dev);
isA<string[]>(
  sample(result.model, result.corpus.vocabulary, 10, generator, {
    temperature: 0.8,
    topK: 5,
    exclude: new Set(["emma"]),
  }),
);
same<Same<TrainResult["loss"], { readonly train: number; readonly dev: number } | undefined>>();
same<
  Same<
    TrainConfig["model"],
    "mlp" | "bigram" | "nplm" | "del-int" | "kneser-ney" | "kneser-ney-backoff" | "class"
  >
>();
same<Same<TrainConfig["steps"], number>>();
same<Same<keyof Settings, keyof TrainConfig | "preset">>();
isA<TrainConfig>(parseConfig({ steps: 10 }));
isA<readonly PresetName[]>(["lecture", "quick", "best", "kn5", "paper-mlp9"]);
isA<Partial<TrainConfig>>(PRESETS.best);
isA<Tokens[]>([
  new Vocabulary(["emma"]),
  WordVocabulary.of({ types: ["a"], ids: new Int32Array(1), digest: "" }),
]);
declare const corpus: Corpus;
same<Same<keyof Corpus["splits"], "train" | "dev" | "test">>();
isA<Batch>(corpus.splits.test);
isA<number>(corpus.splits.train.count);
isA<Iterable<string>>(corpus.words);
isA<string | undefined>(corpus.words.at(0));
isA<Promise<TrainResult>>(train({ words: corpus.words }));
isA<Corpus>(loadCorpus(corpus.words, 3, 42));
isA<Run>(loadRun("runs/mine", "best"));
isA<Record<string, Tensor>>(readSafetensors("model.safetensors"));
// @ts-expect-error a setting that there is not
void train({ learningRate: 0.1 });
// @ts-expect-error a setting of another type
void train({ steps: "many" });
// @ts-expect-error the losses of an interrupted run are absent
isA<number>(result.loss.dev);
// @ts-expect-error there is no such preset
isA<PresetName>("fastest");

// Errors: classes with a code, and fields of their own.
declare const error: unknown;
if (error instanceof MmError) isA<string>(error.code);
if (error instanceof ShapeError) isA<readonly (readonly number[])[]>(error.shapes);
if (error instanceof DataError) isA<number | undefined>(error.line);
if (error instanceof TrainingError) isA<number | undefined>(error.gradient?.value);

// Files in a browser.
putFile("list.txt", "anna\n");
isA<readonly string[]>(unzipInto(zipFolder("runs/list"), "copy", "list.zip"));
isA<number | undefined>(filesIn("copy").get("config.json")?.length);
isA<string[]>(listFolder("copy").map(({ name }) => name));
remove("copy");
// @ts-expect-error no bytes and no text
putFile("list.txt", 1);
