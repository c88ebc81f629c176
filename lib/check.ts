/**
 * What public functions ask of their arguments before they use them, for callers whom no type
 * checker has told. `what` is the operation and the argument, as the caller writes them: "sum:
 * dim". Every check throws a ValueError and returns its value.
 */
import { quote, ValueError } from "./errors.js";
import { typedArrayKind, type TypedArrayName } from "./typed-arrays.js";

/** @throws ValueError: always */
export function refuse(what: string, expected: string, value: unknown): never {
  throw new ValueError(`${what}: expected ${expected}, got ${quote(value)}`);
}

/** A check for what `is` holds for; `expected` is what a message calls it: "a number". */
export const kind =
  <K = unknown>(expected: string, is: (value: unknown) => boolean) =>
  <T>(what: string, value: T): T & K =>
    is(value) ? (value as T & K) : refuse(what, expected, value);

/** A number of any kind, also NaN and Infinity. */
export const checkNumber = kind<number>("a number", (x) => typeof x === "number");

/** A check for numbers within limits; not for NaN. */
export const numbers = (expected: string, within: (x: number) => boolean) =>
  kind<number>(expected, (x) => typeof x === "number" && within(x));

/** Such as a rate, or a decay. */
export const checkAtLeast0 = numbers("a number of 0 or more", (x) => x >= 0 && x < Infinity);

/** A whole number from `least` to `most`. */
export function checkWhole(
  what: string,
  value: unknown,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most)
    return value as number;
  return refuse(
    what,
    most === Number.MAX_SAFE_INTEGER
      ? `a whole number of ${least} or more`
      : `a whole number from ${least} to ${most}`,
    value,
  );
}

export const checkBoolean = kind<boolean>("true or false", (x) => typeof x === "boolean");
export const checkText = kind<string>("a string", (x) => typeof x === "string");
export const checkFunction = kind("a function", (x) => typeof x === "function");

/**
 * Whether a function that was called is async, and so will be refused: nobody waits for it, nor
 * hears it fail.
 */
export function isAsync(result: unknown): boolean {
  const promise = result as Partial<Promise<unknown>> | null | undefined;
  if (typeof promise?.then !== "function") return false;
  Promise.resolve(result).catch(() => undefined);
  return true;
}

/** An object, such as options; not null, no array. */
export const checkObject = kind<object>(
  "an object",
  (x) => typeof x === "object" && x !== null && !Array.isArray(x),
);

/** A kind of argument: throws unless `value` is one; `what` names it in the message. */
export type Check<T> = (what: string, value: T) => unknown;

/** A check per option: for the value, where there is one. */
export type OptionChecks<T> = { readonly [K in keyof Required<T>]: Check<NonNullable<T[K]>> };

/**
 * What a caller gave a function, by name: the one line of checks with which a public function
 * begins. What it calls within the package trusts it. One table of checks may serve several
 * functions: only those of arguments that are given here are made.
 */
export function checkArguments<A extends object>(
  operation: string,
  given: A,
  checks: { readonly [K in keyof A]: Check<A[K]> },
): void {
  for (const name in given) checks[name](`${operation}: ${name}`, given[name]);
}

/** `checkArguments` for functions that share one table of checks, by the names of arguments. */
export const argumentsOf =
  <N extends string>(checks: Readonly<Record<N, Check<never>>>) =>
  (operation: string, given: { readonly [K in N]?: unknown }): void => {
    checkArguments(operation, given, checks as never);
  };

/** A check for whole numbers within limits. */
export const whole = (least: number, most?: number) => (what: string, value: unknown) =>
  checkWhole(what, value, least, most);

/** A check for what may be left out. */
export const optional =
  <T>(check: Check<T>): Check<T | undefined> =>
  (what, value) =>
    value === undefined || check(what, value);

/** A check for objects of a class; `named` is how a caller knows it: "a Generator". */
export const instance =
  <T>(of: abstract new (...args: never) => T, named: string) =>
  (what: string, value: T): T =>
    value instanceof of ? value : refuse(what, named, value);

/** @throws ValueError unless `value` is an object of no class, such as options */
function checkPlain(what: string, value: object, known: () => readonly string[]): void {
  checkObject(what, value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return;
  const { constructor } = prototype as { constructor?: { name?: unknown } };
  const name = typeof constructor?.name === "string" ? constructor.name : "its own";
  throw new ValueError(
    `${what}: expected an object { ${known().join(", ")} }, got one of class ${name}`,
  );
}

function refuseUnknown(what: string, name: string, known: readonly string[]): never {
  throw new ValueError(
    `${what}: unknown option ${quote(name)}; there ${known.length === 1 ? "is" : "are"} ` +
      known.join(", "),
  );
}

/**
 * An object of no class, all of whose fields are known: one that is not would do nothing, and must
 * not be ignored.
 */
export function checkFields<T extends object>(
  what: string,
  value: T,
  known: readonly (keyof T & string)[],
): T {
  checkPlain(what, value, () => known);
  for (const name of Object.keys(value))
    if (!(known as readonly string[]).includes(name)) refuseUnknown(what, name, known);
  return value;
}

/** A check for objects of no class with fields of these kinds, and no others; it gives a copy. */
export const fieldsOf =
  <T extends object>(checks: { readonly [K in keyof T]-?: Check<T[K]> }) =>
  (what: string, value: T): T => {
    checkFields(what, value, Object.keys(checks) as (keyof T & string)[]);
    const own = { ...value };
    for (const name in checks) checks[name](`${what}.${name}`, own[name]);
    return own;
  };

/** The options of an operation, copied; {} where they were left out. */
export function checkOptions<T extends object>(
  operation: string,
  given: T | undefined,
  checks: OptionChecks<T>,
): Partial<T> {
  if (given === undefined) return NOTHING;
  const known = () => Object.keys(checks);
  checkPlain(`${operation}: options`, given, known);
  const options: Partial<T> = {};
  // One pass: random_ comes here before every step of a training.
  for (const key in given) {
    if (!Object.hasOwn(given, key)) continue;
    if (!Object.hasOwn(checks, key)) refuseUnknown(`${operation}: options`, key, known());
    const value = given[key];
    if (value === undefined) continue;
    checks[key](`${operation}: ${key}`, value as NonNullable<typeof value>);
    options[key as keyof T] = value;
  }
  return options;
}

const NOTHING = Object.freeze({});

/** A check for one of several words. */
export const oneOf = <W extends string>(...words: readonly W[]) =>
  kind<W>(`${words.slice(0, -1).join(", ")} or ${words.at(-1)}`, (x) => words.includes(x as W));

export const checkArray = kind<readonly unknown[]>("an array", Array.isArray);

/** A check for arrays, or iterables, whose elements pass one; it gives them in a list. */
export const listOf =
  <T, L extends Iterable<T> = readonly T[]>(
    check: Check<T>,
    list: (what: string, value: L) => Iterable<T> = checkArray,
  ) =>
  (what: string, value: L): readonly T[] => {
    const elements = [...list(what, value)];
    for (const [i, x] of elements.entries()) check(`${what}[${i}]`, x);
    return elements;
  };

/** A check for objects with fields of these kinds, whatever else they have. */
export const objectWith =
  <T extends object>(checks: { readonly [K in keyof T]?: Check<T[K]> }) =>
  (what: string, value: T): T => {
    checkObject(what, value);
    for (const name in checks) checks[name]?.(`${what}.${name}`, value[name]);
    return value;
  };

/** The elements of an iterable, in a list of their own. */
export function checkIterable<T>(what: string, value: Iterable<T>): T[] {
  const given = value as Partial<Iterable<T>> | null | undefined;
  if (typeof given?.[Symbol.iterator] !== "function")
    refuse(what, "an iterable, such as an array", value);
  if (ArrayBuffer.isView(value)) checkMemory(what, value as unknown as Int32Array);
  return [...value];
}

/**
 * A typed array whose memory was not transferred or cut away: the length of one that was is 0, but
 * not always in code that V8 has optimised.
 */
export function checkMemory<T extends { at(index: number): unknown }>(what: string, value: T): T {
  try {
    value.at(0); // like all methods, throws where the memory is gone
  } catch {
    throw new ValueError(
      `${what}: expected an array with its memory, got one whose memory went away`,
    );
  }
  return value;
}

/** A typed array of a kind. */
export const checkTyped = <T>(what: string, value: T, kind: TypedArrayName): T =>
  typedArrayKind(value) === kind ? value : refuse(what, named(kind), value);

/** A check for typed arrays of one of several kinds, with their memory. */
export function typed(...kinds: readonly TypedArrayName[]) {
  const check = kind(kinds.map(named).join(" or "), (x) =>
    (kinds as readonly unknown[]).includes(typedArrayKind(x)),
  );
  return <T extends { at(index: number): unknown }>(what: string, value: T): T =>
    checkMemory(what, check(what, value));
}

const named = (kind: TypedArrayName): string => `${kind.startsWith("Int") ? "an" : "a"} ${kind}`;

/** An object of a class; `named` is how a caller knows it: "a Generator". */
export const checkInstance = <T>(
  what: string,
  value: T,
  of: abstract new (...args: never) => T,
  named: string,
): T => instance(of, named)(what, value);
