/**
 * The JSON header of a safetensors file, read by its own grammar: JSON.parse would keep one of two
 * tensors of a name, and build whatever it is fed.
 */
import type { CheckpointError } from "../../errors.js";

/**
 * A tensor's line of the header; its bytes are those from `from` to before `to` behind the header.
 */
export interface Entry {
  dtype: string;
  shape: number[];
  from: number;
  to: number;
}

/**
 * Dimensions; none of ours has more than 2. Without a limit a header of nothing else would be read
 * to its end.
 */
const MOST_DIMENSIONS = 64;

/** A text for a message, shortened. */
export const brief = (text: string): string =>
  JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);

const SPACE = /[ \t\n\r]*/y;
/** Where plain text ends. */
const MARK = /["\\]/g;
const WHOLE = /(?:0|[1-9][0-9]*)(?![.eE0-9])/y;

/**
 * The tensors by name: `{"__metadata__": {text: text}, name: {"dtype": text, "shape": [sizes],
 * "data_offsets": [from, to]}, ...}`.
 * @param damaged makes the error of what is wrong
 */
export function parseHeader(
  text: string,
  damaged: (what: string) => CheckpointError,
): Map<string, Entry> {
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const isNext = (mark: string): boolean => {
    match(SPACE);
    if (text[at] !== mark) return false;
    at++;
    return true;
  };
  const wrong = (expected: string) =>
    damaged(
      `its header is no JSON of tensors: expected ${expected} at character ${at}, got ` +
        `${JSON.stringify(text.slice(at, at + 12))}`,
    );
  const expect = (mark: string): void => {
    if (!isNext(mark)) throw wrong(mark);
  };
  const string = (): string => {
    match(SPACE);
    if (text[at] !== '"') throw wrong("a text");
    for (MARK.lastIndex = at + 1; ; MARK.lastIndex++) {
      const mark = MARK.exec(text)?.[0];
      if (mark === undefined) throw wrong("a text that ends");
      if (mark === '"') break;
    }
    const from = at;
    at = MARK.lastIndex;
    try {
      return JSON.parse(text.slice(from, at)) as string;
    } catch {
      at = from;
      throw wrong("a text of JSON");
    }
  };
  const size = (): number => {
    match(SPACE);
    const start = at;
    const found = Number(match(WHOLE));
    if (Number.isSafeInteger(found)) return found;
    at = start;
    throw wrong("a whole number from 0 to 2^53 - 1");
  };
  /** Members between brackets, with commas between them. */
  const members = (open: string, close: string, member: () => void): void => {
    expect(open);
    if (isNext(close)) return;
    do member();
    while (isNext(","));
    expect(close);
  };
  const object = (value: (key: string) => void): void => {
    const keys = new Set<string>();
    members("{", "}", () => {
      const key = string();
      if (keys.has(key)) throw damaged(`its header has ${brief(key)} twice`);
      keys.add(key);
      expect(":");
      value(key);
    });
  };
  const sizes = (): number[] => {
    const found: number[] = [];
    members("[", "]", () => {
      if (found.push(size()) > MOST_DIMENSIONS) throw wrong(`at most ${MOST_DIMENSIONS} sizes`);
    });
    return found;
  };
  const entry = (name: string): Entry => {
    const found: { dtype?: string; shape?: number[]; data_offsets?: number[] } = {};
    object((key) => {
      if (key === "dtype") found.dtype = string();
      else if (key === "shape" || key === "data_offsets") found[key] = sizes();
      else
        throw damaged(
          `tensor ${brief(name)}: expected dtype, shape and data_offsets, got ${brief(key)}`,
        );
    });
    const { dtype, shape, data_offsets: place } = found;
    if (dtype === undefined || shape === undefined || place?.length !== 2) {
      throw damaged(`tensor ${brief(name)}: expected dtype, shape and two data_offsets`);
    }
    return { dtype, shape, from: place[0], to: place[1] };
  };

  if (text[0] !== "{") throw wrong("{");
  const tensors = new Map<string, Entry>();
  object((name) => {
    if (name === "__metadata__") object(() => void string());
    else tensors.set(name, entry(name));
  });
  match(SPACE); // the header is padded
  if (at < text.length) throw wrong("its end");
  return tensors;
}
