// `npm run prebuildify`: the binary of this platform into prebuilds/, for the oldest Node that is supported and the glibc of its binary.
"use strict";
const { spawnSync } = require("node:child_process");
const { dirname, join } = require("node:path");
const { copyLibgomp } = require("./copy-libgomp.cjs");
const { lowerLibgomp } = require("./lower-libgomp.cjs");
const { withNodeHeaders } = require("./node-headers.cjs");
const { ownBinary, recordSources } = require("./prebuilt.cjs");

const root = dirname(__dirname);
const args = [join(root, "node_modules", "prebuildify", "bin.js"), "--napi", "--strip", "--tag-libc", "-t", "20.19.0"];
process.exitCode = spawnSync(process.execPath, args, { cwd: root, env: withNodeHeaders(process.env), stdio: "inherit" }).status ?? 1;

if (process.exitCode === 0) {
  const libgomp = copyLibgomp(join(root, "prebuilds", `${process.platform}-${process.env.PREBUILD_ARCH ?? process.arch}`));
  const lowered = libgomp === undefined ? [] : lowerLibgomp(libgomp);
  if (lowered.length > 0) console.log(`${libgomp}: loads on older glibc too: ${lowered.length} references lost their version`);
}

if (process.exitCode === 0) recordSources(root, ownBinary(root));
