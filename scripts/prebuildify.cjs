// `npm run prebuildify`: the binary of this platform into prebuilds/, for the oldest Node that is supported and the glibc of its binary.
"use strict";
const { spawnSync } = require("node:child_process");
const { existsSync, readdirSync } = require("node:fs");
const { dirname, join } = require("node:path");
const { lowerLibgomp } = require("./lower-libgomp.cjs");
const { withNodeHeaders } = require("./node-headers.cjs");

const root = dirname(__dirname);
const args = [join(root, "node_modules", "prebuildify", "bin.js"), "--napi", "--strip", "--tag-libc", "-t", "20.19.0"];
process.exitCode = spawnSync(process.execPath, args, { cwd: root, env: withNodeHeaders(process.env), stdio: "inherit" }).status ?? 1;

if (process.exitCode === 0) {
  for (const folder of readdirSync(join(root, "prebuilds"))) {
    const libgomp = join(root, "prebuilds", folder, "libgomp.so.1");
    const lowered = existsSync(libgomp) ? lowerLibgomp(libgomp) : [];
    if (lowered.length > 0) console.log(`${libgomp}: loads on older glibc too: ${lowered.length} references lost their version`);
  }
}
