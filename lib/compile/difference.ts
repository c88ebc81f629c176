/** What makes two recordings of a step the same program, so that replaying one stands for both. */
import type { Operand } from "../backend/kernels.js";
import type { Storage } from "../backend/storage.js";
import type { Tensor } from "../tensor/index.js";
import { lastingGradients, accessesOf } from "./ownership.js";
import type { Recording } from "./recording.js";

/**
 * Whether two runs of a step began alike, as far as autograd goes: in the same state, with
 * gradients or without.
 */
export function beganAlike(a: Recording, b: Recording): boolean {
  const found = ({ gradients }: Recording, leaf: Tensor) => gradients.get(leaf)?.found;
  return (
    a.state.equals(b.state) &&
    [...a.gradients.keys()].every((leaf) => (found(a, leaf) === null) === (found(b, leaf) === null))
  );
}

/** Which storage of one recording stands where in the other; one to one. */
class Pairs {
  readonly of = new Map<Storage, Storage>();
  private readonly back = new Map<Storage, Storage>();

  /** Whether two operands can be the same one. */
  agree(x: Operand, y: Operand): boolean {
    if (
      x.offset !== y.offset ||
      (this.of.get(x.storage) ?? y.storage) !== y.storage ||
      (this.back.get(y.storage) ?? x.storage) !== x.storage
    )
      return false;
    this.of.set(x.storage, y.storage);
    this.back.set(y.storage, x.storage);
    return true;
  }
}

/**
 * What differs between two runs of a step, in words; undefined if replaying the second stands for
 * both.
 */
export function difference(a: Recording, b: Recording): string | undefined {
  if (a.commands.length !== b.commands.length)
    return `${a.commands.length} kernel calls, then ${b.commands.length}`;
  const pairs = new Pairs();
  for (const [i, command] of a.commands.entries()) {
    const other = b.commands[i];
    const where = `kernel call ${i}`;
    if (command.kernel !== other.kernel)
      return `${where} was ${command.kernel}, then ${other.kernel}`;
    for (const [name, x] of Object.entries(command.args) as [string, unknown][]) {
      const y = (other.args as unknown as Record<string, unknown>)[name];
      if (!isOperand(x) || !isOperand(y)) {
        if (!sameArgument(x, y))
          return `${where} (${command.kernel}) had ${name} ${text(x)}, then ${text(y)}`;
      } else if (!pairs.agree(x, y)) return `${where} (${command.kernel}) used other memory`;
    }
  }
  if (!sameArgument(a.result.shape, b.result.shape) || !pairs.agree(a.result, b.result))
    return "the result was another tensor";
  for (const [leaf, { left }] of lastingGradients(a, b)) {
    const before = a.gradients.get(leaf)?.left ?? null;
    if (before !== left && (before === null || left === null || !pairs.agree(before, left)))
      return "it left another gradient";
  }
  return handedOn(pairs.of, a, b);
}

/** What makes memory of one recording another than its pair in the other, in words. */
function handedOn(
  pairs: ReadonlyMap<Storage, Storage>,
  a: Recording,
  b: Recording,
): string | undefined {
  const [first, second] = [accessesOf(a), accessesOf(b)];
  for (const [x, y] of pairs) {
    if (x === y) continue;
    if (x.serial < a.firstSerial || y.serial < b.firstSerial) {
      if (first.get(y)?.written)
        return (
          "a tensor was handed on from one run to the next; make it before, and change it in " +
          "place"
        );
      return "it used one tensor from outside, then another";
    }
    const access = second.get(y);
    if (access !== undefined && !access.readFirst) continue;
    // Made by the step, but by none of its kernel calls: a constant.
    if (access?.written) return "it changed a number made in JavaScript; copy that first";
    if (!sameWords(x, y))
      return "a number made in JavaScript changed; pass what changes as an input";
  }
  return undefined;
}

const isOperand = (x: unknown): x is Operand =>
  typeof x === "object" && x !== null && "storage" in x;

function sameArgument(x: unknown, y: unknown): boolean {
  if (Array.isArray(x) && Array.isArray(y))
    return x.length === y.length && x.every((value, i) => value === y[i]);
  return Object.is(x, y);
}

function sameWords(x: Storage, y: Storage): boolean {
  const words = ({ slab, start, length }: Storage) => slab.i32.subarray(start, start + length);
  const [a, b] = [words(x), words(y)];
  return a.length === b.length && a.every((word, i) => word === b[i]);
}

const text = (x: unknown): string => (isOperand(x) ? "a tensor" : JSON.stringify(x));
