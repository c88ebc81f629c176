/** Shows an address in the reader's browser. */
import { spawn } from "node:child_process";
import { tell } from "./terminal/say.js";

/** Without a shell, which would read an address as more than one word. */
const COMMANDS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Says so where there is no browser to open. It keeps no process alive. */
export function openBrowser(address: string): void {
  const [command, ...args] = COMMANDS[process.platform] ?? ["xdg-open"];
  let told = false;
  const failed = (why: string): void => {
    if (!told) tell(`mm-train: no browser was opened (${why}): open the address yourself`);
    told = true;
  };
  const child = spawn(command, [...args, address], { stdio: "ignore", detached: true });
  child.once("error", (error: NodeJS.ErrnoException) =>
    failed(`${command}: ${error.code ?? error.message}`),
  );
  child.once("exit", (code) => {
    if (code !== 0) failed(`${command} ended with ${code}`);
  });
  child.unref();
}
