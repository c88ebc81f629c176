/** Kernel calls that another can do on the way: the same numbers, fewer passes through memory. */
import type { BinaryOp, Operand } from "../backend/kernels.js";
import { type Command, mapOperands, operandsOf } from "../backend/plan.js";
import type { Storage } from "../backend/storage.js";

/** The commands that read and write a storage, by position, in order. */
interface Uses {
  readonly reads: number[];
  readonly writes: number[];
}

function usesOf(commands: readonly Command[]): (storage: Storage) => Uses {
  const map = new Map<Storage, Uses>();
  const uses = (storage: Storage): Uses => {
    const known = map.get(storage) ?? { reads: [], writes: [] };
    map.set(storage, known);
    return known;
  };
  for (const [i, command] of commands.entries()) {
    const operands = operandsOf(command);
    for (const key of ["reads", "writes"] as const) {
      for (const { storage } of operands[key]) uses(storage)[key].push(i);
    }
  }
  return uses;
}

const whole = (x: Operand, length: number): boolean =>
  x.offset === 0 && x.storage.length === length;
const only = (positions: readonly number[], i: number): boolean =>
  positions.length === 1 && positions[0] === i;

/**
 * What a rule makes of the commands, with number `i` as the last of the pattern; undefined where it
 * does not apply.
 */
type Rule = (
  commands: readonly Command[],
  i: number,
  own: ReadonlySet<Storage>,
  uses: (storage: Storage) => Uses,
) => Command[] | undefined;

/**
 * A binary call over one dimension: whole storages `a` and `out`, with `b` beside them (stride 1)
 * or one number (stride 0).
 */
function flatBinary(
  { kernel, args }: Command,
  op: BinaryOp,
  bStride: 0 | 1,
): { length: number; a: Operand; b: Operand; out: Operand } | undefined {
  if (kernel !== "binary" || args.op !== op || args.shape.length !== 1) return undefined;
  const { shape, a, aStrides, b, bStrides, out, outStrides } = args;
  if (aStrides[0] !== 1 || bStrides[0] !== bStride || outStrides[0] !== 1) return undefined;
  return whole(a, shape[0]) && whole(out, shape[0]) ? { length: shape[0], a, b, out } : undefined;
}

/**
 * `tanhBackward(a @ b, y)`: the product multiplies by tanh's derivative before its outputs leave
 * the first cache.
 */
const tanhGradient: Rule = (commands, i, own, uses) => {
  const call = flatBinary(commands[i], "tanhBackward", 1);
  if (call === undefined || !own.has(call.a.storage) || !own.has(call.out.storage))
    return undefined;
  const {
    reads,
    writes: [from, ...more],
  } = uses(call.a.storage);
  if (!only(reads, i) || more.length > 0 || call.b.storage === call.out.storage) return undefined;
  const product = commands[from];
  if (product.kernel !== "gemm") return undefined;
  const { m, n, bias, outRow, activation } = product.args;
  if (m * n !== call.length || bias !== null || outRow !== n || activation !== "none")
    return undefined;
  // Between the product and here, nobody may need what was in `out`, nor change y.
  const result = uses(call.out.storage);
  if (
    [...result.reads, ...result.writes].some((use) => use < i) ||
    uses(call.b.storage).writes.some((use) => use > from && use <= i)
  )
    return undefined;
  const fused: Command = { ...product, args: { ...product.args, out: call.out, y: call.b } };
  return commands.flatMap((command, k) => (k === from ? [fused] : k === i ? [] : [command]));
};

/** `x * 1`, with the one that a backward pass begins with: x itself. */
const timesOne: Rule = (commands, i, own, uses) => {
  const call = flatBinary(commands[i], "mul", 0);
  if (call === undefined || ![call.a, call.b, call.out].every(({ storage }) => own.has(storage)))
    return undefined;
  const [filled, ...more] = uses(call.b.storage).writes;
  const fill = commands[filled];
  if (fill.kernel !== "fill" || fill.args.value !== 1 || more.length > 0) return undefined;
  if (uses(call.a.storage).writes.some((at) => at > i) || !only(uses(call.out.storage).writes, i))
    return undefined;
  const same = (x: Operand): Operand =>
    x.storage === call.out.storage ? { storage: call.a.storage, offset: x.offset } : x;
  return commands.flatMap((command, at) => (at === i ? [] : [mapOperands(command, same)]));
};

const RULES: readonly Rule[] = [timesOne, tanhGradient];

/** Only memory of the step's own (`own`: its temporaries) may be left unwritten. */
export function fuse(commands: readonly Command[], own: ReadonlySet<Storage>): readonly Command[] {
  let uses = usesOf(commands);
  for (const rule of RULES) {
    for (let i = commands.length - 1; i >= 0; i--) {
      const fused = rule(commands, i, own, uses);
      if (fused === undefined) continue;
      commands = fused;
      uses = usesOf(fused);
    }
  }
  return commands;
}
