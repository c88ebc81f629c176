// The prebuilt binaries, and which of them are of the sources that are here: beside each lies the
// digest of the sources that it was compiled from.
"use strict";
const { existsSync, readdirSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { digest } = require("./digest.cjs");

const sourcesOf = (root) => digest(root, ["binding.gyp", "native"], ["native/test"]);
const recordOf = (binary) => binary.replace(/\.node$/, ".sources");
const list = (folder) =>
  existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];

/** Where prebuildify puts the binary of this machine. */
exports.ownBinary = (root, env = process.env) => {
  const libc = env.PREBUILD_LIBC ?? (existsSync("/etc/alpine-release") ? "musl" : "glibc");
  const arch = env.PREBUILD_ARCH ?? process.arch;
  return join(root, "prebuilds", `${process.platform}-${arch}`, `mm-train.${libc}.node`);
};

/** Notes that a binary was compiled from the sources as they are now. */
exports.recordSources = (root, binary) => writeFileSync(recordOf(binary), sourcesOf(root));

/** The binaries that were compiled from the sources as they are now, and all others. */
exports.prebuiltBinaries = (root) => {
  const sources = sourcesOf(root);
  const isCurrent = (binary) =>
    existsSync(recordOf(binary)) && readFileSync(recordOf(binary), "utf8") === sources;
  const binaries = list(join(root, "prebuilds"))
    .flatMap(list)
    .filter((file) => file.endsWith(".node"));
  return {
    current: binaries.filter(isCurrent),
    others: binaries.filter((file) => !isCurrent(file)),
  };
};
