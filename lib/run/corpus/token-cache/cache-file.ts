/**
 * A file with the tokens of a text: a header of 256 bytes, blocks of tokens (stored-tokens.ts), and
 * behind them what was found out of the text: types, counts, digests. The header holds where that
 * is, and its SHA-256; it holds a digest of every block.
 */
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { Span } from "../../../data/examples/sentences.js";
import type { TextReading } from "../../../data/texts/read-text.js";
import { PARTS, type Parts, type TextParts } from "../../../data/texts/text-parts.js";
import { TOKENS_PER_BLOCK } from "../../../data/texts/token-store.js";
import { DataError } from "../../../errors.js";
import { codeOf } from "../../disk/file.js";
import type { CountedText, ReadText } from "../counted-text.js";
import { BlockTable, DIGEST_BYTES, Handle, StoredTokens } from "./stored-tokens.js";

const MAGIC = "mm-train tokens 1\n";
export const HEADER_BYTES = 256;
const { O_RDONLY } = constants;
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants; // Windows lacks these

/** What the header says of the part behind the blocks. */
interface Place {
  readonly offset: number;
  readonly sha256: string;
  /** bytes of its pieces: facts, types, counts, widths, digests */
  readonly pieces: readonly number[];
}

/** What is known of a text beside its types and counts. */
interface Facts {
  /** of which text, read how */
  readonly key: string;
  readonly digest: string;
  readonly digests: readonly string[];
  readonly streams: readonly number[];
  readonly reading: TextReading;
  /** null: it is too short to be cut */
  readonly spans: Parts<Span> | null;
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** What stands before the blocks and behind them. */
export function aroundBlocks(
  key: string,
  { types, digest, digests, streams, reading }: Omit<ReadText, "tokens">,
  parts: TextParts | undefined,
  table: BlockTable,
): { before: Uint8Array; behind: Uint8Array } {
  const spans = parts?.spans ?? null;
  const facts: Facts = { key, digest, digests, streams, reading, spans };
  const counts = PARTS.map((part) => parts?.counts[part] ?? new Int32Array(0));
  const pieces = [
    Buffer.from(JSON.stringify(facts)),
    Buffer.from(types.join("\n")),
    Buffer.concat(counts.map(({ buffer }) => new Uint8Array(buffer))),
    Buffer.from(table.widths),
    Buffer.concat(table.digests),
  ];
  const behind = Buffer.concat(pieces);
  const place: Place = {
    offset: table.end,
    sha256: sha256(behind),
    pieces: pieces.map(({ length }) => length),
  };
  const before = Buffer.from((MAGIC + JSON.stringify(place)).padEnd(HEADER_BYTES, " "));
  return { before, behind };
}

/**
 * The text that a file holds; undefined where there is none.
 * @param parts counts what the file has no counts of
 * @throws DataError for one that is damaged, or of another text
 */
export function openTokens(
  file: string,
  key: string | undefined,
  countedFrom: (text: ReadText) => CountedText,
): CountedText | undefined {
  let number: number;
  try {
    number = openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new DataError(file, `cannot be read (${codeOf(error)})`);
  }
  try {
    return textIn(file, number, key, countedFrom);
  } catch (error) {
    closeSync(number);
    throw error instanceof DataError
      ? error
      : new DataError(file, `cannot be read (${codeOf(error)})`);
  }
}

function textIn(
  file: string,
  number: number,
  key: string | undefined,
  countedFrom: (text: ReadText) => CountedText,
): CountedText {
  const { pieces, offset } = behindBlocks(file, number);
  const facts = JSON.parse(pieces[0].toString()) as Facts;
  if (key !== undefined && facts.key !== key)
    throw new DataError(file, "holds the tokens of another text");
  const { digest, digests, streams, reading, spans } = facts;
  const table = tableOf(pieces[3], pieces[4], streams[streams.length - 1]);
  if (table.end !== offset) throw damaged(file);
  const text: ReadText = {
    types: pieces[1].toString().split("\n"),
    tokens: new StoredTokens(file, new Handle(number), table),
    digest,
    digests,
    streams,
    reading,
  };
  if (spans === null) return countedFrom(text);
  const all = new Int32Array(new Uint8Array(pieces[2]).buffer);
  const n = text.types.length;
  const [train, dev, test] = PARTS.map((_, i) => all.subarray(i * n, (i + 1) * n));
  const parts = { spans, counts: { train, dev, test } };
  return { ...text, parts: () => parts };
}

/** The part of a file behind its blocks. */
function behindBlocks(file: string, number: number): { pieces: Buffer[]; offset: number } {
  const stat = fstatSync(number);
  if (!stat.isFile() || stat.size < HEADER_BYTES) throw damaged(file);
  const header = readAt(number, 0, HEADER_BYTES).toString("latin1");
  if (!header.startsWith(MAGIC)) throw damaged(file);
  const { offset, sha256: expected, pieces } = placeIn(header, file);
  const bytes = pieces.reduce((sum, length) => sum + length, 0);
  if (stat.size !== offset + bytes) throw damaged(file);
  const behind = readAt(number, offset, bytes);
  if (sha256(behind) !== expected) throw damaged(file);
  let at = 0;
  return { pieces: pieces.map((length) => behind.subarray(at, (at += length))), offset };
}

function placeIn(header: string, file: string): Place {
  try {
    const place = JSON.parse(header.slice(MAGIC.length)) as Partial<Place>;
    const { offset, sha256: digest, pieces } = place;
    const numbers = [offset, ...(pieces ?? [])];
    const isPlace =
      numbers.length === 6 && numbers.every((n) => Number.isSafeInteger(n) && Number(n) >= 0);
    if (isPlace && typeof digest === "string") return place as Place;
  } catch {
    // No JSON.
  }
  throw damaged(file);
}

function tableOf(widths: Buffer, digests: Buffer, tokens: number): BlockTable {
  const table = new BlockTable(HEADER_BYTES);
  for (let block = 0; block < widths.length; block++) {
    const left = Math.min(TOKENS_PER_BLOCK, tokens - block * TOKENS_PER_BLOCK);
    const at = block * DIGEST_BYTES;
    table.add(left, widths[block], digests.subarray(at, at + DIGEST_BYTES));
  }
  return table;
}

const damaged = (file: string): DataError =>
  new DataError(file, "is damaged, or no file of this version of mm-train");

function readAt(number: number, place: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0, got = -1; at < length && got !== 0; at += got)
    got = readSync(number, bytes, at, length - at, place + at);
  return bytes;
}
