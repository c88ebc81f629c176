/** A notebook as text for a link: deflated JSON in base64url. */
import { deflateSync, Inflate, strFromU8, strToU8 } from "fflate";
import type { Cell } from "../script/cells.js";

/** What a link carries. */
export interface Shared {
  readonly title: string;
  readonly cells: readonly Cell[];
}

/** Characters that a link may have: what mail, chats and browsers pass on. */
export const LONGEST_LINK = 32_000;
/** Bytes that a link may become: a few characters can be deflated gigabytes. */
const LARGEST = 4_000_000;

export function toLink({ title, cells }: Shared): string {
  const json = JSON.stringify([title, ...cells.map(({ kind, source }) => [kind[0], source])]);
  const bytes = deflateSync(strToU8(json), { level: 9 });
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @throws Error: one line that says what is wrong with the link */
export function fromLink(link: string): Shared {
  let value: unknown;
  try {
    value = JSON.parse(strFromU8(inflate(link)));
  } catch (error) {
    if (error instanceof TooLarge) throw error;
    throw new Error("this link is cut or changed: expected all of it, copy it again", {
      cause: error,
    });
  }
  const isCell = (cell: unknown): cell is ["t" | "c", string] =>
    Array.isArray(cell) && /^[tc]$/.test(String(cell[0])) && typeof cell[1] === "string";
  if (!Array.isArray(value) || typeof value[0] !== "string" || !value.slice(1).every(isCell))
    throw new Error("this link carries no notebook: expected one made by Share");
  const [title, ...cells] = value as [string, ...["t" | "c", string][]];
  return {
    title,
    cells: cells.map(([kind, source]) => ({ kind: kind === "t" ? "text" : "code", source })),
  };
}

class TooLarge extends Error {}

function inflate(link: string): Uint8Array {
  const binary = atob(link.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const parts: Uint8Array[] = [];
  let [size, ended] = [0, false];
  const inflater = new Inflate((part, final) => {
    size += part.length;
    if (size > LARGEST)
      throw new TooLarge("this link carries more than 4 MB: expected a notebook, ask for a file");
    parts.push(part);
    ended ||= final;
  });
  // In portions, so that one does not become gigabytes.
  const PORTION = 4096;
  for (let at = 0; at < bytes.length || at === 0; at += PORTION)
    inflater.push(bytes.subarray(at, at + PORTION), at + PORTION >= bytes.length);
  if (!ended) throw new Error("cut");
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
