/** Kernels of the contract (kernels.ts) that are a whole layer: the first one, and the last one. */
import type { Activation, Operand } from "../kernels.js";

/**
 * The first layer of a network of tokens: n examples of `positions` tokens each, whose rows of
 * table [rows, width], side by side, weight [positions * width, cols] multiplies. index [n,
 * positions] holds the tokens, 0 <= index < rows. All contiguous; positions >= 1.
 */
export interface EmbeddingLayer {
  readonly n: number;
  readonly positions: number;
  readonly rows: number;
  readonly width: number;
  readonly cols: number;
  readonly table: Operand;
  readonly index: Operand;
  readonly weight: Operand;
}

/**
 * out[i, h] = act(p_0 + bias[h] + p_1 + p_2 ...), added in that order, each addition rounding, p_j
 * being the product of one token with the weight of its position: gemm's blocked sum over e <
 * width of table[index[i, j], e] * weight[j * width + e, h]. So a token is multiplied once per
 * position, however many examples have it there.
 */
export interface EmbeddingLinear extends EmbeddingLayer {
  readonly bias: Operand;
  readonly out: Operand;
  readonly activation: Activation;
}

/**
 * Its gradients, by tokens: at position j, s[c, h] is the blocked sum of grad[i, h] over the i for
 * which index[i, j] is c, in order of i (as scatterAddRows adds to 0). gradWeight[j * width + e, h]
 * = the blocked sum of table[c, e] * s[c, h] over the tokens c that occur at position j, in
 * ascending order. gradTable = zeros, to whose rows c are added, in order of j, gemm's blocked sums
 * over h of s[c, h] * weight[j * width + e, h]. Either may be null: not asked for.
 */
export interface EmbeddingLinearBackward extends EmbeddingLayer {
  readonly grad: Operand;
  readonly gradTable: Operand | null;
  readonly gradWeight: Operand | null;
}

/** The last layer under a loss: x [rows, inner], weight [inner, cols], bias [cols]. */
export interface LinearLayer {
  readonly rows: number;
  readonly inner: number;
  readonly cols: number;
  readonly x: Operand;
  readonly weight: Operand;
  readonly bias: Operand;
  readonly targets: Operand;
}

/**
 * The losses of crossEntropy for the logits x * weight + bias (gemm with a bias), which are never
 * in memory: x [rows, inner], weight [inner, cols], bias [cols], targets [rows], all contiguous.
 * loss [rows]; stats [2, rows] takes m, then S of each row. `spare` (null: none) is the memory for
 * the gradient of weight: its row i < min(rows, inner) takes the logits of example i, which saves
 * the backward pass work, on whatever backend and however many threads it runs.
 */
export interface LinearCrossEntropy extends LinearLayer {
  readonly loss: Operand;
  readonly stats: Operand;
  readonly spare: Operand | null;
}

/**
 * Its gradients: with g[i, j] = ((exp(x - m) / S - [j == target]) * scale) * upstream[i *
 * upstreamStride], the logits being computed again, gradX = g * weight^T and gradWeight = x^T * g
 * (gemm: blocked sums in order of cols, of rows), gradBias[j] = sum over i of g[i, j] (one double
 * chain, as sum). `kept`: gradWeight was `spare` of linearCrossEntropy on the same operands and has
 * not been written since.
 */
export interface LinearCrossEntropyBackward extends LinearLayer {
  readonly stats: Operand;
  readonly kept: boolean;
  readonly scale: number;
  readonly upstream: Operand;
  readonly upstreamStride: 0 | 1;
  readonly gradX: Operand;
  readonly gradWeight: Operand;
  readonly gradBias: Operand;
}
