/** What of Node's modules a cell can import, over files in memory. */
import * as fs from "node:fs";
import * as path from "node:path";
import { type ParseArgsConfig, parseArgs } from "@pkgjs/parseargs";
import { isPicture } from "./picture.js";

/** What cells see of the process: no command line, and no exit. */
export const createProcess = (print: (stream: "out" | "error", text: string) => void) => ({
  argv: ["node", "notebook"],
  env: {},
  platform: "browser",
  cwd: () => "/",
  exit(code = 0): never {
    throw new Error(`process.exit(${code}): the cell ends here`);
  },
  stdout: { write: (text: unknown) => (print("out", String(text)), true) },
  stderr: { write: (text: unknown) => (print("error", String(text)), true) },
});

function makeFolders(folder: string): void {
  if (folder === "." || fs.existsSync(folder)) return;
  makeFolders(path.dirname(folder));
  fs.mkdirSync(folder);
}

/** `draw` is called with every SVG file that is written. */
export const createNodeModules = (draw: (svg: string) => void) => ({
  "node:fs": {
    existsSync: fs.existsSync,
    readdirSync: fs.readdirSync,
    readFileSync: fs.readFileSync,
    mkdirSync(folder: string, { recursive = false } = {}) {
      if (recursive) makeFolders(folder);
      else fs.mkdirSync(folder);
    },
    writeFileSync(file: string, content: string | Uint8Array) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      const handle = fs.openSync(file, "w");
      fs.writeSync(handle, bytes, 0, bytes.length);
      fs.closeSync(handle);
      if (file.endsWith(".svg") && isPicture(content)) draw(content);
    },
  },
  "node:path": path,
  "node:util": {
    parseArgs: (config: ParseArgsConfig = {}) => parseArgs({ args: [], ...config }),
  },
});
