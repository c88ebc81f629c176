/**
 * Table 1 of Bengio et al. (2003), rerun on the Brown corpus: the networks, the n-grams, and each
 * network mixed with the trigram.
 *
 *     npx tsx examples/paper.ts                     # the n-grams: a minute
 *     npx tsx examples/paper.ts del-int mlp9 mlp7   # chosen rows; a network takes 10 to 40 minutes
 *     npx tsx examples/paper.ts del-int mlp9 --epochs 2 --data brown:A --out runs/quick
 *     npx tsx examples/paper.ts best                # not the paper's: `paper-best`
 *
 * Every row is a run folder in --out (default: runs/paper); one that is there is not trained again,
 * and one that was interrupted goes on (Ctrl-C saves it). Rows `mix` are 0.5 of the network and 0.5
 * of Del. Int., as in the paper. What is printed is of the model with the lowest perplexity on the
 * validation split.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  evaluate,
  type LanguageModel,
  loadRun,
  loadRunCorpus,
  Mixture,
  type PresetName,
  resume,
  type Split,
  type Tokens,
  train,
} from "../lib/index.js";

/**
 * preset, row, and the paper's (whose Kneser-Ney backs off: docs/paper.md) train, valid and test
 * perplexity
 */
const TABLE: readonly [
  preset: PresetName,
  row: string,
  paper: readonly (number | undefined)[],
  mixed?: readonly [row: string, valid?: number, test?: number],
][] = [
  ["paper-mlp1", "MLP1", [182, 284, 268], ["MLP2", 275, 257]],
  ["paper-mlp3", "MLP3", [201, 327, 310], ["MLP4", 286, 272]],
  ["paper-mlp5", "MLP5", [209, 296, 279], ["MLP6", 273, 259]],
  ["paper-mlp7", "MLP7", [210, 309, 293], ["MLP8", 284, 270]],
  ["paper-mlp9", "MLP9", [175, 280, 276], ["MLP10", 265, 252]],
  ["paper-best", "paper-best", [], ["paper-best"]],
  ["del-int", "Del. Int.", [31, 352, 336]],
  ["kn3", "Kneser-Ney 3", []],
  ["kn4", "Kneser-Ney 4", []],
  ["kn5", "Kneser-Ney 5", []],
  ["class-500", "class-based 500", [undefined, 326, 312]],
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string", default: "brown:P" },
    epochs: { type: "string" },
    out: { type: "string", default: join("runs", "paper") },
  },
});
const EPOCH = 6250;
const epochs = values.epochs === undefined ? undefined : Number(values.epochs);
if (epochs !== undefined && !(epochs * EPOCH >= 1 && epochs < 1e6))
  throw new Error(`--epochs: expected a number above 0, got ${values.epochs}`);
const wanted = positionals.length > 0 ? positionals : ["del-int", "kn3", "kn4", "kn5"];
const names = TABLE.map(([preset]) => preset.replace("paper-", ""));
const unknown = wanted.find((name) => !names.includes(name));
if (unknown !== undefined)
  throw new Error(`expected rows among ${names.join(" ")}, got ${unknown}`);
const rows = TABLE.filter((_, i) => wanted.includes(names[i]));

const cell = (x: number | undefined): string => (x === undefined ? "-" : x.toFixed(1)).padStart(7);
const print = (
  row: string,
  ours: (number | undefined)[],
  paper: readonly (number | undefined)[],
  seconds?: number,
): void =>
  console.log(
    `${row.padEnd(16)} ${ours.map(cell).join(" ")}   ` +
      `${paper.map((x) => cell(x).slice(0, -2)).join(" ")}  ` +
      `${seconds === undefined ? "" : `${seconds.toFixed(1)} s`}`,
  );

/**
 * The run of a preset: made, gone on with, or found. Returns the seconds per epoch of what was
 * trained now.
 */
async function run(preset: PresetName, dir: string): Promise<number | undefined> {
  const steps = epochs === undefined ? undefined : Math.round(epochs * EPOCH);
  const settings = join(dir, "config.json");
  const data = existsSync(settings)
    ? (JSON.parse(readFileSync(settings, "utf8")) as { data: { name: string } }).data.name
    : undefined;
  if (data !== undefined && data !== values.data)
    throw new Error(`${dir} is of ${data}, not ${values.data}: choose another --out`);
  const abort = new AbortController();
  const onInterrupt = () => abort.abort();
  process.once("SIGINT", onInterrupt);
  const listeners = {
    signal: abort.signal,
    onDevLoss: (step: number, loss: number) =>
      console.error(`${preset}, epoch ${step / EPOCH}: valid ${Math.exp(loss).toFixed(1)}`),
  };
  const result = existsSync(join(dir, "samples.txt"))
    ? undefined
    : data !== undefined
      ? await resume(dir, listeners)
      : await train({ preset, data: values.data, out: dir, ...(steps && { steps }), ...listeners });
  process.off("SIGINT", onInterrupt);
  if (result?.interrupted) process.exit(130);
  return result && result.steps > 0 ? EPOCH / result.stepsPerSecond : undefined;
}

/** The words whose features point the same way: largest cosine between rows of C. */
function neighbours(
  model: LanguageModel,
  vocabulary: Tokens,
  word: string,
  count: number,
): string[] {
  const { C } = model.stateDict();
  const m = C.shape[1];
  const rows = C.toTypedArray() as Float32Array;
  const dot = (a: number, b: number) =>
    rows.subarray(a * m, (a + 1) * m).reduce((sum, x, i) => sum + x * rows[b * m + i], 0);
  const at = vocabulary.stoi.get(word) ?? 0;
  const frequent = Array.from({ length: Math.min(5000, C.shape[0]) }, (_, w) => ({
    w,
    cosine: dot(at, w) / Math.sqrt(dot(w, w)),
  }));
  return frequent
    .filter(({ w }) => w !== at)
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, count)
    .map(({ w }) => vocabulary.itos[w]);
}

console.log(`${"".padEnd(16)} ${"measured".padStart(23)}   ${"paper".padStart(17)}`);
console.log(
  `${"".padEnd(16)} ${["train", "valid", "test"].map((s) => s.padStart(7)).join(" ")}   ` +
    `${["train", "valid", "test"].map((s) => s.padStart(5)).join(" ")}  an epoch`,
);
const trigram = join(values.out, "del-int");
let network: string | undefined;
for (const [preset, row, paper, mixed] of rows) {
  const dir = join(values.out, preset.replace("paper-", ""));
  const seconds = await run(preset, dir);
  const { model, config } = loadRun(dir, "best");
  const width = Math.max(2, model.blockSize);
  const { splits } = loadRunCorpus(dir, config, config.data, width);
  const perplexities = (m: LanguageModel, ...of: Split[]) =>
    of.map((split) => Math.exp(evaluate(m, splits[split])));
  print(row, perplexities(model, "train", "dev", "test"), paper, seconds);
  if (mixed === undefined) continue;
  network = dir;
  await run("del-int", trigram);
  const [valid, test] = perplexities(
    new Mixture([model, loadRun(trigram).model], [0.5]),
    "dev",
    "test",
  );
  print(
    `${mixed[0]} (mix)`,
    [undefined, valid, test],
    mixed.length > 1 ? [undefined, mixed[1], mixed[2]] : [],
  );
}
if (network !== undefined) {
  const { model, vocabulary } = loadRun(network, "best");
  console.log(`\nNearest words by C, of the 5,000 most frequent (${network}):`);
  for (const word of ["king", "monday", "two", "was", "he", "could", "france", "blue"])
    console.log(`  ${word}: ${neighbours(model, vocabulary, word, 6).join(", ")}`);
}
