/** Pictures that cells make: the text of an SVG file. */
import { DOMParser } from "@xmldom/xmldom";
import type { Picture } from "../protocol.js";

const OPENING = /^(?:<\?xml[^>]*>)?\s*(<svg[\s>](?:"[^"]*"|'[^']*'|[^>"'])*>)/;

export const isPicture = (value: unknown): value is string =>
  typeof value === "string" && /^(<\?xml[^>]*>)?\s*<svg[\s>]/.test(value);

/** With what its first element says of it: a text in its place, and its width. */
export function toPicture(svg: string): Picture {
  const opening = OPENING.exec(svg)?.[1].replace(/\/?>$/, "/>");
  try {
    const { documentElement: root } = new DOMParser().parseFromString(
      opening ?? "",
      "image/svg+xml",
    );
    const width = Number(root?.getAttribute("viewBox")?.split(/[\s,]+/)[2]);
    return { svg, label: root?.getAttribute("aria-label") || "picture", width: width || undefined };
  } catch {
    return { svg, label: "picture", width: undefined };
  }
}
