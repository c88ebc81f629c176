/** All tokens that are kept in a folder, gone through. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../../../errors.js";
import type { CountedText } from "../counted-text.js";
import { openTokens } from "./cache-file.js";
import { StoredTokens } from "./stored-tokens.js";

/** Files with the tokens of texts. */
export interface KeptTokens {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
  /** of those that are not what was written */
  readonly problems: readonly string[];
}

/** What a folder holds; undefined where there is none. */
export function checkKept(folder: string): KeptTokens | undefined {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".tokens"));
  } catch {
    return undefined;
  }
  const files = names.map((name) => join(folder, name));
  const problems = files.flatMap((file) => problemOf(file) ?? []);
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  return { folder, files: files.length, bytes, problems };
}

function problemOf(file: string): string | undefined {
  try {
    const text = openTokens(file, undefined, (read) => read as CountedText);
    if (text?.tokens instanceof StoredTokens) text.tokens.checkAll();
    return undefined;
  } catch (error) {
    if (error instanceof DataError) return error.message;
    throw error;
  }
}
