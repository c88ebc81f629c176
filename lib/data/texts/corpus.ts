/** Where the words come from when the user names a corpus rather than a file. */

import { accessSync } from "node:fs";
import { join } from "node:path";
import { checkText } from "../../check.js";
import { DataError, ValueError } from "../../errors.js";
import { isBundled, packageRoot } from "../../package-root.js";

/**
 * Absolute path of the shipped corpus: 32,257 names, the US Social Security Administration's list
 * of 2018 (public domain), written by scripts/make-names.py.
 *
 * @throws DataError when the installed package lacks the file
 */
export function defaultCorpus(): string {
  const file = join(packageRoot(), "data", "names.txt");
  try {
    accessSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") throw new DataError(file, `the shipped corpus cannot be read (${code})`);
    const advice = isBundled()
      ? "in a bundle, name a file of words, or put data/names.txt of mm-train there"
      : "reinstall mm-train";
    throw new DataError(file, `the shipped corpus is missing: ${advice}`);
  }
  return file;
}

/**
 * What `--data` means: "names" is the shipped corpus, anything else the path of a file, returned as
 * it came and not opened. A file of your own called names is reached as `./names`.
 *
 * @throws ValueError for an empty string: an unset shell variable, not a file
 */
export function resolveCorpus(name: string): string {
  if (checkText("resolveCorpus: name", name) === "")
    throw new ValueError(
      'resolveCorpus: expected "names" or the path of a file, got an empty string',
    );
  if (name === "names") return defaultCorpus();
  return name;
}
