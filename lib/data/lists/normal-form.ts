/**
 * Unicode's normal form of words: "é" is one character or two that look the same, and a model knows
 * them apart.
 */
import { oneOf } from "../../check.js";
import { bytesOf, codePoints, readingOf, type WordList } from "./word-list.js";
import { WordWriter } from "./word-writer.js";

/** nfc: one character where there is one; none: as they came. */
export type NormalForm = "nfc" | "none";

export const isForm = (form: unknown): form is NormalForm => form === "nfc" || form === "none";

export const checkForm = oneOf("nfc", "none");

export const inForm = (text: string, form: NormalForm): string =>
  form === "nfc" ? text.normalize("NFC") : text;

/**
 * What may join the character before it: marks, and the vowels and finals of Korean and Kirat Rai.
 */
const JOINS = /[\p{M}\u1160-\u11ff\u{16d63}-\u{16d6a}]/u;
/** The first byte in UTF-8 of U+0300, below which every character stays as it is. */
const FIRST_JOINING = 0xcc;

/** Whether a text with these characters may have another normal form. */
export function mayChange(codes: Iterable<number>): boolean {
  for (const code of codes) {
    if (code < 0x300) continue;
    const character = String.fromCodePoint(code);
    if (JOINS.test(character) || character.normalize("NFC") !== character) return true;
  }
  return false;
}

/** Lists that are known to be in NFC: they are not gone through again. */
const inNfc = new WeakSet<WordList>();

/** The words in a normal form; the list itself where they are. */
export function normalized(list: WordList, form: NormalForm, source: string): WordList {
  if (form === "none") return list;
  const found = mayChange(codePoints(list)) ? composed(list, source) : list;
  inNfc.add(found);
  return found;
}

function composed(list: WordList, source: string): WordList {
  const { bytes, starts } = bytesOf(list);
  let changed = 0;
  let writer: WordWriter | undefined;
  for (let i = 0; i < list.length; i++) {
    const [start, end] = [starts[i], starts[i + 1] - 1];
    const word = changedForm(bytes, start, end);
    if (word !== undefined && changed++ === 0) {
      writer = new WordWriter(source, bytes.length);
      for (let j = 0; j < i; j++) writer.copy(bytes, starts[j], starts[j + 1] - 1);
    }
    if (word !== undefined) writer?.add(word);
    else writer?.copy(bytes, start, end);
  }
  return writer?.list({ ...readingOf(list), normalized: changed }) ?? list;
}

/** The normal form of a word; undefined where it is in it. */
function changedForm(bytes: Uint8Array, start: number, end: number): string | undefined {
  let at = start;
  while (at < end && bytes[at] < FIRST_JOINING) at++;
  if (at === end) return undefined;
  const word = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
  const form = word.normalize("NFC");
  return form === word ? undefined : form;
}
