/** What is public cannot be used to change the library's own state: it is frozen, or a copy. */
import { join } from "node:path";
import ts from "typescript";
import { afterAll, describe, expect, it } from "vitest";
import * as lib from "../lib/index.js";
import { isMethod, make } from "./fuzz/calls.js";
import { Draw } from "./fuzz/draw.js";
import { RECIPES } from "./fuzz/recipes/index.js";

const root = join(import.meta.dirname, "..");

/** Of each exported class the names of its public properties, as TypeScript sees them. */
function publicProperties(): Map<string, string[]> {
  const index = join(root, "lib/index.ts");
  const program = ts.createProgram(
    [index],
    ts.readConfigFile(join(root, "tsconfig.json"), (f) => ts.sys.readFile(f))
      .config as ts.CompilerOptions,
  );
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(index) as ts.SourceFile;
  const exports = checker.getExportsOfModule(checker.getSymbolAtLocation(source) as ts.Symbol);
  const found = new Map<string, string[]>();
  for (const symbol of exports) {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if (!(target.flags & ts.SymbolFlags.Class)) continue;
    const isPublic = (p: ts.Symbol) => {
      const declaration = p.valueDeclaration;
      const hidden =
        declaration &&
        ts.getCombinedModifierFlags(declaration) &
          (ts.ModifierFlags.Private | ts.ModifierFlags.Protected);
      return (
        !hidden &&
        !p.name.startsWith("__#") &&
        !p.getJsDocTags().some(({ name }) => name === "internal")
      );
    };
    const isProperty = (p: ts.Symbol) =>
      (p.flags & (ts.SymbolFlags.Property | ts.SymbolFlags.Accessor)) !== 0;
    const properties = checker
      .getDeclaredTypeOfSymbol(target)
      .getProperties()
      .filter((p) => isProperty(p) && isPublic(p));
    found.set(
      symbol.name,
      properties.map((p) => p.name),
    );
  }
  return found;
}

/**
 * What of a value could be changed; undefined if nothing. `again` is the same thing asked for a
 * second time: a copy is another one.
 */
function changeable(value: unknown, again: unknown, where: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (ArrayBuffer.isView(value)) {
    const shares =
      value === again ||
      (ArrayBuffer.isView(again) && again.buffer === value.buffer && value.byteLength > 0);
    return shares ? `${where} is the library's own memory` : undefined;
  }
  const kind = Object.getPrototypeOf(value) as unknown;
  if (value instanceof Map || value instanceof Set)
    return value === again
      ? `${where} is a ${value.constructor.name} that can be changed`
      : undefined;
  // An object of a class: looked at as such.
  if (kind !== Object.prototype && kind !== Array.prototype && kind !== null) return undefined;
  if (value !== again) return undefined;
  if (!Object.isFrozen(value)) return `${where} is not frozen`;
  for (const [key, part] of Object.entries(value)) {
    const found = changeable(part, (again as Record<string, unknown>)[key], `${where}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The fuzz asks for errors too. */
function attempt(call: () => unknown): unknown {
  try {
    return call();
  } catch {
    return undefined;
  }
}

const recipes = RECIPES as Record<string, (d: Draw) => unknown[]>;
const properties = publicProperties();
const before = lib.backend();
afterAll(() => {
  lib.setBackend(before);
});

/** Exports that are neither classes nor functions. */
const constants = Object.entries(lib).filter(([, value]) => typeof value !== "function");

it.each(constants)("%s", (name, value) => {
  expect(changeable(value, value, name)).toBeUndefined();
});

/** What gives objects of a class whose constructor refuses callers from outside. */
const MADE_BY: Readonly<Record<string, string>> = { Tensor: "add" };

/** What a trainer and a mixture are made of is the caller's. */
const CALLERS = new Set(["Trainer.options", "Trainer.optimizer"]);

describe.each([...properties].filter(([name, names]) => name in recipes && names.length > 0))(
  "%s",
  (name, names) => {
    it.each(names.filter((property) => !CALLERS.has(`${name}.${property}`)))("%s", (property) => {
      let looked = 0;
      for (let seed = 0; seed < 20; seed++) {
        const maker = MADE_BY[name] ?? name;
        const made = attempt(() => make(maker, recipes[maker](new Draw(seed)))) as
          Record<string, unknown> | undefined;
        if (made === undefined) continue;
        looked++;
        expect(changeable(made[property], made[property], `${name}.${property}`)).toBeUndefined();
      }
      expect(looked).toBeGreaterThan(0);
    });
  },
);

/** Methods only: what asks about a tensor, views, conversions; and names that end in _. */
const METHODS_ONLY = new Set([
  ...["backward", "detach", "isContiguous", "item", "retainGrad"],
  ...["toArray", "toJSON", "toString", "toTypedArray"],
  ...["expand", "flatten", "permute", "select", "slice", "squeeze", "t", "transpose", "unsqueeze"],
  ...["bool", "contiguous", "float", "int"],
  "var", // a word of JavaScript: the function is `variance`
]);

it("every other method of a tensor is a function as well", () => {
  const methods = Object.entries(Object.getOwnPropertyDescriptors(lib.Tensor.prototype))
    .filter(([name, { value }]) => typeof value === "function" && name !== "constructor")
    .map(([name]) => name);
  expect([...METHODS_ONLY].filter((name) => !methods.includes(name))).toEqual([]);
  const operations = methods.filter((name) => !METHODS_ONLY.has(name) && !name.endsWith("_"));
  expect(operations.length).toBeGreaterThan(40);
  expect(operations.filter((name) => !Object.hasOwn(lib, name))).toEqual([]);
});

/** Change what they are given, by what they are. */
const FILL =
  /^(Generator\.(rand|uniform|bernoulli|randn|normal|exponential|randint|multinomial)|PythonRandom\.shuffle|.*_)$/;
const SLOW =
  /^(train|resume|sweep|readSweep|report|loadRun|loadRunCorpus|loadCorpus|findLearningRate|Trainer\.run|readBrown)$/;

describe("what calls return", () => {
  const names = Object.keys(recipes).filter(
    (name) => !FILL.test(name) && !SLOW.test(name) && !name.endsWith("="),
  );
  it.each(names)("%s", (name) => {
    for (let seed = 0; seed < 3; seed++) {
      const args = recipes[name](new Draw(seed));
      const [first, second] = [attempt(() => make(name, args)), attempt(() => make(name, args))];
      // Of a method that returns its object, or an argument, nothing is the library's.
      if (args.includes(first) || (isMethod(name) && first === args[0])) continue;
      expect(changeable(first, second, `what ${name} returns`)).toBeUndefined();
    }
  });
});
