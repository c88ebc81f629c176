/** The page that `npm run build` made: its files, read once. */
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { UsageError } from "../../errors.js";
import { packageRoot } from "../../package-root.js";

export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

/**
 * By their paths in an address. (The page as one file is left out: it asks no server.)
 * @throws UsageError where the page was not built
 */
export function pageFiles(
  folder = join(packageRoot(), "dist", "web"),
): ReadonlyMap<string, PageFile> {
  const file = (path: string): PageFile => ({
    type: TYPES[extname(path)] ?? "application/octet-stream",
    bytes: readFileSync(join(folder, path)),
  });
  try {
    const assets = readdirSync(join(folder, "assets")).map((name) => `assets/${name}`);
    return new Map([
      ["/", file("index.html")],
      ...assets.map((path) => [`/${path}`, file(path)] as const),
    ]);
  } catch {
    const remedy = "run `npm run build` there, or install mm-train again";
    throw new UsageError(`lab: expected the page in ${folder}, which is not there: ${remedy}`);
  }
}
