/**
 * Where the package is. A bundler moves this code away from the rest of it: binaries and corpus
 * are then looked for beside the bundle.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The file that runs. What esbuild makes for CommonJS has no import.meta.url, but a __filename. */
const here = (): string =>
  import.meta.url === undefined ? __filename : fileURLToPath(import.meta.url);

/**
 * Node's own `require`, as seen from here: webpack puts its own in the place of one from `import
 * { createRequire }`.
 */
export const packageRequire = (): NodeJS.Require =>
  process.getBuiltinModule("node:module").createRequire(here());

function isPackage(folder: string): boolean {
  try {
    return (
      (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name?: unknown })
        .name === "mm-train"
    );
  } catch (error) {
    // Node's permission model hides the rest of the package.
    return (error as NodeJS.ErrnoException).code === "ERR_ACCESS_DENIED";
  }
}

/**
 * The package's folder: the nearest upwards, the same from lib/ (sources) and from dist/
 * (compiled). In a bundle, the bundle's folder.
 */
export function packageRoot(): string {
  const start = dirname(here());
  for (let folder = start; ; folder = dirname(folder)) {
    if (isPackage(folder)) return folder;
    if (folder === dirname(folder)) return start;
  }
}

/** Whether this code was moved out of its package. */
export const isBundled = (): boolean => !isPackage(packageRoot());

/** The version of the package. */
export function packageVersion(): string {
  const text = readFileSync(join(packageRoot(), "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
