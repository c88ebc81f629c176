/** Counts as messages, tables and charts write them, whatever the language of the machine. */

/** 12,345 */
export const countText = (n: number): string => n.toLocaleString("en");

/** "1 step", "12,345 steps" */
export const countOf = (n: number, unit: string): string =>
  `${countText(n)} ${unit}${n === 1 ? "" : "s"}`;
