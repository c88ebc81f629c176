/**
 * One run of a step with every kernel call written down, and what makes two recordings the same
 * program.
 */
import type { Operand } from "../backend/kernels.js";
import { observe } from "../backend/observe.js";
import { type Command, mapOperands, operandsOf } from "../backend/plan.js";
import { nextSerial, type Storage } from "../backend/storage.js";
import { isAsync } from "../check.js";
import { CompileError } from "../errors.js";
import { Tensor } from "../tensor/index.js";
import { leafState } from "../tensor/tensor.js";
import { AutogradState } from "./autograd-state.js";

/** What a step does with the gradient of a leaf. */
export interface GradientUse {
  /** the gradient that it starts from; undefined if it replaces it unseen */
  readonly found: Tensor | null | undefined;
  /** the gradient that it leaves */
  readonly left: Tensor | null;
}

/** A step has set the gradient of a leaf, before its kernel call number `at`. */
export interface GradientChange {
  readonly at: number;
  readonly leaf: Tensor;
  readonly grad: Tensor | null;
}

export interface Recording {
  readonly commands: readonly Command[];
  readonly result: Tensor;
  readonly gradients: ReadonlyMap<Tensor, GradientUse>;
  readonly changes: readonly GradientChange[];
  readonly state: AutogradState;
  /** what the step made has this serial number or a higher one */
  readonly from: number;
}

/** Runs `step` once; its kernels compute as ever. */
export function record(step: () => Tensor): Recording {
  const commands: Command[] = [];
  const found = new Map<Tensor, GradientUse["found"]>();
  const changes: GradientChange[] = [];
  const state = new AutogradState();
  const from = nextSerial();
  const result = observe(
    {
      recording: true,
      // A tensor is an operand too: keep its place in memory, not its tape.
      call: (command) =>
        void commands.push({
          ...mapOperands(command, ({ storage, offset }) => ({ storage, offset })),
          at: commands.length,
        }),
      access(what) {
        throw new CompileError(
          `${what}: a recorded step cannot read or make numbers in JavaScript, since a ` +
            "replay would not do it again; do it outside and pass what changes as an input (or " +
            "train without compile)",
        );
      },
      look: () => undefined,
      gradient(leaf, grad, value) {
        if (!found.has(leaf as Tensor))
          found.set(leaf as Tensor, value === undefined ? (grad as Tensor | null) : undefined);
        if (value !== undefined)
          changes.push({ at: commands.length, leaf: leaf as Tensor, grad: value as Tensor | null });
      },
      requirement: (leaf, required, value) => {
        state.note(leaf as Tensor, required, value);
      },
    },
    step,
  );
  if (
    isAsync(result) ||
    !(result instanceof Tensor) ||
    result.dtype !== "float32" ||
    !result.isContiguous()
  ) {
    throw new CompileError("compile: expected the step to return a contiguous float32 tensor");
  }
  const gradients = new Map(
    [...found].map(([leaf, was]) => [leaf, { found: was, left: leafState(leaf).held.grad }]),
  );
  for (const [, { left }] of gradients) {
    if (left?.requiresGrad)
      throw new CompileError(
        "grad: a recorded step cannot leave a gradient that requires a gradient itself; use " +
          "detach()",
      );
  }
  return { commands, result, gradients, changes, state, from };
}

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

/** How a recording uses a storage. */
interface Use {
  written: boolean;
  /** it holds something from before the recording that the recording needs */
  readFirst: boolean;
}

function uses({ commands }: Recording): Map<Storage, Use> {
  const map = new Map<Storage, Use>();
  for (const command of commands) {
    const { reads, writes } = operandsOf(command);
    for (const { storage } of reads)
      if (!map.has(storage)) map.set(storage, { written: false, readFirst: true });
    for (const { storage } of writes) {
      const use = map.get(storage);
      if (use === undefined) map.set(storage, { written: true, readFirst: false });
      else use.written = true;
    }
  }
  return map;
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
  for (const [leaf, { left }] of shared(a, b)) {
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
  const [first, second] = [uses(a), uses(b)];
  for (const [x, y] of pairs) {
    if (x === y) continue;
    if (x.serial < a.from || y.serial < b.from) {
      if (first.get(y)?.written)
        return (
          "a tensor was handed on from one run to the next; make it before, and change it in " +
          "place"
        );
      return "it used one tensor from outside, then another";
    }
    const use = second.get(y);
    if (use !== undefined && !use.readFirst) continue;
    // Made by the step, but by none of its kernel calls: a constant.
    if (use?.written) return "it changed a number made in JavaScript; copy that first";
    if (!sameWords(x, y))
      return "a number made in JavaScript changed; pass what changes as an input";
  }
  return undefined;
}

/** The gradients that outlive the step: those of leaves that both runs know. */
export const shared = (a: Recording, b: Recording): [Tensor, GradientUse][] =>
  [...b.gradients].filter(([leaf]) => a.gradients.has(leaf));

/**
 * The memory of what a run gave to others: its result, and the gradients of leaves that both runs
 * know.
 */
function given(a: Recording, b: Recording): Set<Storage> {
  const leaves = new Map(shared(a, b));
  const gradients = b.changes.flatMap(({ leaf, grad }) =>
    leaves.has(leaf) && grad !== null ? [grad] : [],
  );
  return new Set(
    [b.result, ...gradients, ...[...leaves.values()].flatMap(({ left }) => left ?? [])].map(
      ({ storage }) => storage,
    ),
  );
}

/**
 * What the second of two equal runs made for itself alone: written before it is read, and given to
 * nobody.
 */
export function temporaries(a: Recording, b: Recording): Set<Storage> {
  const kept = given(a, b);
  return new Set([...made(b)].filter((storage) => !kept.has(storage)));
}

/** What it made and gave away: others may keep it, so that a replay must not write over it. */
export function givenAway(a: Recording, b: Recording): Set<Storage> {
  const kept = given(a, b);
  return new Set([...made(b)].filter((storage) => kept.has(storage)));
}

function made(recording: Recording): Set<Storage> {
  const own = [...uses(recording)].filter(
    ([storage, { readFirst }]) => storage.serial >= recording.from && !readFirst,
  );
  return new Set(own.map(([storage]) => storage));
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
