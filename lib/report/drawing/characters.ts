/** Characters of a vocabulary as labels: what has no ink gets some. */

const NAMED: Readonly<Record<string, string>> = {
  " ": "␣",
  "\u00a0": "⍽",
  "\u3000": "␣",
  "\u007f": "␡",
};

/** One character of a vocabulary as a label. */
export function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (Object.hasOwn(NAMED, character)) return NAMED[character];
  if (code < 0x20) return String.fromCodePoint(0x2400 + code); // ␉ for a tab
  if (/[\p{C}\p{Z}]/u.test(character)) return code.toString(16).toUpperCase().padStart(4, "0");
  return /\p{M}/u.test(character) ? `◌${character}` : character;
}
