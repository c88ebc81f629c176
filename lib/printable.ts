/**
 * Text that is not ours (words of a corpus, names of files, values of a file) as it can be shown:
 * on a terminal, in a message, in a picture, on a page.
 */

/**
 * What acts on its surroundings instead of being seen: control characters (terminals obey them),
 * U+061C to U+2069 where they change the direction of text, line and paragraph separators; and
 * what neither UTF-8 nor XML can carry: unpaired surrogates, U+FFFE and U+FFFF. The joiners U+200C
 * and U+200D stay: Persian, Indian scripts and emoji are spelt with them.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

const escape = (character: string): string =>
  SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/**
 * `text` on one line, with the escapes of JSON for what does not print: JSON stays JSON with the
 * same values. What is printable already comes back as it is, so it does no harm to ask twice.
 */
export const printable = (text: string): string => text.replace(UNPRINTABLE, escape);
