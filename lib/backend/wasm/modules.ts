/**
 * The two modules that the kernels are compiled to, and which of them this host can use.
 *
 * `wasm-relaxed` computes a fused multiply-add by one instruction, relaxed_madd, of which a host
 * decides once and for all whether it rounds once; only then it is the contract's. `wasm-exact`
 * computes it by float64, anywhere with SIMD, and 10 to 15 times slower.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { BackendError, quote } from "../../errors.js";
import { packageRoot } from "../../package-root.js";
import { fma32 } from "../reference/math/fma.js";
import { Instance, type Module, webAssembly } from "./instance.js";

const ISAS = ["wasm-relaxed", "wasm-exact"] as const;
type Isa = (typeof ISAS)[number];
const FILES: Readonly<Record<Isa, string>> = {
  "wasm-relaxed": "relaxed.wasm",
  "wasm-exact": "exact.wasm",
};

/** The module of this name, or why not. */
function compiled(isa: Isa): Module | string {
  if (webAssembly === undefined) return "there is no WebAssembly here";
  const file = join(packageRoot(), "native", "wasm", FILES[isa]);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    return `${file} cannot be read (${(error as NodeJS.ErrnoException).code})`;
  }
  if (!webAssembly.validate(bytes)) {
    // Node 20 knows relaxed SIMD, and has it switched off.
    if (isa === "wasm-relaxed") setFlagsFromString("--experimental-wasm-relaxed-simd");
    if (!webAssembly.validate(bytes)) return "this host lacks SIMD instructions that it needs";
  }
  let module: Module;
  try {
    module = new webAssembly.Module(bytes);
  } catch (error) {
    // A page whose content security policy allows none (it needs 'wasm-unsafe-eval').
    return `WebAssembly is not allowed here (${(error as Error).message})`;
  }
  return roundsOnce(new Instance(module)) ? module : "its multiply-add rounds twice on this host";
}

/** Numbers for which rounding a * b before c is added shows in most results. */
const TRIALS = 4096;

/** Whether the module's multiply-add is the contract's. */
function roundsOnce(instance: Instance): boolean {
  const [a, b, c, out] = [0, 1, 2, 3].map(() => instance.take(TRIALS).at);
  const floats = new Float32Array(instance.exports.memory.buffer);
  let state = 12345;
  const next = () => ((state = (Math.imul(state, 1664525) + 1013904223) | 0) >>> 0) / 2 ** 32;
  for (let i = 0; i < TRIALS; i++) {
    const x = (floats[a + i] = (next() - 0.5) * 2 ** Math.floor(next() * 20 - 10));
    const y = (floats[b + i] = next() - 0.5);
    floats[c + i] = -x * y * (1 + Math.floor(next() * 3 - 1) * 2 ** -22);
  }
  instance.exports.fmaLanes(TRIALS, 4 * a, 4 * b, 4 * c, 4 * out);
  for (let i = 0; i < TRIALS; i++) {
    if (!Object.is(floats[out + i], fma32(floats[a + i], floats[b + i], floats[c + i])))
      return false;
  }
  return true;
}

export interface Chosen {
  readonly isa: Isa;
  readonly module: Module;
  /** those that can be used here, best first */
  readonly supported: readonly Isa[];
}

/**
 * The module that MM_ISA names, or the best one.
 * @throws BackendError where this host cannot use it
 */
export function chooseModule(): Chosen {
  const wanted = process.env.MM_ISA;
  const isas = wanted ? ISAS.filter((isa) => isa === wanted) : ISAS;
  if (isas.length === 0)
    throw new BackendError(
      `MM_ISA=${wanted}: expected ${ISAS.map(quote).join(" or ")} for the wasm backend`,
    );
  const problems: string[] = [];
  for (const isa of isas) {
    const module = compiled(isa);
    if (typeof module !== "string")
      return { isa, module, supported: ISAS.slice(ISAS.indexOf(isa)) };
    problems.push(`${isa}: ${module}`);
  }
  throw new BackendError(`wasm backend: ${problems.join("; ")}`);
}
