/**
 * A call by its name in recipes/: made, and its end told in a line that two calls can be compared
 * by.
 */
import * as lib from "../../lib/index.js";
import { Sabotage } from "./hostile.js";

const { CompiledStep, MmError, Tensor, Generator, PythonRandom } = lib;

const isClass = (value: unknown): value is new (...args: unknown[]) => unknown =>
  typeof value === "function" && Function.prototype.toString.call(value).startsWith("class");

/** Whether a name is that of a method, whose first argument is `this`. */
export function isMethod(name: string): boolean {
  const [owner, member] = name.split(".");
  return (
    member !== undefined &&
    !Object.hasOwn((lib as unknown as Record<string, object>)[owner], member)
  );
}

type Anything = (...args: unknown[]) => unknown;

/**
 * Makes the call `name`: of a function, `new Class`, `Class.static`, `Class.method` of the first
 * argument, or `Class.property=`.
 */
export function make(name: string, args: readonly unknown[]): unknown {
  const [owner, member] = name.split(".");
  const exported = (lib as Record<string, unknown>)[owner] as Record<string, Anything>;
  if (member === undefined)
    return isClass(exported) ? new exported(...args) : (exported as unknown as Anything)(...args);
  if (Object.hasOwn(exported, member)) return exported[member](...args);
  const [self, ...rest] = args;
  if (member.endsWith("="))
    return void ((self as Record<string, unknown>)[member.slice(0, -1)] = rest[0]);
  return (self as Record<string, Anything>)[member](...rest);
}

/**
 * How a call ended. `breach` is what must not be: an error that is not the library's, or an answer
 * that is none.
 */
export interface End {
  readonly kind: "answered" | "refused" | "sabotaged" | "breach";
  readonly what: string;
}

export async function end(call: () => unknown): Promise<End> {
  try {
    const value = await call();
    return { kind: "answered", what: digest(value) };
  } catch (error) {
    if (error instanceof Sabotage) return { kind: "sabotaged", what: "" };
    if (
      error instanceof MmError &&
      error.code.startsWith("ERR_MM_") &&
      !error.message.includes("\n")
    )
      return { kind: "refused", what: `${error.code} ${error.message}` };
    return {
      kind: "breach",
      what: error instanceof Error ? (error.stack ?? String(error)) : `threw ${typeof error}`,
    };
  }
}

/** Names of what is never the same twice, or is of a run's history. */
const CHANGING = new Set(["seconds", "stepsPerSecond", "keptAt", "run", "serial", "lock"]);

/** The contents of a value, bit for bit; throws on a tensor that reaches outside its memory. */
export function digest(value: unknown, depth = 0): string {
  if (value instanceof Tensor) return ofTensor(value);
  if (value instanceof Generator)
    return `Generator ${Buffer.from(value.getState()).toString("base64").slice(0, 200)}`;
  // A compiled step holds another plan on each backend; what it computes is compared.
  if (
    value instanceof PythonRandom ||
    value instanceof CompiledStep ||
    typeof value === "function" ||
    value instanceof AbortSignal
  )
    return "-";
  if (ArrayBuffer.isView(value)) return ofBytes(value);
  if (typeof value !== "object" || value === null)
    return typeof value === "string"
      ? JSON.stringify(value)
      : Object.is(value, -0)
        ? "-0"
        : String(value);
  if (depth > 5) return "...";
  if (Array.isArray(value)) return `[${value.map((x) => digest(x, depth + 1)).join()}]`;
  if (value instanceof Map || value instanceof Set) return digest([...value], depth + 1);
  return `{${Object.keys(value)
    .filter((key) => !CHANGING.has(key))
    .map((key) => `${key}:${digest((value as Record<string, unknown>)[key], depth + 1)}`)
    .join()}}`;
}

function ofBytes(view: ArrayBufferView): string {
  try {
    // Of a NaN neither sign nor payload is promised: JavaScript itself does not.
    if (view instanceof Float32Array || view instanceof Float64Array)
      view = view.map((x) => (Number.isNaN(x) ? Number.NaN : x));
    return `${view.constructor.name} ${Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString("base64")}`;
  } catch {
    return "an array whose memory went away"; // one that was given
  }
}

function ofTensor(t: lib.Tensor): string {
  const sizes = [...t.shape, t.offset];
  if (!sizes.every((n) => Number.isInteger(n) && n >= 0))
    throw new Error(`a tensor with sizes ${sizes.join()}`);
  const reach =
    t.numel === 0
      ? 0
      : t.offset + t.shape.reduce((far, n, i) => far + (n - 1) * t.strides[i], 0) + 1;
  if (reach > t.storage.length)
    throw new Error(`a tensor of ${t.storage.length} words that reaches word ${reach}`);
  const gradient = t.node === null && t.grad !== null ? ` grad ${ofTensor(t.grad)}` : "";
  return `${t.dtype} [${t.shape.join()}] ${t.requiresGrad} ${ofBytes(t.toTypedArray())}${gradient}`;
}
