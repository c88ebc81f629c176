/**
 * Typed arrays by what they are, not by who made them: those of another realm (a vm context, jest)
 * have other constructors.
 */

interface Kinds {
  Float32Array: Float32Array;
  Float64Array: Float64Array;
  Int8Array: Int8Array;
  Int16Array: Int16Array;
  Int32Array: Int32Array;
  Uint8Array: Uint8Array;
  Uint8ClampedArray: Uint8ClampedArray;
  Uint16Array: Uint16Array;
  Uint32Array: Uint32Array;
  BigInt64Array: BigInt64Array;
  BigUint64Array: BigUint64Array;
}
/** The name of a kind, which is that of its constructor. */
export type TypedArrayName = keyof Kinds;

const descriptor = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Int32Array.prototype),
  Symbol.toStringTag,
);
const tag = descriptor?.get as (this: unknown) => TypedArrayName | undefined;

/** The kind of a typed array; undefined for anything else. */
export const typedArrayKind = (value: unknown): TypedArrayName | undefined => tag.call(value);

const is =
  <K extends TypedArrayName>(name: K) =>
  (value: unknown): value is Kinds[K] =>
    tag.call(value) === name;
export const isInt32Array = is("Int32Array");
export const isBigInt64Array = is("BigInt64Array");

/** A typed array of numbers. */
export function isNumberArray(value: unknown): value is Float32Array | Int32Array {
  const kind = typedArrayKind(value);
  return kind !== undefined && kind !== "BigInt64Array" && kind !== "BigUint64Array";
}
