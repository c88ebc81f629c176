/** HTML from parts: what is text is escaped, what is HTML says so. */
import { printable } from "../../printable.js";

/** Marks what is HTML already. */
export class Html {
  constructor(readonly source: string) {}
}
export type Part = Html | string | number | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function render(part: Part): string {
  if (part instanceof Html) return part.source;
  if (typeof part === "object") return part.map(render).join("");
  return printable(String(part)).replace(/[&<>"']/g, (c) => ENTITIES[c]);
}

/** A template whose insertions are escaped. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(strings.map((text, i) => text + (i < parts.length ? render(parts[i]) : "")).join(""));
