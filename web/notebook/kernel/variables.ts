/** The variables of the notebook: what cells declare at their top level. */
import type { Names, Surroundings } from "./translate/names.js";

export class Variables implements Surroundings {
  readonly #constants = new Set<string>();
  /** what the running cell will declare */
  #declaring: Names["declares"] = new Map();
  /** Own properties are the variables; what is none of them is an error. */
  readonly values: Record<string, unknown>;

  constructor() {
    const unknown = (name: string | symbol): ReferenceError =>
      new ReferenceError(
        this.#declaring.has(String(name))
          ? `Cannot access '${String(name)}' before initialization`
          : `${String(name)} is not defined`,
      );
    const nothing = new Proxy(Object.create(null) as object, {
      get(_, name) {
        throw unknown(name);
      },
      has: () => false,
      set: (_, name, value, receiver: object) => {
        if (!this.#declaring.has(String(name))) throw unknown(name);
        const flags = { writable: true, enumerable: true, configurable: true };
        return Reflect.defineProperty(receiver, name, { value, ...flags });
      },
    });
    this.values = Object.create(nothing) as Record<string, unknown>;
  }

  isGlobal(name: string): boolean {
    return name in globalThis && !Object.hasOwn(this.values, name);
  }
  isConstant(name: string): boolean {
    return this.#constants.has(name);
  }

  /** Before a cell runs. */
  declare(declares: Names["declares"]): void {
    this.#declaring = declares;
    for (const [name, { constant }] of declares) {
      if (constant) this.#constants.add(name);
      else this.#constants.delete(name);
    }
  }
}
