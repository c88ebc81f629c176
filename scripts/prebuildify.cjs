// `npm run prebuildify`: the binary of this platform into prebuilds/, for the oldest Node that is
// supported and the glibc of its binary.
"use strict";
const { spawnSync } = require("node:child_process");
const { dirname, join } = require("node:path");
const { withNodeHeaders } = require("./node-headers.cjs");
const { ownBinary, recordSources } = require("./prebuilt.cjs");

const root = dirname(__dirname);
const args = [
  join(root, "node_modules", "prebuildify", "bin.js"),
  "--napi",
  "--strip",
  "--tag-libc",
  "-t",
  "20.19.0",
];
process.exitCode =
  spawnSync(process.execPath, args, {
    cwd: root,
    env: withNodeHeaders(process.env),
    stdio: "inherit",
  }).status ?? 1;

if (process.exitCode === 0) recordSources(root, ownBinary(root));
