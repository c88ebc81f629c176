/**
 * Draws docs/terminal.svg: what `npx mm-train` prints in a terminal of 80 columns, in its colours.
 * Needs tmux and `npm run build`; run it where a line of the command changed.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
/** Colours of the picture for the codes that lib/cli/terminal/style.ts has. */
const COLORS: Readonly<Record<string, string>> = { "33": "#f0c674", "94": "#9fb4ff" };
const PROMPT = "#8bd5a0";
const LINE = 20;
const CHARACTER = 8.43;
const MARGIN = 20;

interface Part {
  readonly text: string;
  readonly color: string | undefined;
}

/** The lines of a terminal after the command, with the codes of colours. */
function screen(): string[] {
  const socket = `mm-train-draw-${process.pid}`;
  const dir = mkdtempSync(join(tmpdir(), "mm-train-draw-"));
  const { TMUX: _, NO_COLOR: __, ...env } = process.env;
  const tmux = (...words: string[]): string =>
    execFileSync("tmux", ["-u", "-L", socket, "-f", "/dev/null", ...words], {
      cwd: dir,
      env,
      encoding: "utf8",
    });
  const command = `${process.execPath} ${join(root, "dist/cli/main.js")}`;
  try {
    tmux(
      "new-session",
      "-d",
      "-x",
      "80",
      "-y",
      "100",
      "sh",
      "-c",
      `${command}; tmux -L ${socket} wait-for -S ended; exec sleep 600`,
    );
    tmux("wait-for", "ended");
    return tmux("capture-pane", "-e", "-p").trimEnd().split("\n");
  } finally {
    tmux("kill-server");
    rmSync(dir, { recursive: true });
  }
}

/** Texts and their colours; a colour holds until the next code, also on the lines below. */
function colored(lines: readonly string[]): Part[][] {
  let color: string | undefined;
  return lines.map((line) =>
    // Every second piece is a code.
    line.split(new RegExp(`${"\u001b"}\\[(\\d*)m`)).flatMap((piece, i): Part[] => {
      if (i % 2 === 0) return piece === "" ? [] : [{ text: piece.trimEnd(), color }];
      color = COLORS[piece];
      return [];
    }),
  );
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const escaped = (text: string): string => text.replace(/[&<>]/g, (c) => ENTITIES[c]);

function svg(lines: readonly Part[][]): string {
  const widest = Math.max(
    ...lines.map((parts) => parts.reduce((sum, { text }) => sum + [...text].length, 0)),
  );
  const [width, height] = [
    Math.ceil(2 * MARGIN + widest * CHARACTER),
    lines.length * LINE + MARGIN,
  ];
  const span = ({ text, color }: Part) =>
    color === undefined ? escaped(text) : `<tspan fill="${color}">${escaped(text)}</tspan>`;
  const rows = lines.map(
    (parts, i) => `<text x="${MARGIN}" y="${30 + i * LINE}">${parts.map(span).join("")}</text>\n`,
  );
  const label = "npx mm-train in a terminal: progress, twenty made-up names and losses";
  const font = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="${label}">
<rect width="${width}" height="${height}" rx="10" fill="#16181d"/>
<g font-family="${font}" font-size="14" fill="#d7dae0" xml:space="preserve">
${rows.join("")}</g></svg>
`;
}

const prompt: Part[] = [{ text: "$ npx mm-train", color: PROMPT }];
writeFileSync(join(root, "docs/terminal.svg"), svg([prompt, ...colored(screen())]));
