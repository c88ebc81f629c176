/**
 * A script as cells, the same ones at build time (examples/) and in the page (a file of the
 * reader's).
 *
 * What is set apart by blank lines becomes a cell. Line comments at its head become text, and so
 * does the comment at the top of the file; `section("title")` becomes a heading.
 */
import { parser } from "@lezer/javascript";

export interface Cell {
  readonly kind: "text" | "code";
  /** Markdown, or TypeScript */
  readonly source: string;
}

const typescript = parser.configure({ dialect: "ts" });

/** A statement or a comment at the top level, and where it stands. */
interface Item {
  readonly name: string;
  readonly from: number;
  to: number;
  readonly line: number;
  lastLine: number;
}

function topLevel(source: string): Item[] {
  const breaks = [...source.matchAll(/\n/g)].map((m) => m.index);
  const lineOf = (position: number): number => {
    let [low, high] = [0, breaks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (breaks[middle] < position) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const items: Item[] = [];
  for (let node = typescript.parse(source).topNode.firstChild; node; node = node.nextSibling) {
    const { name, from, to } = node;
    const [line, lastLine] = [lineOf(from), lineOf(to)];
    const before = items.at(-1);
    // What shares a line with what is before it stays there: `const V = 27; // letters`.
    if (before && line <= before.lastLine)
      Object.assign(before, { to, lastLine, ...(before.name === "LineComment" && { name }) });
    else items.push({ name, from, to, line, lastLine });
  }
  return items;
}

/** Runs of items with no blank line between them. */
function paragraphs(items: readonly Item[], source: string): Item[][] {
  const groups: Item[][] = [];
  let last: Item | undefined;
  for (const item of items) {
    const heading = title(item, source) !== undefined;
    const afterHeading = last !== undefined && title(last, source) !== undefined;
    if (last === undefined || item.line > last.lastLine + 1 || heading || afterHeading)
      groups.push([]);
    groups.at(-1)?.push(item);
    last = item;
  }
  return groups;
}

const text = ({ from, to }: Item, source: string): string => source.slice(from, to);

/** The title of a call `section("...")`. */
function title(item: Item, source: string): string | undefined {
  if (item.name !== "ExpressionStatement") return undefined;
  const call = /^section\((".*"|'.*'|`.*`)\);?$/.exec(text(item, source));
  return call?.[1].slice(1, -1).replace(/\\(.)/g, "$1");
}

/** Prints a heading; in cells the heading stands as text. */
const declaresSection = (item: Item, source: string): boolean =>
  /^(const section = |function section\()/.test(text(item, source));

const plain = {
  LineComment: (comment: string) => comment.replace(/^\/\/ ?/gm, ""),
  BlockComment: (comment: string) =>
    comment
      .replace(/^\/\*+[^\S\n]*\n?|\s*\*\/$/g, "")
      .replace(/^ \* ?/gm, "")
      .trimEnd(),
};

/** In a script of this repository the library is imported from beside it. */
const fromPackage = (code: string): string =>
  code.replace(/(from\s+)"\.\.\/lib\/index\.js"/g, '$1"mm-train"');

/** Splits a script into cells; texts that follow each other become one. */
export function splitScript(source: string): Cell[] {
  const cells: Cell[] = [];
  const add = (kind: Cell["kind"], source: string) => {
    if (source.trim() === "") return;
    const before = cells.at(-1);
    if (kind === "text" && before?.kind === "text")
      cells[cells.length - 1] = { kind, source: `${before.source}\n\n${source}` };
    else cells.push({ kind, source });
  };
  const script = source.replace(/^\uFEFF?(#!.*)?/, "").replaceAll("\r\n", "\n");
  const items = topLevel(script);
  for (const group of paragraphs(items, script)) {
    const heading = title(group[0], script);
    if (heading !== undefined) {
      add("text", `## ${heading}`);
      continue;
    }
    let rest = group;
    if (group[0] === items[0] && group[0].name === "BlockComment") {
      add("text", plain.BlockComment(text(group[0], script)));
      rest = group.slice(1);
    }
    let comments = rest.findIndex((item) => item.name !== "LineComment");
    if (comments < 0) comments = rest.length;
    add(
      "text",
      plain.LineComment(
        rest
          .slice(0, comments)
          .map((c) => text(c, script))
          .join("\n"),
      ),
    );
    add("code", fromPackage(code(script, rest.slice(comments))));
  }
  return cells;
}

/** Whole lines, from the first item to the last, without a declaration of `section`. */
function code(script: string, items: readonly Item[]): string {
  const left = items.filter((item) => declaresSection(item, script));
  const [first, last] = [items[0]?.line ?? 0, items.at(-1)?.lastLine ?? -1];
  return script
    .split("\n")
    .slice(first, last + 1)
    .filter((_, i) => !left.some((item) => item.line <= first + i && first + i <= item.lastLine))
    .join("\n");
}
