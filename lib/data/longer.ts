/** The same words with zeros after them, in new memory. */
export function longer(words: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const out = new Int32Array(length);
  out.set(words);
  return out;
}
