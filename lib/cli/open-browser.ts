/** Shows an address in the reader's browser. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { quietly } from "../run/disk/file.js";
import { tell } from "./terminal/say.js";

/** Without a shell, which would read a path as more than one word. */
const COMMANDS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Milliseconds that a browser has to start and read the file. */
const PATIENCE = 60_000;

/**
 * Says so where there is no browser to open. It keeps no process alive.
 *
 * Everybody on a machine can read the words of a command, and the address holds a token: the
 * browser is given a file that leads there, which nobody else can read and which is soon removed.
 */
export function openBrowser(address: string): void {
  const [command, ...args] = COMMANDS[process.platform] ?? ["xdg-open"];
  let told = false;
  const failed = (why: string): void => {
    if (!told) tell(`mm-train: no browser was opened (${why}): open the address yourself`);
    told = true;
  };
  let file: string;
  try {
    file = fileThatLeadsTo(address);
  } catch (error) {
    return failed((error as NodeJS.ErrnoException).code ?? (error as Error).message);
  }
  const child = spawn(command, [...args, file], { stdio: "ignore", detached: true });
  child.once("error", (error: NodeJS.ErrnoException) =>
    failed(`${command}: ${error.code ?? error.message}`),
  );
  child.once("exit", (code) => {
    if (code !== 0) failed(`${command} ended with ${code}`);
  });
  child.unref();
}

/** In a folder that is its owner's alone (mode 0700). */
function fileThatLeadsTo(address: string): string {
  // A browser from a snap has a /tmp of its own, and sees what is in the reader's home.
  const place = existsSync("/snap") ? homedir() : tmpdir();
  const dir = mkdtempSync(join(place, "mm-train-open-"));
  const remove = (): void => quietly(() => rmSync(dir, { recursive: true, force: true }));
  process.once("exit", remove);
  setTimeout(() => {
    process.off("exit", remove);
    remove();
  }, PATIENCE).unref();
  const file = join(dir, "open.html");
  writeFileSync(file, page(address), { mode: 0o600, flag: "wx" });
  return file;
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

const page = (address: string): string => `<!doctype html>
<meta charset="utf-8" />
<meta name="referrer" content="no-referrer" />
<meta http-equiv="refresh" content="0;url=${escaped(address)}" />
<title>mm-train</title>
<a href="${escaped(address)}">mm-train</a>
`;
