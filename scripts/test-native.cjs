// Compiles native/test with the addon's kernels and flags, and runs it (npm run test:native [-- --sanitize]).
// CXX and MM_RUNNER choose another compiler and an emulator: CXX=aarch64-linux-gnu-g++ MM_RUNNER="qemu-aarch64 -L /usr/aarch64-linux-gnu".
"use strict";
const { spawn, spawnSync } = require("node:child_process");
const { mkdtempSync, readdirSync, readFileSync, rmSync } = require("node:fs");
const { availableParallelism, tmpdir } = require("node:os");
const { basename, dirname, join } = require("node:path");

const root = dirname(__dirname);
const { mm_sources, mm_cflags } = JSON.parse(readFileSync(join(root, "native", "sources.gypi"), "utf8")).variables;
const compiler = process.env.CXX || "g++";
const sanitize = process.argv.includes("--sanitize");
// No exceptions or RTTI are needed here either, but the tests use the standard library.
const flags = [...mm_cflags, "-fopenmp"];
if (sanitize) flags.push("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-O1", "-g");

const tests = readdirSync(join(root, "native", "test")).filter((name) => name.endsWith(".cc")).map((name) => `native/test/${name}`);
const sources = [...mm_sources.filter((file) => !file.startsWith("native/napi/")), ...tests];
const folder = mkdtempSync(join(tmpdir(), "mm-native-"));

const compile = (source) =>
  new Promise((resolve) => {
    const object = join(folder, `${source.replaceAll("/", "_")}.o`);
    const job = spawn(compiler, [...flags, "-c", source, "-o", object], { cwd: root, stdio: "inherit" });
    job.on("error", (error) => resolve({ error: `${basename(compiler)}: ${error.message}` }));
    job.on("exit", (code) => resolve(code === 0 ? { object } : { error: source }));
  });

async function main() {
  const queue = [...sources];
  const results = [];
  const worker = async () => {
    for (let source = queue.shift(); source !== undefined; source = queue.shift()) results.push(await compile(source));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  const failed = results.find((result) => result.error);
  if (failed) throw new Error(`cannot compile ${failed.error}`);
  const program = join(folder, "kernels");
  const link = spawnSync(compiler, [...flags, ...results.map((result) => result.object), "-o", program], { stdio: "inherit" });
  if (link.status !== 0) throw new Error("cannot link the tests");
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
