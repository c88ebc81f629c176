/** Node's globals, for the library in a browser. */
export { Buffer } from "buffer";

/** What the library asks of the process: it has no settings, no streams and no signals. */
export const process = {
  env: {} as Record<string, string | undefined>,
  execArgv: [] as string[],
  argv: [] as string[],
  pid: 1,
  platform: "browser",
  arch: "wasm32",
  version: "",
  versions: {} as Record<string, string>,
  stderr: { write: (text: string) => console.warn(text.trimEnd()) },
  constrainedMemory: () => 0,
  availableMemory: () => 0,
  kill: () => true,
  getBuiltinModule: () => undefined,
};
