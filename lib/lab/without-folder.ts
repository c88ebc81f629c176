/** Errors as the page has them. */
import { join, sep } from "node:path";

/** Runs are known by their names; where they are is nobody's business. */
export function withoutFolder(message: string, top: string): string {
  const named = message.startsWith(`${top}: `)
    ? `the folder of runs${message.slice(top.length)}`
    : message;
  return named.replaceAll(join(top, sep), "");
}
