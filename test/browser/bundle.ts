/** Programs of programs/, as they run in a browser and in Node. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";

const { nodeInBrowser } = createRequire(import.meta.url)("../../web/node/modules.cjs") as {
  nodeInBrowser: Plugin;
};

export const programFile = (name: string): string =>
  join(import.meta.dirname, "programs", `${name}.ts`);

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
