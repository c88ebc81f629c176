/** What cells can import. */
import type { Import } from "./translate/imports.js";
import { CellSyntaxError } from "./translate/syntax-error.js";

/** By the name that a script imports. */
export type Modules = Readonly<Record<string, object>>;

/** The library, as a script beside it calls it. */
const LIBRARY = /^(mm-train|\.\.?\/.*lib\/index\.js)$/;

export function findModule(modules: Modules, name: string): object {
  const found = modules[LIBRARY.test(name) ? "mm-train" : name];
  if (found === undefined || !Object.hasOwn(modules, LIBRARY.test(name) ? "mm-train" : name))
    throw new TypeError(
      `import: expected one of ${Object.keys(modules).join(", ")}, got ${JSON.stringify(name)}; ` +
        "a notebook has no other modules",
    );
  return found;
}

/** Each name and its value. */
export function* imported(
  modules: Modules,
  { module, line, names }: Import,
): Generator<[name: string, value: unknown]> {
  let found: object;
  try {
    found = findModule(modules, module);
  } catch (error) {
    throw new CellSyntaxError((error as Error).message, line);
  }
  for (const { imported, local } of names) {
    if (imported === "*") yield [local, found];
    else if (imported in found) yield [local, (found as Record<string, unknown>)[imported]];
    else {
      const advice = imported === "default" ? "" : `; of a type: import { type ${imported} }`;
      throw new CellSyntaxError(`${module} has no ${imported}${advice}`, line);
    }
  }
}
