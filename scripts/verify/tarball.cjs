// The package as it is published, made from a copy of this checkout, which stays as it is.
"use strict";
const { execFileSync } = require("node:child_process");
const { cpSync, mkdirSync, readdirSync, symlinkSync } = require("node:fs");
const { dirname, join } = require("node:path");

const root = join(__dirname, "..", "..");

/** npm prints names of scripts before the JSON. */
const lastArray = (text) => text.slice(text.lastIndexOf("\n[") + 1);

/**
 * @returns the tarball without a binary; unless `prebuild` is false, also the one with this
 *   platform's, and the folder of that
 */
exports.makePackages = (folder, { prebuild = true } = {}) => {
  const copy = join(folder, "checkout");
  const files = execFileSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    { cwd: root, encoding: "utf8" },
  );
  for (const file of files.split("\0").filter(Boolean)) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  const [from, to] = [join(root, "node_modules"), join(copy, "node_modules")];
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    // Headers are copied: gyp follows a link, and does not quote a path with a space.
    if (name === "node-addon-api") cpSync(join(from, name), join(to, name), { recursive: true });
    else symlinkSync(join(from, name), join(to, name));
  }
  const npm = (...args) =>
    execFileSync("npm", args, { cwd: copy, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const pack = (name, ...options) => {
    mkdirSync(join(folder, name));
    const [{ filename }] = JSON.parse(
      lastArray(npm("pack", ...options, "--json", "--pack-destination", join(folder, name))),
    );
    return join(folder, name, filename);
  };
  npm("run", "build");
  const source = pack("source", "--ignore-scripts");
  if (!prebuild) return { source };
  // As anybody packs it: the script before it makes the binary.
  const prebuilt = pack("prebuilt");
  const binaries = join(folder, "prebuilds");
  cpSync(join(copy, "prebuilds"), binaries, { recursive: true });
  return { source, prebuilt, binaries: join(binaries, `${process.platform}-${process.arch}`) };
};
