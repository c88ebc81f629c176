/** SHA-256 of the words of a corpus, without the examples that are made of them. */
import { brownVariant, readBrown, type Words } from "../../data/index.js";
import type { TrainConfig } from "../settings/config.js";
import { listOptions, readList } from "./read-list.js";
import { textOptions } from "./text-options.js";
import { openText } from "./token-cache/open-text.js";

/** How a corpus is read. */
type CorpusSettings = Omit<TrainConfig, "data">;

/**
 * As config.json of a run over it has it.
 * @param cache a folder for the tokens of large texts; left out: none
 * @throws DataError where it cannot be read
 */
export function corpusDigest(
  source: string | Words,
  config: CorpusSettings,
  cache?: string,
): string {
  const variant = typeof source === "string" ? brownVariant(source) : undefined;
  if (variant !== undefined) return readBrown(variant).digest;
  const text = textOptions(config);
  if (text !== undefined) return openText(source, text, { folder: cache }).digest;
  return readList(source, listOptions(config)).digest;
}
