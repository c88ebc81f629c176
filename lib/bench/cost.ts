/**
 * What a kernel call costs, counted from its arguments: the sizes it works on, fused multiply-adds,
 * bytes read and written.
 */
import type { Operand } from "../backend/kernels.js";
import {
  type Argument,
  type Command,
  isOperand,
  type KernelName,
  OPERANDS,
} from "../backend/plan.js";
import type { Storage } from "../backend/storage.js";

export interface Cost {
  /** the kernel's sizes, for a reader: 32x200x30 */
  readonly shape: string;
  /**
   * floating-point operations of products, two per fused multiply-add; 0 where time goes to memory
   * or to exp and tanh
   */
  readonly flops: number;
  /** each operand once: what must move if none is in a register */
  readonly bytes: number;
}

type Count = (args: readonly Argument[]) => {
  sizes: readonly number[];
  flops?: number;
  words: number;
};

const product = (sizes: readonly number[]): number => sizes.reduce((n, size) => n * size, 1);
const dims = (x: Argument): readonly number[] => x as readonly number[];
const numbers = (args: readonly Argument[], count: number): number[] =>
  args.slice(0, count) as number[];

/** An operand with strides of 0 only is one number. */
const strided = (n: number, strides: Argument): number =>
  dims(strides).every((s) => s === 0) ? 1 : n;

const rowsMoved =
  (timesPerWord: number): Count =>
  (args) => {
    const [n, rows, width] = numbers(args, 3);
    return { sizes: [n, rows, width], words: n + timesPerWord * n * width };
  };
const reduced: Count = (args) => {
  const [outer, reduce, inner] = numbers(args, 3);
  return { sizes: [outer, reduce, inner], words: outer * inner * (reduce + 1) };
};

/** Of what is as large as the vocabulary, and `products` times x * weight. */
function lossOverTiles(
  args: readonly Argument[],
  products: number,
  passes: number,
): ReturnType<Count> {
  const [rows, inner, cols] = numbers(args, 3);
  return {
    sizes: [rows, inner, cols],
    flops: 2 * rows * inner * cols * products,
    words: passes * (inner * cols + cols + rows * inner),
  };
}

const COUNTS: { readonly [K in KernelName]?: Count } = {
  gemm: (args) => {
    const [m, n, k] = numbers(args, 3);
    return {
      sizes: [m, n, k],
      flops: 2 * m * n * k,
      words: m * k + k * n + m * n + (args[9] === null ? 0 : n),
    };
  },
  unary: ([, shape]) => ({ sizes: dims(shape), words: 2 * product(dims(shape)) }),
  binary: ([, shape, , a, , b]) => {
    const n = product(dims(shape));
    return { sizes: dims(shape), words: strided(n, a) + strided(n, b) + n };
  },
  copy: ([shape]) => ({ sizes: dims(shape), words: 2 * product(dims(shape)) }),
  fill: ([n]) => ({ sizes: [n as number], words: n as number }),
  sum: reduced,
  max: reduced,
  gatherRows: rowsMoved(2),
  scatterAddRows: rowsMoved(3),
  softmax: ([rows, cols]) => ({
    sizes: [rows as number, cols as number],
    words: 2 * (rows as number) * (cols as number),
  }),
  crossEntropy: ([rows, cols]) => {
    const [n, c] = [rows as number, cols as number];
    return { sizes: [n, c], words: 2 * n * c + 2 * n };
  },
  sgd: ([n]) => ({ sizes: [n as number], words: 3 * (n as number) }),
  linearCrossEntropy: (args) => lossOverTiles(args, 1, 1),
  // The gradients of x and weight, and the logits again but for those rows that the forward pass
  // has kept.
  linearCrossEntropyBackward: (args) => {
    const [rows, inner] = numbers(args, 2);
    return lossOverTiles(args, 3 - (args[8] ? Math.min(1, inner / rows) : 0), 2);
  },
};

const operands = ({ kernel, args }: Command): Operand[] =>
  [...new Set([...OPERANDS[kernel].reads, ...OPERANDS[kernel].writes])]
    .map((i) => args[i])
    .filter(isOperand);

/** A kernel that is not in the table counts the storages of its operands, and no arithmetic. */
export function cost(command: Command): Cost {
  const count = COUNTS[command.kernel];
  if (count === undefined) {
    return {
      shape: "",
      flops: 0,
      bytes: 4 * operands(command).reduce((n, { storage }) => n + storage.length, 0),
    };
  }
  const { sizes, flops = 0, words } = count(command.args);
  return { shape: sizes.join("x"), flops, bytes: 4 * words };
}

/**
 * Bytes of all memory that the commands touch: what has to fit into a cache to stay there. Of a
 * table, the rows that are gathered.
 */
export function workingSet(commands: readonly Command[]): number {
  const words = new Map<Storage, number>();
  for (const command of commands) {
    const [n, , width] = command.args as number[];
    for (const [i, { storage }] of operands(command).entries()) {
      const touched =
        command.kernel === "gatherRows" && i === 0
          ? Math.min(storage.length, n * width)
          : storage.length;
      words.set(storage, Math.max(words.get(storage) ?? 0, touched));
    }
  }
  return 4 * [...words.values()].reduce((sum, n) => sum + n, 0);
}
