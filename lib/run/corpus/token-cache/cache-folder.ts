/** Where the tokens of large texts are kept. */
import { dirname, join, resolve } from "node:path";

/** In the folder in which a run's own is. */
const NAME = ".mm-cache";

/**
 * The folder for the tokens of a run's text: MM_CACHE, or one beside the run, for all runs there.
 * undefined: none, with an empty MM_CACHE and in a browser, where files are in memory too.
 */
export function cacheBeside(run: string): string | undefined {
  if ((process.platform as string) === "browser") return undefined;
  const { MM_CACHE } = process.env;
  if (MM_CACHE !== undefined) return MM_CACHE === "" ? undefined : resolve(MM_CACHE);
  return join(dirname(resolve(run)), NAME);
}
