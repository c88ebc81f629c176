// The install script: uses a prebuilt binary that loads, otherwise compiles one (node-gyp-build
// does both). Without a compiler the package still works, on the reference backend: that is a
// warning. A compiler that fails is an error.
"use strict";
const { spawnSync } = require("node:child_process");
const { existsSync } = require("node:fs");
const { delimiter, dirname, join } = require("node:path");
const { pathToFileURL } = require("node:url");
const { missingTools } = require("./compiler.cjs");
const { withNodeHeaders } = require("./node-headers.cjs");

const root = dirname(__dirname);
const env = { ...withNodeHeaders(process.env) };

// node-gyp-build starts `node-gyp` from PATH: npm brings its own, and a development checkout has
// one.
env.PATH = [join(root, "node_modules", ".bin"), env.PATH].join(delimiter);

/**
 * The command that compiles once there is a compiler. A clone has no dist/ before its first
 * install.
 */
async function compileLater() {
  const file = join(root, "dist", "backend", "native", "rebuild.js");
  return existsSync(file)
    ? (await import(pathToFileURL(file).href)).rebuildCommand(root)
    : "`npm install`";
}

// Microsoft's compiler knows no vector types (CONTRIBUTING.md): on Windows a binary is there, or
// the reference backend is used.
const [program, stdio] =
  process.platform === "win32"
    ? [join(__dirname, "native-smoke.cjs"), "ignore"]
    : [require.resolve("node-gyp-build/bin.js"), "inherit"];
const build = spawnSync(process.execPath, [program], { cwd: root, env, stdio });
if (build.status !== 0 && process.platform === "win32") {
  console.warn(
    "mm-train: there is no native binary for Windows yet, the slower reference backend is " +
      "used; in WSL the package compiles one",
  );
} else if (build.status !== 0) {
  const missing = missingTools(env);
  if (missing.length > 0) {
    void compileLater().then((command) => {
      const problem =
        `no native binary (missing: ${missing.join(", ")}), the slower reference backend is ` +
        "used";
      console.warn(
        `mm-train: ${problem}; remedy: \`apt-get install g++ make python3\`, then ${command}`,
      );
    });
  } else {
    process.exitCode = build.status ?? 1;
  }
}
