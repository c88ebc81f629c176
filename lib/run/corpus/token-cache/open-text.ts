/**
 * The one place where a text becomes tokens: a small one in memory, a large one in a file, from
 * which the next training, or another process, takes them as they are.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Words } from "../../../data/index.js";
import { resolveCorpus } from "../../../data/index.js";
import { isStandardInput, sourceName } from "../../../data/files/standard-input.js";
import { DataError } from "../../../errors.js";
import { warn } from "../../../warn.js";
import { codeOf } from "../../disk/file.js";
import { ensureFolder } from "../../disk/folder.js";
import { sha256 } from "../../disk/sums.js";
import { sweepFree } from "../../disk/sweep.js";
import { counted, type CountedText, type ReadText } from "../counted-text.js";
import { readStreams, readTokensInto } from "../read-streams.js";
import type { StreamOptions } from "../text-options.js";
import { aroundBlocks, HEADER_BYTES, openTokens } from "./cache-file.js";
import { type Content, contentOf } from "./content-digest.js";
import { TokenWriter } from "./token-writer.js";

/** Where tokens are kept, and of which texts. */
export interface TokenCache {
  /** undefined: nowhere, they stay in memory */
  readonly folder: string | undefined;
  /** bytes of a text's files from which it is a large one */
  readonly large?: number;
  /** bytes that are read at a time */
  readonly piece?: number;
}

/** Below it reading takes a second at most, and the tokens a few times as much memory. */
const LARGE = 1 << 24;

/** Raised where the same text becomes other tokens. */
const VERSION = 1;

/** A text, and the files of its own parts, as tokens. @throws DataError where one cannot be read */
export function openText(
  source: string | Words,
  options: StreamOptions,
  { folder, large = LARGE, piece }: TokenCache,
): CountedText {
  const name = sourceName(source);
  const own = [options.devData, options.testData];
  const files = [source, ...own].filter((file) => file !== null);
  const paths = files.map((file, i) =>
    i === 0 && typeof file === "string" ? resolveCorpus(file) : file,
  );
  if (!paths.every(isFile) || sizeOf(paths) < large)
    return counted(readStreams(source, options), name, options);
  const countedFrom = (text: ReadText): CountedText => counted(text, name, options);
  const place = folder === undefined ? undefined : placeFor(paths, options, folder, name);
  const kept = place && keptIn(place, name, countedFrom);
  return kept ?? made(paths, options, { place, name, piece });
}

const isFile = (file: string | Words): file is string => {
  if (typeof file !== "string" || isStandardInput(file)) return false;
  try {
    return statSync(file).isFile();
  } catch {
    return false; // who reads it says what is wrong
  }
};

const sizeOf = (files: readonly string[]): number =>
  files.reduce((sum, file) => sum + statSync(file).size, 0);

/** The file for the tokens of a text. */
interface Place {
  readonly file: string;
  /** of which content, read how */
  readonly key: string;
  readonly contents: readonly Content[];
}

const sayNotKept = (name: string, why: string): void =>
  warn(
    `the tokens of ${name} are not kept: ${why}: it is read anew each time; MM_CACHE names ` +
      "another folder for them",
  );

function placeFor(
  files: readonly string[],
  { tokens, lines, normalize, devData, testData }: StreamOptions,
  folder: string,
  name: string,
): Place | undefined {
  try {
    ensureFolder(folder);
  } catch (error) {
    sayNotKept(name, (error as Error).message);
    return undefined;
  }
  sweepFree(folder);
  const contents = files.map((file) => contentOf(file, folder));
  const { unicode, icu } = process.versions;
  const key = JSON.stringify({
    version: VERSION,
    files: contents.map((content) => content.sha256),
    own: [devData !== null, testData !== null],
    rules: { tokens, lines, normalize },
    // What a letter is, and in which order a number's bytes are.
    machine: { unicode, icu, lowestFirst: new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 },
  });
  return { file: join(folder, `${sha256(key).slice(0, 32)}.tokens`), key, contents };
}

function keptIn(
  { file, key }: Place,
  name: string,
  countedFrom: (text: ReadText) => CountedText,
): CountedText | undefined {
  try {
    return openTokens(file, key, countedFrom);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    warn(`${error.message}: ${name} is read anew`);
    return undefined;
  }
}

/** Reads a text; its tokens are kept where there is a place for them. */
function made(
  files: readonly string[],
  options: StreamOptions,
  { place, name, piece }: { place: Place | undefined; name: string; piece?: number },
): CountedText {
  const writer = new TokenWriter(place?.file, HEADER_BYTES, name, (error) =>
    sayNotKept(name, `${place?.file} cannot be written (${codeOf(error)})`),
  );
  try {
    const read = readTokensInto((ids) => writer.add(ids), files, options, piece);
    const text = counted({ ...read, tokens: writer.tokens() }, name, options);
    if (place === undefined) return text;
    const parts = partsIn(text);
    const tokens = place.contents.every((content) => content.isUnchanged())
      ? writer.finish((table) => aroundBlocks(place.key, read, parts, table))
      : writer.keepInMemory(new Error("it changed while it was read"));
    const done = counted({ ...read, tokens }, name, options);
    return parts === undefined ? done : { ...done, parts: () => parts };
  } catch (error) {
    writer.discard();
    throw error;
  }
}

/** undefined of a text that is too short to be cut: who asks for its parts is told. */
function partsIn(text: CountedText): ReturnType<CountedText["parts"]> | undefined {
  try {
    return text.parts();
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}
