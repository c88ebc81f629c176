/** Kinds of arguments that are made of other kinds: the checks of what holds several values. */
import { type Check, checkArray, checkMemory, checkObject, checkTyped } from "./check.js";
import type { TypedArrayName } from "./typed-arrays.js";

/** A check for arrays whose elements are all of a kind; the message names the element: "table[3]". */
export const listOf =
  <T>(check: Check<T>): Check<readonly T[]> =>
  (what, value) => {
    checkArray(what, value);
    for (let i = 0; i < value.length; i++) check(`${what}[${i}]`, value[i]);
  };

/** A check for objects with fields of these kinds, whatever else they have. */
export const objectWith =
  <T extends object>(checks: { readonly [K in keyof T]?: Check<T[K]> }): Check<T> =>
  (what, value) => {
    checkObject(what, value);
    for (const name in checks) checks[name]?.(`${what}.${name}`, value[name]);
  };

/** A check for typed arrays of a kind that still have their memory. */
export const typed =
  <T extends { at(index: number): unknown }>(kind: TypedArrayName): Check<T> =>
  (what, value) =>
    checkMemory(what, checkTyped(what, value, kind));
