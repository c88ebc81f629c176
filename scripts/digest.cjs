// What files hold, as one number: times lie after a checkout, a copy or an unpacked archive.
"use strict";
const { createHash } = require("node:crypto");
const { existsSync, readdirSync, readFileSync, statSync } = require("node:fs");
const { join } = require("node:path");

const filesIn = (path) => {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
};

/**
 * SHA-256 of the names and contents of all files in these files and folders of `root`; `without`:
 * names, relative to it, that are left out.
 */
exports.digest = (root, paths, without = []) => {
  const leftOut = without.map((name) => join(root, name));
  const hash = createHash("sha256");
  for (const file of paths.flatMap((path) => filesIn(join(root, path)))) {
    if (leftOut.some((path) => file === path || file.startsWith(join(path, "/")))) continue;
    const content = readFileSync(file);
    hash
      .update(`${file.slice(root.length).replaceAll("\\", "/")}\n${content.length}\n`)
      .update(content);
  }
  return hash.digest("hex");
};
