/** Characters in UTF-8 that is known to be valid. */

/** Bytes of the character that begins with this one. */
export const lengthOf = (lead: number): number =>
  lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

/** The code point of the character that begins at `at`. */
export function codePointAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at];
  if (lead < 0x80) return lead;
  let code = lead & (lead < 0xe0 ? 0x1f : lead < 0xf0 ? 0x0f : 0x07);
  for (let i = 1; i < lengthOf(lead); i++) code = (code << 6) | (bytes[at + i] & 0x3f);
  return code;
}

/** What `String.prototype.trim` takes away beyond ASCII. */
const BLANKS = new Set(
  [
    ..."\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a",
    ..."\u2028\u2029\u202f\u205f\u3000\ufeff",
  ].map((blank) => blank.charCodeAt(0)),
);

const isBlank = (bytes: Uint8Array, at: number): boolean => {
  const lead = bytes[at];
  if (lead < 0x80) return lead === 32 || (lead >= 9 && lead <= 13);
  return BLANKS.has(codePointAt(bytes, at));
};

/** Where the text of [from, end) begins behind its whitespace, as `trimStart` has it. */
export function trimStart(bytes: Uint8Array, from: number, end: number): number {
  while (from < end && isBlank(bytes, from)) from += lengthOf(bytes[from]);
  return from;
}

/** Where the text of [from, end) ends before its whitespace, as `trimEnd` has it. */
export function trimEnd(bytes: Uint8Array, from: number, end: number): number {
  while (end > from) {
    let last = end - 1;
    while ((bytes[last] & 0xc0) === 0x80) last--; // back to the character's first byte
    if (!isBlank(bytes, last)) break;
    end = last;
  }
  return end;
}
