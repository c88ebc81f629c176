/** A copy in a longer array, zero-padded. */
export function longer(numbers: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const out = new Int32Array(length);
  out.set(numbers);
  return out;
}
