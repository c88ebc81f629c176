/** What a call of the addon looks like, shared with native/command.h and native/napi/prepare.cc. */
import { ValueError } from "../errors.js";

// Kernel numbers.
export const GEMM = 0;
export const UNARY_KERNEL = 1;
export const BINARY_KERNEL = 2;
export const COPY = 3;
export const FILL = 4;
export const SUM = 5;
export const MAX = 6;
export const GATHER_ROWS = 7;
export const SCATTER_ADD_ROWS = 8;
export const SOFTMAX = 9;
export const CROSS_ENTROPY = 10;
export const SGD = 11;
export const SGD_MOMENTUM = 12;
export const ADAMW = 13;
export const LINEAR_CROSS_ENTROPY = 14;
export const LINEAR_CROSS_ENTROPY_BACKWARD = 15;

export const MAX_OPERANDS = 9;
/** instead of a position: no memory for scratch */
export const NO_MEMORY = -2;

// Words of `control`: the offsets of operands 0-4 (of the losses, 0-8), then sizes and choices;
// strided kernels have tables of eight.
export const FIRST = 5;
export const SHAPE = 8;
export const A_STRIDE = 16;
export const B_STRIDE = 24;
export const OUT_STRIDE = 32;
/** of the losses of a linear layer */
export const LOSS_FIRST = 9;

/** Of the losses of a linear layer, which alone need scratch. */
export const noMemory = (): ValueError =>
  new ValueError(`linearCrossEntropy: no memory for its scratch; use a smaller batch`);
