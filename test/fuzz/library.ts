/**
 * Run by fuzz.test.ts in a process of its own: `library.ts CALLS SEED [PATTERN]`. Calls what the
 * library exports, half of the time with hostile arguments, on the native and on the reference
 * backend: each call ends in an error of the library or in the same answer on both.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { backend, manualSeed, setBackend, setThreads, tensor } from "../../lib/index.js";
import { gradEnabled } from "../../lib/tensor/tape.js";
import { digest, end, type End, isMethod, make } from "./calls.js";
import { Draw } from "./draw.js";
import { spoil, unlabelled } from "./hostile.js";
import { FILES } from "./recipes/data.js";
import { RECIPES } from "./recipes/index.js";
import { makeRun } from "./recipes/train.js";

const [calls, seed] = process.argv.slice(2).map(Number);
const pattern = new RegExp(process.argv[4] ?? "");

/**
 * A whole training or a file: a thousand times as slow as the others, so one in 50 of what the
 * others get.
 */
const SLOW = new Set([
  "train",
  "resume",
  "sweep",
  "readSweep",
  "loadRun",
  "report",
  "loadRunCorpus",
  "loadCorpus",
  "readSafetensors",
  "findLearningRate",
  "Trainer.run",
  "readWords",
  "readTokens",
  "readBrown",
  "resolveCorpus",
]);
/** What they say is about the backend. */
const OF_BACKEND = new Set([
  "backend",
  "isa",
  "threads",
  "supportedIsas",
  "setBackend",
  "setThreads",
]);
const NAMES = Object.keys(RECIPES)
  .filter((name) => pattern.test(name))
  .flatMap((name) => (SLOW.has(name) ? [name] : new Array<string>(50).fill(name)));

/**
 * After every call the library must still do this: nothing may be left switched off, recorded or
 * overwritten.
 */
function sound(): boolean {
  const w = tensor([1, 2, 3]);
  w.requiresGrad = true;
  w.mul(w).sum().backward();
  return gradEnabled() && digest(w.grad) === digest(tensor([2, 4, 6]));
}

/**
 * A training of all default steps is no mistake, but minutes of work: what a spoilt argument may
 * ask for, and gets the good arguments instead.
 */
function isWholeTraining(name: string, [options]: readonly unknown[]): boolean {
  try {
    if (options === null || !["undefined", "object"].includes(typeof options)) return false;
    const { steps, fixed } = (options ?? {}) as { steps?: unknown; fixed?: { steps?: unknown } };
    return (name === "train" && steps === undefined) || (name === "sweep" && !fixed?.steps);
  } catch {
    return false; // it struck back
  }
}

async function once(
  name: string,
  recipe: (d: Draw) => unknown[],
  state: number,
): Promise<[End, string]> {
  manualSeed(1); // what hostile arguments without a generator draw from
  const draw = new Draw(state);
  const good = recipe(draw);
  const [self, args] = isMethod(name) ? [good.slice(0, 1), good.slice(1)] : [[], good];
  const spoilt = draw.chance(0.4)
    ? args
    : draw.chance(0.8)
      ? spoil(draw, args)
      : spoil(draw, spoil(draw, args));
  const wanted = spoilt.map(unlabelled);
  const given = isWholeTraining(name, wanted) ? args.map(unlabelled) : wanted;
  const result = await end(() => make(name, [...self, ...given]));
  const after = await end(() => self[0]); // a property that strikes back may have been set on it
  return [after.kind === "breach" ? after : result, after.what];
}

const count = { answered: 0, refused: 0, sabotaged: 0, breach: 0 };
const perName = new Map<string, number>();

async function trial(name: string, state: number): Promise<void> {
  const ends: [End, string][] = [];
  for (const which of OF_BACKEND.has(name)
    ? (["native"] as const)
    : (["native", "wasm", "reference"] as const)) {
    setBackend(which);
    const result = await once(name, RECIPES[name], state);
    ends.push(result);
    count[result[0].kind]++;
    perName.set(name, (perName.get(name) ?? 0) + 1);
    if (result[0].kind === "breach")
      throw new Error(`${name} ${state} on ${which}: ${result[0].what}`);
    if (!sound()) throw new Error(`${name} ${state} on ${which}: the library is not what it was`);
  }
  const [first, ...others] = ends.map((e) => JSON.stringify(e));
  for (const other of others)
    if (first !== other) throw new Error(`${name} ${state}: backends differ:\n${first}\n${other}`);
}

const folder = mkdtempSync(join(tmpdir(), "mm-fuzz-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
process.chdir(folder);
for (const [file, contents] of Object.entries(FILES)) writeFileSync(file, contents);
await makeRun();
if (backend() !== "native") throw new Error("expected the native backend");
setThreads(1);
process.on("unhandledRejection", (error) => {
  throw error;
});

/** SURVEY=1 lists all breaches instead of ending at the first. */
const breaches = new Map<string, string>();
await fc.assert(
  fc.asyncProperty(fc.constantFrom(...NAMES), fc.integer(), async (name, state) => {
    if (process.env.SURVEY === undefined) return trial(name, state);
    await trial(name, state).catch((error: Error) => {
      const line = error.message
        .replace(/ -?\d+/, "")
        .split("\n")
        .filter((l, i) => i < 1 || /lib\//.test(l))
        .slice(0, 2)
        .join(" ");
      if (!breaches.has(line)) breaches.set(line, `${name} ${state}`);
    });
  }),
  // Everything once, then at random.
  {
    numRuns: Math.ceil(calls / 2),
    seed,
    endOnFailure: true,
    examples: [...new Set(NAMES)].map((name): [string, number] => [name, seed]),
  },
);
if (breaches.size > 0)
  console.log(
    [...breaches]
      .map(([line, example]) => `${example} :: ${line}`)
      .sort()
      .join("\n"),
  );
const silent = [...new Set(NAMES)].filter((name) => !perName.has(name));
console.log(
  JSON.stringify({
    calls: count.answered + count.refused + count.sabotaged + count.breach,
    ...count,
    silent,
  }),
);
