import { resolve } from "node:path";
import { brownVariant } from "../../data/index.js";

/** A corpus by a name that is valid from any folder: the path of a file is absolute. */
export const absoluteCorpus = (data: string): string =>
  data === "names" || brownVariant(data) !== undefined ? data : resolve(data);
