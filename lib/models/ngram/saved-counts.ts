/** n-grams in a model's file, and what counting needs to know of a vocabulary. */
import type { Tokens } from "../../data/index.js";
import type { SavedTensors } from "../saved-tensors.js";
import type { NgramTensors } from "./counts.js";

/** @throws CheckpointError where they are not of `order`, which the settings say */
export function savedCounts(saved: SavedTensors, order: number): NgramTensors {
  const [ngrams, counts] = [saved.ofRank("ngrams", 2), saved.ofRank("counts", 1)];
  if (ngrams.shape[0] === counts.numel && ngrams.shape[1] === order) return { ngrams, counts };
  throw saved.damaged(
    `tensor ngrams: expected [${counts.numel}, ${order}] as config.json says, got ` +
      `[${ngrams.shape.join(", ")}]`,
  );
}

/**
 * What stands before sentences; undefined in a running text, and of characters, whose n-grams were
 * counted with all of a word's boundaries.
 */
export const startOf = ({ level, start, end }: Tokens): number | undefined =>
  level === "word" && end !== undefined ? start : undefined;
