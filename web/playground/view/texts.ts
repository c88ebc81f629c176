/** Numbers as they are written on the page. */

export const lossText = (loss: number): string => loss.toFixed(loss < 10 ? 3 : 2);

export const countText = (n: number): string => Math.round(n).toLocaleString("en");

export const plural = (n: number, one: string): string =>
  `${countText(n)} ${one}${n === 1 ? "" : "s"}`;

/** A character that can be seen: a blank is none. */
export const visible = (character: string): string =>
  character === " " ? "␣" : /^\p{M}$/u.test(character) ? `◌${character}` : character;
