/** Estimates of how wide text is in a chart's font: nothing here can measure it. */

/** Chinese, Japanese and Korean characters, and emoji: as wide as they are high. */
const EAST_ASIAN =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;
const RARE_OR_EMOJI = /[\u{20000}-\u{3ffff}]|\p{Emoji_Presentation}/u;
const isWide = (c: string): boolean => EAST_ASIAN.test(c) || RARE_OR_EMOJI.test(c);
const COMBINING = /\p{M}/u;

const ems = (character: string): number =>
  COMBINING.test(character) ? 0 : isWide(character) ? 1.05 : 0.57;

/** Pixels of a line of text, rather too many than too few. */
export const textWidth = (text: string, size: number): number =>
  size * [...text].reduce((sum, character) => sum + ems(character), 0);

/**
 * Text as lines of at most `width` pixels, broken at blanks; a longer word has a line of its own.
 */
export function wrap(text: string, width: number, size: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    if (last !== undefined && textWidth(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Text of at most `most` characters, its start or its end; "…" stands for what is left out. */
export function shorten(text: string, most: number, kept: "start" | "end" = "start"): string {
  const characters = [...text];
  if (characters.length <= most) return text;
  return kept === "start"
    ? `${characters.slice(0, most - 1).join("")}…`
    : `…${characters.slice(1 - most).join("")}`;
}
