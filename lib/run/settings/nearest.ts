/** What somebody meant who typed a name that does not exist. */
import { closest, distance } from "fastest-levenshtein";

/**
 * The name that is at most `most` letters from `word`, and fewer than half of its own letters;
 * undefined where none is.
 */
export function nearest(word: string, names: readonly string[], most = 2): string | undefined {
  const lower = word.toLowerCase();
  const near = closest(lower, names);
  const far = distance(near, lower);
  return far <= most && far < word.length / 2 ? near : undefined;
}
