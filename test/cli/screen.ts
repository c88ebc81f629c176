/** What a person sees: commands run in a terminal of a given size, which tmux keeps. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { environment, installed } from "../train/support.js";

export interface Screen {
  /** the lines that the terminal shows, without blanks at their ends */
  readonly lines: string[];
  /** the same with the codes of colours */
  readonly colored: string[];
  /** everything that was printed, a line that the terminal broke in one piece */
  readonly unbroken: string[];
}

interface Size {
  readonly columns: number;
  readonly rows: number;
}

const shellQuote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Runs `mm-train ARGS` to its end in a terminal of its own, and looks at it. */
export function onScreen(
  args: readonly string[],
  cwd: string,
  { columns, rows }: Size = { columns: 80, rows: 24 },
  env: Readonly<Record<string, string>> = {},
): Screen {
  const socket = `mm-train-${process.pid}-${randomBytes(6).toString("hex")}`;
  const { TMUX: _, NO_COLOR: __, ...plain } = environment();
  const tmux = (...words: string[]): string =>
    execFileSync("tmux", ["-u", "-L", socket, "-f", "/dev/null", ...words], {
      cwd,
      env: { ...plain, LANG: "C.UTF-8" },
      encoding: "utf8",
    });
  const program = [process.execPath, join(installed(), "dist", "cli", "main.js"), ...args];
  const command =
    "env " +
    `${[...Object.entries(env).map((e) => e.join("=")), ...program].map(shellQuote).join(" ")}`;
  // The terminal stays open until it was looked at.
  const script = `${command}; tmux -L ${socket} wait-for -S ended; exec sleep 600`;
  tmux("new-session", "-d", "-x", String(columns), "-y", String(rows), "sh", "-c", script);
  try {
    tmux("wait-for", "ended");
    const capture = (...how: string[]): string[] =>
      tmux("capture-pane", "-p", ...how)
        .trimEnd()
        .split("\n")
        .map((line) => line.trimEnd());
    return {
      lines: capture(),
      colored: capture("-e"),
      unbroken: capture("-J", "-S", "-"),
    };
  } finally {
    const socketPath = tmux("display-message", "-p", "#{socket_path}").trim();
    tmux("kill-server");
    rmSync(socketPath, { force: true });
  }
}
