/**
 * The first layer of a network of tokens in one kernel. A few tokens stand behind all examples of a
 * minibatch (27 characters behind 4,096 contexts of three), so each is multiplied once per position
 * and its product added to the examples that have it there. For n contexts of P tokens with E
 * features, H outputs and R different tokens, counted per position, that is 2 R E H floating-point
 * operations and n P H additions instead of 2 n P E H; the gradients likewise. Devlin et al. (2014)
 * fold the hidden layer like this for decoding; here it serves training too.
 */
import { kernels } from "../../../backend/index.js";
import type { Activation } from "../../../backend/kernels.js";
import { ShapeError } from "../../../errors.js";
import { checkType } from "../../dtypes.js";
import { show } from "../../shape.js";
import { type Needs, record } from "../../tape.js";
import { checkTensor, empty, peek, sizes, type Tensor } from "../../tensor.js";
import { contiguous } from "../elementwise.js";
import { activated, checkActivation } from "./activation.js";
import { unknownToken } from "./embedding.js";

/** What embeddingLinear saves; contiguous. */
export interface SavedEmbeddingLayer {
  /** int32 [n, positions] */
  readonly tokens: Tensor;
  /** [V, E] */
  readonly table: Tensor;
  /** [positions * E, H] */
  readonly weight: Tensor;
}

function checkLayer(tokens: Tensor, table: Tensor, weight: Tensor, bias: Tensor): void {
  checkTensor("embeddingLinear: tokens", tokens);
  checkType("embeddingLinear", tokens, "int32", "int32 tokens", "; convert with int()");
  for (const x of [table, weight, bias])
    checkType("embeddingLinear", checkTensor("embeddingLinear", x), "float32", "float32 operands");
  const [[, positions], [, width], [inputs, cols]] = [sizes(tokens), sizes(table), sizes(weight)];
  if (
    tokens.rank === 2 &&
    table.rank === 2 &&
    weight.rank === 2 &&
    bias.rank === 1 &&
    positions > 0 &&
    inputs === positions * width &&
    sizes(bias)[0] === cols
  )
    return;
  const shapes = [tokens, table, weight, bias].map(sizes);
  throw new ShapeError(
    "embeddingLinear",
    shapes,
    "expected tokens [n, P], table [V, E], weight [P * E, H] and bias [H], got " +
      shapes.map(show).join(", "),
  );
}

/**
 * act(embedding(tokens, table).view([n, P * E]) @ weight + bias) in one kernel that multiplies each
 * token once per position: tokens int32 [n, P], table [V, E], weight [P * E, H], bias [H] -> [n,
 * H]. Positions are added in order, each a product of E terms, so the bits are not those of the
 * long product: both agree to rounding.
 * @throws ShapeError for shapes that do not fit; ValueError for other dtypes and an unknown
 *   activation; IndexError on a token out of range
 */
export function embeddingLinear(
  tokens: Tensor,
  table: Tensor,
  weight: Tensor,
  bias: Tensor,
  activation: Activation = "none",
): Tensor {
  checkActivation("embeddingLinear", activation);
  checkLayer(tokens, table, weight, bias);
  const layer = {
    tokens: contiguous(tokens),
    table: contiguous(table),
    weight: contiguous(weight),
  };
  const [[n, positions], [rows, width], cols] = [sizes(tokens), sizes(table), sizes(weight)[1]];
  const out = empty([n, cols], "float32", "embeddingLinear");
  // No spread of common arguments here and below: it makes objects that V8 reads slowly, 10 us.
  const bad = kernels().embeddingLinear({
    n,
    positions,
    rows,
    width,
    cols,
    index: layer.tokens,
    table: layer.table,
    weight: layer.weight,
    bias: contiguous(bias),
    out,
    activation,
  });
  if (bad >= 0) throw unknownToken(peek(layer.tokens, bad), rows);
  return activated(out, activation, (z) =>
    record("embeddingLinear", z, [table, weight, bias], () => layer),
  );
}

/** The gradients of the table and of the weight, given that of the layer; null: not asked for. */
export function embeddingLinearBackward(
  g: Tensor,
  layer: SavedEmbeddingLayer,
  [toTable, toWeight]: Needs,
): (Tensor | null)[] {
  if (!toTable && !toWeight) return [null, null];
  const { tokens, table, weight } = layer;
  const [gradTable, gradWeight] = [
    toTable ? empty(sizes(table)) : null,
    toWeight ? empty(sizes(weight)) : null,
  ];
  const [[n, positions], [rows, width], cols] = [sizes(tokens), sizes(table), sizes(weight)[1]];
  const bad = kernels().embeddingLinearBackward({
    n,
    positions,
    rows,
    width,
    cols,
    index: tokens,
    table,
    weight,
    grad: contiguous(g),
    gradTable,
    gradWeight,
  });
  if (bad >= 0) throw unknownToken(peek(tokens, bad), rows);
  return [gradTable, gradWeight];
}
