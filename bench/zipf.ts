/**
 * Writes a text for measuring how fast texts are read and n-grams counted: words drawn by Zipf's
 * law, one independent of the other, twenty to a line.
 *
 *   node --import tsx bench/zipf.ts FILE [tokens] [types]
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { Generator, rand } from "../lib/index.js";

const [file, tokens = "20000000", types = "200000"] = process.argv.slice(2);
if (file === undefined) throw new Error("expected the file to write");

const WORDS_A_LINE = 20;
const LETTERS = 26;
const BLOCK = 1 << 16;
/** Shares no factor with the number of types: frequent words are not all short ones. */
const STRIDE = 7919;

const count = Number(tokens);
const V = Number(types);
const words = Array.from({ length: V }, (_, rank) => wordOf((rank * STRIDE) % V));
const generator = new Generator(1);
const out = openSync(file, "w");
for (let from = 0; from < count; from += BLOCK) {
  const drawn = rand([Math.min(BLOCK, count - from)], { generator }).toTypedArray();
  let text = "";
  for (let i = 0; i < drawn.length; i++) {
    // Of rank r: log((r + 1) / r) / log(V + 1), close to a share of 1 / r.
    const rank = Math.floor(Math.exp(drawn[i] * Math.log(V + 1))) - 1;
    text += words[Math.min(rank, V - 1)] + ((from + i + 1) % WORDS_A_LINE === 0 ? "\n" : " ");
  }
  writeSync(out, text);
}
closeSync(out);

/** a, b, ..., z, aa, ab, ...: as spreadsheets name their columns. */
function wordOf(number: number): string {
  const letter = String.fromCharCode(97 + (number % LETTERS));
  return number < LETTERS ? letter : wordOf(Math.floor(number / LETTERS) - 1) + letter;
}
