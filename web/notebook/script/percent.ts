/**
 * Cells as a script that runs, in the format that Jupytext, VS Code and others read: a line `// %%`
 * begins a cell of code, `// %% [markdown]` one of text, whose lines are comments.
 */
import { type Cell, splitScript } from "./cells.js";

const MARK = /^\/\/ %%(.*)$/;

export function toScript(cells: readonly Cell[]): string {
  const parts = cells.map(({ kind, source }) =>
    kind === "code"
      ? `// %%\n${source.trimEnd()}\n`
      : `// %% [markdown]\n${source.trimEnd().replace(/^/gm, "// ").replace(/ +$/gm, "")}\n`,
  );
  return parts.join("\n");
}

/** The cells of a script: by its marks, or, where it has none, by its blank lines. */
export function fromScript(script: string): Cell[] {
  const lines = script.replaceAll("\r\n", "\n").split("\n");
  if (!lines.some((line) => MARK.test(line))) return splitScript(script);
  const cells: { kind: Cell["kind"]; lines: string[] }[] = [{ kind: "code", lines: [] }];
  for (const line of lines) {
    const mark = MARK.exec(line);
    if (mark) cells.push({ kind: mark[1].includes("[markdown]") ? "text" : "code", lines: [] });
    else cells.at(-1)?.lines.push(line);
  }
  return cells
    .map(({ kind, lines }) => ({
      kind,
      source: lines
        .map((line) => (kind === "text" ? line.replace(/^\/\/ ?/, "") : line))
        .join("\n")
        .replace(/^\n+|\s+$/g, ""),
    }))
    .filter(({ source }) => source !== "");
}
