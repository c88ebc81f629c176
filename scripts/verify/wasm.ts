/**
 * `npm run verify:wasm [-- --write]`: compiles the kernels to WebAssembly anew, with the compiler from
 * npm in a temporary folder, and compares the modules with the committed ones, byte for byte.
 * `--write` puts them, and the hash of their sources, in their place.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { committed, COMPILER, compileModules, HASH, sourceHash } = createRequire(import.meta.url)(
  "../wasm.cjs",
) as {
  committed(name: string): string;
  COMPILER: string;
  compileModules(llvm: object, log: (line: string) => void): Promise<Record<string, Buffer>>;
  HASH: string;
  sourceHash(): string;
};

const write = process.argv.includes("--write");
const folder = mkdtempSync(join(tmpdir(), "mm-wasm-"));
let differ = 0;
try {
  writeFileSync(join(folder, "package.json"), "{}");
  execFileSync("npm", ["install", "--no-audit", "--no-fund", COMPILER], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const entry = join(folder, "node_modules", "@yowasp", "clang", "gen", "bundle.js");
  const llvm = (await import(pathToFileURL(entry).href)) as object;
  const hash = sourceHash();
  for (const [name, bytes] of Object.entries(await compileModules(llvm, console.log))) {
    const file = committed(name);
    const same = readFileSync(file).equals(bytes);
    if (write) writeFileSync(file, bytes);
    else if (!same) differ++;
    console.log(
      `${file}: ${bytes.length} bytes, ${same ? "the same" : write ? "written" : "NOT the same"}`,
    );
  }
  if (write) writeFileSync(HASH, `${hash}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = differ === 0 ? 0 : 1;
