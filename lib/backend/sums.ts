/**
 * The orders in which the kernels of the contract (kernels.ts) add numbers. With one float32 for
 * all n terms a sum errs in proportion to n; none of these does. native/kernels/arguments.h has the
 * sizes too.
 *
 * - "Sixteen-lane sum" of x[0..n): double lane l adds x[l], x[l+16], ... in order; then lane i +=
 *   lane i+8, i+4, i+2, i+1 in double; the result is rounded once. An empty sum is 0.
 * - "Blocked sum" of the terms t[0..n): they are cut into blocks of SUM_BLOCK, and the blocks into
 *   groups of SUM_GROUP terms; the last block and group may be shorter. A block's sum is one chain
 *   of float32 additions from 0, in order of its terms, in which a term that is a product a*b is
 *   added by one fma(a, b, chain). A group's sum is its blocks' sums added in order, from the first
 *   block's; the result is the groups' sums added in order, from the first group's; each addition
 *   rounds. So up to 256 terms it is one chain; an empty sum is 0. The error grows with 256 + 8 +
 *   n / 2,048 additions, and who computes a group does not matter.
 * - "Softmax sums" m and S of a row x: in each block b of SOFTMAX_BLOCK columns, m_b is the largest
 *   x (at least -3.4028235e38) and S_b the sixteen-lane sum of exp(x - m_b); m = max m_b, S = the
 *   sixteen-lane sum of S_b * exp(m_b - m) over the blocks (one block: S_b).
 */

/** Terms of a blocked sum that are one chain. */
export const SUM_BLOCK = 256;

/** Terms of a blocked sum that are a group: eight blocks. */
export const SUM_GROUP = 2048;

/** Columns of a softmax's row that are summed about one maximum: two blocks of a blocked sum. */
export const SOFTMAX_BLOCK = 512;
