// Run by node-gyp-build at install (package.json, prebuild.test): throwing makes it compile. It
// throws when no binary loads, and in a checkout also when the binary is older than a source, so
// that `npm install` compiles edited C++.
"use strict";
const { existsSync, readdirSync, statSync } = require("node:fs");
const { dirname, join } = require("node:path");

const root = dirname(__dirname);
const binary = require("node-gyp-build").resolve(root);

const sources = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "test" ? [] : sources(path);
    return [path];
  });

// Files of an installed package have the times at which they were unpacked, in any order. It has no
// tests.
if (existsSync(join(root, "native", "test"))) {
  const built = statSync(binary).mtimeMs;
  const newer = [join(root, "binding.gyp"), ...sources(join(root, "native"))].find(
    (file) => statSync(file).mtimeMs > built,
  );
  if (newer !== undefined) throw new Error(`${newer} is newer than ${binary}`);
}

require(binary);
