/** Node's globals, for the library in a browser. */
import * as nodeModule from "./module.js";

export { Buffer } from "./buffer.js";
export { LIBRARY as __filename } from "./memory/shipped.js";

const [own] = crypto.getRandomValues(new Uint32Array(1));

/** What the library asks of the process: it has no arguments, no streams and no signals. */
export const process = {
  env: {} as Record<string, string | undefined>,
  execArgv: [] as string[],
  /** of this page or worker, so that a lock in a folder that came from elsewhere is not its own */
  pid: 1 + (own >>> 1),
  platform: "browser",
  /** of Node */
  version: undefined,
  stderr: {
    write: (text: string) =>
      text
        .trimEnd()
        .split("\n")
        .forEach((line) => console.warn(line)),
  },
  cwd: () => "/",
  /** 0: not limited */
  constrainedMemory: () => 0,
  kill(pid: number): true {
    if (pid === process.pid) return true;
    throw Object.assign(new Error("kill ESRCH"), { code: "ESRCH" });
  },
  getBuiltinModule: (name: string) => (name === "node:module" ? nodeModule : undefined),
};
