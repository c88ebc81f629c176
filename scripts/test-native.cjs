// Compiles native/test with the addon's kernels and flags, and runs it (npm run test:native [--
// --sanitize]). CXX, CXXFLAGS and MM_RUNNER choose another compiler, more flags and an emulator:
// CXX=aarch64-linux-gnu-g++ MM_RUNNER="qemu-aarch64 -L /usr/aarch64-linux-gnu". With --build FILE
// the program is left in FILE and not run: `FILE` tests, `FILE PLAN [threads]` replays a training.
"use strict";
const { spawn, spawnSync } = require("node:child_process");
const { mkdtempSync, readdirSync, readFileSync, rmSync } = require("node:fs");
const { availableParallelism, tmpdir } = require("node:os");
const { basename, dirname, join } = require("node:path");

const root = dirname(__dirname);
const { mm_sources, mm_cflags } = JSON.parse(
  readFileSync(join(root, "native", "sources.gypi"), "utf8"),
).variables;
const compiler = process.env.CXX || "g++";
const sanitize = process.argv.includes("--sanitize");
const built = process.argv.includes("--build")
  ? process.argv[process.argv.indexOf("--build") + 1]
  : undefined;
// No exceptions or RTTI are needed here either, but the tests use the standard library.
// A switch over operations that lacks one is an error: a new operation has a test.
const flags = [...mm_cflags, "-Inative/plain", "-Werror=switch"];
if (sanitize) flags.push("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-O1", "-g");
flags.push(...(process.env.CXXFLAGS ?? "").split(" ").filter(Boolean));

const tests = readdirSync(join(root, "native", "test"))
  .filter((name) => name.endsWith(".cc"))
  .map((name) => `native/test/${name}`);
// Of the border, the checks of a command: they need three functions of Node-API, which native/plain
// has for plain memory.
const border = ["native/napi/call.cc", "native/napi/prepare.cc"];
const sources = [
  ...mm_sources.filter((file) => !file.startsWith("native/napi/") || border.includes(file)),
  ...tests,
];
const folder = mkdtempSync(join(tmpdir(), "mm-native-"));

const compile = (source) =>
  new Promise((resolve) => {
    const object = join(folder, `${source.replaceAll("/", "_")}.o`);
    const job = spawn(compiler, [...flags, "-c", source, "-o", object], {
      cwd: root,
      stdio: "inherit",
    });
    job.on("error", (error) => resolve({ error: `${basename(compiler)}: ${error.message}` }));
    job.on("exit", (code) => resolve(code === 0 ? { object } : { error: source }));
  });

async function main() {
  const queue = [...sources];
  const results = [];
  const worker = async () => {
    for (let source = queue.shift(); source !== undefined; source = queue.shift())
      results.push(await compile(source));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  const failed = results.find((result) => result.error);
  if (failed) throw new Error(`cannot compile ${failed.error}`);
  const program = built ?? join(folder, "kernels");
  const link = spawnSync(
    compiler,
    [...flags, ...results.map((result) => result.object), "-o", program],
    { stdio: "inherit" },
  );
  if (link.status !== 0) throw new Error("cannot link the tests");
  if (built) return 0;
  const [command, ...args] = [...(process.env.MM_RUNNER ?? "").split(" ").filter(Boolean), program];
  return spawnSync(command, args, { stdio: "inherit" }).status ?? 1;
}

main()
  .then((status) => {
    process.exitCode = status;
  })
  .catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  })
  .finally(() => rmSync(folder, { recursive: true, force: true }));
