// The install script: uses a prebuilt binary that loads, otherwise compiles one (node-gyp-build does both).
// Without a compiler the package still works, on the reference backend: that is a warning. A compiler that fails is an error.
"use strict";
const { spawnSync } = require("node:child_process");
const { delimiter, dirname, join } = require("node:path");
const { withNodeHeaders } = require("./node-headers.cjs");

const root = dirname(__dirname);
const env = { ...withNodeHeaders(process.env) };

// node-gyp-build starts `node-gyp` from PATH: npm brings its own, and a development checkout has one.
env.PATH = [join(root, "node_modules", ".bin"), env.PATH].join(delimiter);

const works = (command, ...args) => spawnSync(command, args, { env, stdio: "ignore" }).status === 0;

// Microsoft's compiler knows no vector types (CONTRIBUTING.md): on Windows a binary is there, or the reference backend is used.
const [program, stdio] = process.platform === "win32" ? [join(__dirname, "native-smoke.cjs"), "ignore"] : [require.resolve("node-gyp-build/bin.js"), "inherit"];
const build = spawnSync(process.execPath, [program], { cwd: root, env, stdio });
if (build.status !== 0 && process.platform === "win32") {
  console.warn("mm-train: there is no native binary for Windows yet, the slower reference backend is used; in WSL the package compiles one");
} else if (build.status !== 0) {
  const missing = [
    [env.CXX || "g++", works(env.CXX || "g++", "--version") || works("clang++", "--version")],
    ["make", works(env.MAKE || "make", "--version")],
    ["python3", works(env.PYTHON || "python3", "--version")],
  ].filter(([, found]) => !found);
  if (missing.length > 0) {
    const names = missing.map(([name]) => name).join(", ");
    console.warn(
      `mm-train: no native binary (missing: ${names}), the slower reference backend is used; ` +
        "remedy: `apt-get install g++ make python3`, then `npm rebuild mm-train`",
    );
  } else {
    process.exitCode = build.status ?? 1;
  }
}
