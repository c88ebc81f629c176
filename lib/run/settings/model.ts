/** Settings of the model: its family, its sizes, its first parameters. */
import { choice, flag, seed, whole } from "./kinds.js";

export const modelSettings = {
  /**
   * mlp (the lecture's), nplm (the paper's), a bigram table; or counted: del-int, kneser-ney,
   * kneser-ney-backoff or class, n-grams of block-size + 1; default: mlp
   */
  model: choice("mlp", "bigram", "nplm", "del-int", "kneser-ney", "kneser-ney-backoff", "class")
    .default("mlp")
    .describe(
      "mlp (the lecture's), nplm (the paper's), a bigram table; or counted: del-int, " +
        "kneser-ney, kneser-ney-backoff or class, n-grams of block-size + 1",
    ),
  /** of class: how many classes of words; default: 500 */
  classes: whole(1, 10_000).default(500).describe("of class: how many classes of words"),
  /** characters (words) of context; default: 3 */
  blockSize: whole(1, 1000).default(3).describe("characters (words) of context"),
  /** numbers per character (word) in the embedding table C; default: 10 */
  embedding: whole(1, 100_000)
    .default(10)
    .describe("numbers per character (word) in the embedding table C"),
  /** units of the tanh layer; nplm can do without; default: 200 */
  hidden: whole(0, 1_000_000).default(200).describe("units of the tanh layer; nplm can do without"),
  /** of nplm: connections from the embedding to the output (the paper's W); default: false */
  direct: flag()
    .default(false)
    .describe("of nplm: connections from the embedding to the output (the paper's W)"),
  /**
   * of nplm: the output's weights are the embedding's, behind a projection of the hidden layer;
   * default: false
   */
  tied: flag()
    .default(false)
    .describe(
      "of nplm: the output's weights are the embedding's, behind a projection of the hidden layer",
    ),
  /**
   * of nplm: first bias of the output, 0 or the logarithm of each word's share of the train split;
   * default: zero
   */
  bias: choice("zero", "unigram")
    .default("zero")
    .describe(
      "of nplm: first bias of the output, 0 or the logarithm of each word's share of the " +
        "train split",
    ),
  /**
   * first parameters: standard normal, or W1 scaled for tanh and zeros for biases and W2; default:
   * normal
   */
  init: choice("normal", "kaiming")
    .default("normal")
    .describe(
      "first parameters: standard normal, or W1 scaled for tanh and zeros for biases and W2",
    ),
  /** seed of the parameters; default: 2147483647 */
  seed: seed().default(2147483647).describe("seed of the parameters"),
};
