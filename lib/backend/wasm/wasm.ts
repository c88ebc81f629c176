/**
 * The WebAssembly backend: the C++ kernels where there is no addon, in browsers above all, with the
 * same bits.
 *
 * Tensors stay in JavaScript's memory, which the garbage collector knows. A call copies its
 * operands into the module's memory and what it wrote back; a plan keeps what it uses in an
 * instance of its own (wasm-plan.ts).
 */
import { BackendError } from "../../errors.js";
import { type Backend, eachKernel } from "../backend.js";
import { NO_MEMORY, noMemory } from "../plan.js";
import { reference } from "../reference/index.js";
import { Instance } from "./instance.js";
import { chooseModule } from "./modules.js";
import { Staging } from "./staging.js";
import { wasmPlan } from "./wasm-plan.js";

/** Kernels that only move words: in TypeScript no slower than copying them in and out. */
const { copy, fill, gatherRows, scatterAddRows } = reference;

/** Instead of a position: a call that the border refuses. */
const MISTAKE = -3;

/** Every kernel as a function that stages its operands and calls the module. */
function calls(instance: Instance) {
  const staging = new Staging(instance);
  return eachKernel((kernel, number, row) => (args) => {
    staging.begin();
    row(staging, args);
    staging.enter();
    const position = instance.exports.run(number);
    staging.leave(position === -1);
    if (position === NO_MEMORY) throw noMemory(kernel);
    if (position === MISTAKE)
      throw new BackendError(`wasm backend: ${instance.text(instance.exports.mistakeText())}`);
    return position;
  });
}

/** Different numbers, which `fmaPeak` begins with. */
const LANES = Float32Array.from({ length: 16 }, (_, i) => 1 + i / 16);

function wasmBackend(): Backend {
  const { isa, module, supported } = chooseModule();
  const instance = new Instance(module);
  const lanes = instance.put(new Int32Array(LANES.buffer));
  const out = instance.take(LANES.length);
  return {
    name: "wasm",
    ...calls(instance),
    copy,
    fill,
    gatherRows,
    scatterAddRows,
    isa,
    supportedIsas: Object.freeze([...supported]),
    threads: 1,
    setThreads: () => undefined,
    plan: (commands, feeds, fetches) => wasmPlan(new Instance(module), commands, feeds, fetches),
    settle: () => 0,
    fmaPeak: (rounds) => instance.exports.fmaPeak(rounds, 4 * lanes.at, 4 * out.at),
  };
}

let loaded: Backend | undefined;

/** Loads the module, once. @throws BackendError where this host cannot use it */
export const loadWasm = (): Backend => (loaded ??= wasmBackend());
