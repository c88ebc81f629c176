/**
 * Run by fuzz.test.ts in a process of its own: `programs.ts PROGRAMS SEED [STATE]`. Random programs
 * around a step: each is run with the step as written and compiled, on every
 * backend, and must see the same numbers and errors to the bit.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  backend,
  type BackendName,
  compile,
  CompiledStep,
  CompileError,
  noGrad,
  setBackend,
  setThreads,
  type Tensor,
} from "../../lib/index.js";
import { Draw } from "./draw.js";
import { act, attempt, numbers, type Program, setInputs } from "./programs/actions.js";
import { makeStep, makeWorld } from "./programs/world.js";

const [programs, seed, only] = process.argv.slice(2).map(Number);

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

interface Runner {
  run(steps: number, prepare: (i: number) => void): Float32Array;
}

const written = (step: () => Tensor): Runner => ({
  run(steps, prepare) {
    const results: number[] = [];
    for (let i = 0; i < steps; i++) {
      prepare(i);
      results.push(...step().toTypedArray());
    }
    return Float32Array.from(results);
  },
});

const native = backend() === "native";
const BACKENDS: readonly BackendName[] = native ? ["native", "wasm", "reference"] : ["reference"];

function catching(body: () => void): void {
  try {
    body();
  } catch {
    // It is the run's to tell.
  }
}

/**
 * All that a program saw; undefined where its step was refused, as one that does not repeat itself
 * is.
 */
function run(state: number, mode: "written" | "compiled", on: BackendName): unknown[] | undefined {
  setBackend(on);
  setThreads(1);
  const d = new Draw(state);
  // What prepare does after a step that fails on its own numbers depends on when that is found:
  // then it only sets inputs, perhaps looks, and the program ends with what the step left.
  const flawed = d.chance(0.1);
  const world = makeWorld(d, flawed);
  const inputs =
    d.chance(0.8) || flawed ? [world.ix, world.factor, world.optimizer.scalars] : [world.ix];
  const make = (step: () => Tensor): Runner =>
    mode === "compiled" ? compile(step, { inputs }) : written(step);
  const runners = { same: make(makeStep(d, world)), other: make(makeStep(d, world)) };
  let refused = false;
  // How much happens around the steps: nothing, little, much.
  const busy = flawed ? 0 : d.whole(0, 2);
  const looks = flawed && d.chance(0.5);
  const p: Program = {
    world,
    d,
    log: [],
    kept: [],
    tapes: [],
    next: [],
    gc,
    backends: BACKENDS,
    reenter: (which, steps) => {
      go(which, steps, 1);
    },
  };
  function go(which: "same" | "other", steps: number, depth: number): void {
    const prepare = (i: number): void => {
      for (const later of p.next.splice(0)) later();
      if (looks) catching(() => void world.parameters[1].toArray());
      if (busy > 0 && d.chance(busy === 1 ? 0.1 : 0.6)) act(p, depth);
      if (busy > 0 && d.chance(0.003)) throw new RangeError("the end of prepare");
      setInputs(p);
      if (busy === 2 && d.chance(0.2)) act(p, depth);
      if (!flawed) p.log.push(i);
    };
    try {
      p.log.push([...runners[which].run(steps, prepare)]);
    } catch (error) {
      refused ||= error instanceof CompileError;
      throw error;
    }
  }
  const runs = flawed ? 1 : d.whole(1, 5);
  for (let k = 0; k < runs && !refused; k++) {
    const inside = d.chance(0.05);
    const steps = d.whole(0, 12);
    attempt(p, () => {
      if (inside)
        noGrad(() => {
          go("same", steps, 0);
        });
      else go("same", steps, 0);
    });
    for (let n = flawed ? 0 : d.whole(0, 2); n > 0; n--)
      attempt(p, () => {
        act(p, 0);
      });
  }
  for (const runner of Object.values(runners))
    if (runner instanceof CompiledStep && runner.commands !== undefined) count.sealed++;
  if (refused) return undefined;
  const tensors = [
    ...world.parameters,
    world.running,
    world.offset,
    world.ix,
    world.optimizer.scalars,
  ];
  attempt(
    p,
    () =>
      void p.log.push(
        tensors.map(numbers),
        world.parameters.map((w) => numbers(w.grad)),
        p.kept.map(numbers),
      ),
  );
  return p.log;
}

/** `sealed`: compiled steps that were known in the end, and so replayed. */
const count = { programs: 0, equal: 0, refused: 0, sealed: 0, errors: 0 };

function trial(state: number): void {
  const runs = (["written", "compiled"] as const).flatMap((mode) =>
    BACKENDS.map((on) => [`${mode} on ${on}`, run(state, mode, on)] as const),
  );
  const [[, first], ...others] = runs;
  count.programs++;
  const seen = JSON.stringify(first, (_, x: unknown) =>
    typeof x === "number" && !Number.isFinite(x) ? String(x) : x,
  );
  count.errors += Number(seen.includes("ERR_MM_INDEX"));
  for (const [name, log] of others) {
    if (log === undefined) {
      count.refused++;
      return;
    }
    const other = JSON.stringify(log, (_, x: unknown) =>
      typeof x === "number" && !Number.isFinite(x) ? String(x) : x,
    );
    if (other === seen) continue;
    const at = log.findIndex((entry, i) => JSON.stringify(entry) !== JSON.stringify(first?.[i]));
    process.stderr.write(
      `program ${state}: ${name} saw something else at entry ${at} of ${first?.length}/${log.length}:\n`,
    );
    process.stderr.write(`  ${JSON.stringify(first?.[at])}\n  ${JSON.stringify(log[at])}\n`);
    process.exitCode = 1;
    return;
  }
  count.equal++;
}

if (only !== undefined && !Number.isNaN(only)) trial(only);
else {
  const draw = new Draw(seed);
  for (let n = 0; n < programs; n++) trial(draw.whole(0, 2 ** 31 - 1));
}
process.stdout.write(`${JSON.stringify(count)}\n`);
