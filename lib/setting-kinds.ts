/** Kinds of settings: what each accepts, and what it says to anything else. */
import * as z from "zod";

/** Settings by name, each with a default and a description. */
export type SettingKinds = Readonly<Record<string, z.ZodDefault>>;
export type SettingsOf<K extends SettingKinds> = { readonly [N in keyof K]: z.output<K[N]> };

export function integer(min: number, max: number) {
  const error = `expected a whole number from ${min} to ${max}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}
export function fraction(min: number, below: number) {
  const error = `expected a number from ${min} to below ${below}`;
  return z.number({ error }).min(min, { error }).lt(below, { error });
}
export const choice = <const T extends readonly [string, ...string[]]>(...names: T) =>
  z.enum(names, { error: `expected ${names.join(" or ")}` });
export const flag = () => z.boolean({ error: "expected true or false" });

/**
 * Seeds are read by generators that use the low 32 bits (torch) or the absolute value (Python): any
 * exact integer.
 */
export const seed = () => integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
