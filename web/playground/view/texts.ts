/** Numbers as they are written on the page. */

export const lossText = (loss: number): string => loss.toFixed(loss < 10 ? 3 : 2);

export const countText = (n: number): string => Math.round(n).toLocaleString("en");

export const plural = (n: number, one: string): string =>
  `${countText(n)} ${one}${n === 1 ? "" : "s"}`;

/** 29 Nov, 21:31 */
export const whenText = (date: number): string =>
  new Date(date).toLocaleString("en-GB", {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });

/** A character that can be seen: a blank is none. */
export const visible = (character: string): string =>
  character === " " ? "␣" : /^\p{M}$/u.test(character) ? `◌${character}` : character;
