import { checkArguments, checkBoolean, optional, typed, whole } from "../check.js";
import { ShapeError, ValueError } from "../errors.js";
import type { MT19937 } from "./mt19937.js";
import { unit53, unitExponential } from "./uniform.js";

const f32 = Math.fround;

/** A rows x cols table of weights, and how many column indices to draw from each row. */
export interface MultinomialRequest {
  p: Float32Array;
  rows: number;
  cols: number;
  numSamples: number;
  replacement: boolean;
  out: Int32Array | undefined;
}

/**
 * `torch.multinomial` of PyTorch 2.7 and later. Returns rows x numSamples indices, in `out` where
 * there is one.
 */
export function drawMultinomial(request: MultinomialRequest, engine: MT19937): Int32Array {
  check(request);
  const {
    p,
    rows,
    cols,
    numSamples,
    replacement,
    out = new Int32Array(rows * numSamples),
  } = request;
  for (let row = 0; row < rows; row++) {
    const weights = p.subarray(row * cols, (row + 1) * cols);
    const picks = out.subarray(row * numSamples, (row + 1) * numSamples);
    if (numSamples === 1) picks[0] = fastest(weights, engine);
    else if (replacement) pickRepeatedly(weights, picks, engine);
    else pickDistinct(weights, picks, engine);
  }
  return out;
}

/**
 * A race of exponential clocks: category i rings after q / p[i], so the first to ring is i with
 * probability p[i] / sum. PyTorch looks for the largest p / q. A nan (0 / 0, once in 2^53) wins, as
 * in its argmax; on a tie the first.
 */
function fastest(weights: Float32Array, engine: MT19937): number {
  let best = 0;
  let bestScore = -1;
  for (let i = 0; i < weights.length; i++) {
    const score = f32(weights[i] / f32(unitExponential(engine)));
    if (score > bestScore || (Number.isNaN(score) && !Number.isNaN(bestScore))) {
      best = i;
      bestScore = score;
    }
  }
  return best;
}

/** The same race, taking the first several categories in the order in which they ring. */
function pickDistinct(weights: Float32Array, picks: Int32Array, engine: MT19937): void {
  const scores = weights.map(() => unitExponential(engine)); // q, rounded to float32
  for (let i = 0; i < scores.length; i++) scores[i] = weights[i] / scores[i];
  const rank = (i: number): number => (Number.isNaN(scores[i]) ? Infinity : scores[i]);
  const order = Array.from(scores.keys()).sort((i, j) =>
    rank(i) === rank(j) ? i - j : rank(j) - rank(i),
  );
  picks.set(order.slice(0, picks.length));
}

/** Inversion: the cumulative distribution in float32, then one binary search per sample. */
function pickRepeatedly(weights: Float32Array, picks: Int32Array, engine: MT19937): void {
  let total = 0;
  const cumulative = weights.map((weight) => (total = f32(total + weight)));
  for (let i = 0; i < cumulative.length; i++) cumulative[i] /= total;
  cumulative[cumulative.length - 1] = 1;
  for (let sample = 0; sample < picks.length; sample++) {
    const u = unit53(engine);
    let low = 0;
    let high = cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cumulative[middle] < u) low = middle + 1;
      else high = middle;
    }
    picks[sample] = low;
  }
}

const REQUEST = {
  p: typed("Float32Array"),
  rows: whole(0),
  cols: whole(0),
  numSamples: whole(1, 2 ** 31 - 1),
  replacement: checkBoolean,
  out: optional(typed("Int32Array")),
};

/**
 * Everything is checked before the first word is drawn, so that a refused call leaves the stream
 * where it was.
 */
function check(request: MultinomialRequest): void {
  checkArguments("multinomial", request, REQUEST);
  const { p, rows, cols, numSamples, replacement, out } = request;
  if (p.length !== rows * cols) {
    throw new ShapeError(
      "multinomial",
      [[rows, cols]],
      `expected rows x cols = ${rows * cols} weights, but got ${p.length}`,
    );
  }
  if (!replacement && numSamples > cols) {
    const sizes = `${numSamples} > ${cols}`;
    throw new ValueError(
      "multinomial: cannot sample n_sample > prob_dist.size(-1) samples without replacement " +
        `(${sizes})`,
    );
  }
  if (out !== undefined && out.length !== rows * numSamples) {
    const expected = `expected room for rows x numSamples = ${rows * numSamples} indices`;
    throw new ShapeError("multinomial", [[rows, numSamples]], `${expected}, but got ${out.length}`);
  }
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = row * cols; i < (row + 1) * cols; i++) {
      if (!(p[i] >= 0 && p[i] < Infinity)) {
        const where = `row ${row}, column ${i - row * cols} is ${p[i]}`;
        throw new ValueError(
          `multinomial: probability tensor contains either \`inf\`, \`nan\` or element < 0 ` +
            `(${where})`,
        );
      }
      sum += p[i];
    }
    if (!(sum > 0)) {
      throw new ValueError(
        `multinomial: invalid multinomial distribution (sum of probabilities <= 0) in row ${row}`,
      );
    }
  }
}
