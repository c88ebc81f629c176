/** Characters that are not seen, by their names. */

/** Unicode's names of those that real lists hold. */
const NAMES: Readonly<Record<number, string>> = {
  0x09: "TAB",
  0x0a: "LINE FEED",
  0x0d: "CARRIAGE RETURN",
  0x1b: "ESCAPE",
  0x7f: "DELETE",
  0x85: "NEXT LINE",
  0xa0: "NO-BREAK SPACE",
  0xad: "SOFT HYPHEN",
  0x34f: "COMBINING GRAPHEME JOINER",
  0x61c: "ARABIC LETTER MARK",
  0x180e: "MONGOLIAN VOWEL SEPARATOR",
  0x200b: "ZERO WIDTH SPACE",
  0x200c: "ZERO WIDTH NON-JOINER",
  0x200d: "ZERO WIDTH JOINER",
  0x200e: "LEFT-TO-RIGHT MARK",
  0x200f: "RIGHT-TO-LEFT MARK",
  0x2028: "LINE SEPARATOR",
  0x2029: "PARAGRAPH SEPARATOR",
  0x202a: "LEFT-TO-RIGHT EMBEDDING",
  0x202b: "RIGHT-TO-LEFT EMBEDDING",
  0x202c: "POP DIRECTIONAL FORMATTING",
  0x202d: "LEFT-TO-RIGHT OVERRIDE",
  0x202e: "RIGHT-TO-LEFT OVERRIDE",
  0x202f: "NARROW NO-BREAK SPACE",
  0x2060: "WORD JOINER",
  0x2066: "LEFT-TO-RIGHT ISOLATE",
  0x2067: "RIGHT-TO-LEFT ISOLATE",
  0x2068: "FIRST STRONG ISOLATE",
  0x2069: "POP DIRECTIONAL ISOLATE",
  0x3000: "IDEOGRAPHIC SPACE",
  0xfeff: "BYTE ORDER MARK",
  0xfffd: "REPLACEMENT CHARACTER",
};

const kindOf = (character: string): string =>
  /\p{Cc}/u.test(character)
    ? "CONTROL CHARACTER"
    : /\p{Z}/u.test(character)
      ? "BLANK"
      : /\p{M}/u.test(character)
        ? "MARK ON THE CHARACTER BEFORE IT"
        : "INVISIBLE CHARACTER";

/** What no one sees, or sees only on another character; a plain blank is known by its quotes. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Z}\p{M}\ufffd]/u;

/** U+200B ZERO WIDTH SPACE */
export function nameOf(code: number): string {
  const hex = code.toString(16).toUpperCase().padStart(4, "0");
  return `U+${hex} ${NAMES[code] ?? kindOf(String.fromCodePoint(code))}`;
}

/** A character in quotes, or its name where the quotes would seem empty. */
export function showCharacter(character: string): string {
  const unseen = character !== " " && UNSEEN.test(character);
  return unseen ? nameOf(character.codePointAt(0) ?? 0) : JSON.stringify(character);
}

/**
 * Control characters, and format characters but the joiners U+200C and U+200D, with which Persian,
 * Indian scripts and emoji are spelt, and the tags of flags.
 */
export const isStray = (code: number): boolean =>
  code !== 0x200c &&
  code !== 0x200d &&
  !(code >= 0xe0020 && code <= 0xe007f) &&
  (code === 0xfffd || /[\p{Cc}\p{Cf}\u2028\u2029]/u.test(String.fromCodePoint(code)));
