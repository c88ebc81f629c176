/**
 * Good arguments for every function, class and method that lib/index.ts exports; the type checker
 * finds what is missing.
 */
import type * as lib from "../../../lib/index.js";
import type { Draw } from "../draw.js";
import { data } from "./data.js";
import { models } from "./models.js";
import { nn } from "./nn.js";
import { pictures } from "./pictures.js";
import { random } from "./random.js";
import { tensors } from "./tensors.js";
import { train } from "./train.js";

/**
 * The arguments of a call of the function `name`, of the class or static function `Class` or
 * `Class.name`, or of the method `Class.name`, whose first is `this`.
 */
export type Recipes = Readonly<Record<string, (d: Draw) => unknown[]>>;

type Called<T> = {
  [K in keyof T & string]: T[K] extends (...args: never) => unknown ? K : never;
}[keyof T & string];
type Calls<E extends string, T> = T extends { prototype: infer I }
  ? I extends Error
    ? never
    : | (T extends new (...args: never) => unknown ? E : never)
      | `${E}.${Called<I>}`
      | `${E}.${Called<Omit<T, "prototype">>}`
  : T extends (...args: never) => unknown
    ? E
    : never;
/** Errors are left out: the library makes them. */
type Everything = { [E in keyof typeof lib & string]: Calls<E, (typeof lib)[E]> }[keyof typeof lib &
  string];

const recipes = {
  ...tensors,
  ...random,
  ...data,
  ...models,
  ...nn,
  ...pictures,
  ...train,
} satisfies Record<Everything, unknown>;
export const RECIPES: Recipes = recipes;
