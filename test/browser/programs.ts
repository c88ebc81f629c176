/** The programs of programs/, which print JSON: bundled for a browser, and run in Node. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { environment } from "../train/support.js";
import type * as modules from "./programs/modules.js";

const { nodeInBrowser } = createRequire(import.meta.url)("../../web/node/modules.cjs") as {
  nodeInBrowser: Plugin;
};

const programs = join(import.meta.dirname, "programs");
const programFile = (name: string): string => join(programs, `${name}.ts`);

/**
 * A program and the library in one script: `esm` for a module, `iife` for a classic script or
 * worker.
 */
export async function bundleProgram(name: string, format: "esm" | "iife"): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [programFile(name)],
    bundle: true,
    write: false,
    format,
    target: "es2022",
    plugins: [nodeInBrowser],
    logLevel: "error",
  });
  return outputFiles[0].text;
}

/** Node's modules as a browser has them. */
export async function browserModules(): Promise<typeof modules> {
  const folder = mkdtempSync(join(tmpdir(), "mm-modules-"));
  try {
    const file = join(folder, "modules.mjs");
    writeFileSync(file, await bundleProgram("modules", "esm"));
    return (await import(pathToFileURL(file).href)) as typeof modules;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What Node prints, in an empty folder, on the kernels that a browser has. */
function printed(args: readonly string[]): unknown {
  const cwd = mkdtempSync(join(tmpdir(), "mm-program-"));
  try {
    const env = environment({ MM_BACKEND: "wasm" });
    const text = execFileSync(process.execPath, args, { cwd, encoding: "utf8", env });
    const outcome = JSON.parse(text) as object;
    if ("error" in outcome) throw new Error(String(outcome.error));
    return outcome;
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

export const printedInNode = (name: string): unknown =>
  printed(["--import", import.meta.resolve("tsx"), programFile(name)]);

/** What a bundle prints in Node where nothing of Node is left. */
export const printedBare = (file: string): unknown => printed([join(programs, "bare.mjs"), file]);
