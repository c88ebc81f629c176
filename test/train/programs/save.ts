/**
 * Replaces the run in a folder by another of the same shape, and dies on the way: `save.ts FOLDER N
 * kill|fail`. At the N-th call to the file system the process is killed (as by `kill -9`), or the
 * disk is full from there on. Prints what the save ended with; N beyond the last call changes
 * nothing.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { loadRun, MLP } from "../../../lib/index.js";
import { Generator } from "../../../lib/random/index.js";
import { withRunFiles } from "../../../lib/run/disk/run-files.js";
import { runFiles } from "../../../lib/run/folder/run-folder.js";

const [folder, count, how] = process.argv.slice(2);
const { config, vocabulary } = loadRun(folder);
const { blockSize = 0, embedding = 0, hidden = 0 } = config;
const shape = { vocabularySize: vocabulary.size, blockSize, embedding, hidden };
const model = MLP.create(shape, new Generator(2));

let calls = 0;
/**
 * Runs before each call. A write is cut in half first, so that the death finds a file half written.
 */
function step(name: string, before?: () => void): void {
  if (++calls < Number(count)) return;
  before?.();
  if (how === "kill") process.kill(process.pid, "SIGKILL");
  else if (["openSync", "writeSync", "fsyncSync"].includes(name))
    throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
}

const real = { ...fs };
const half = (bytes: Uint8Array, offset: number) => (bytes.length - offset) >> 1;
const writeSync = real.writeSync as (
  handle: number,
  bytes: Uint8Array,
  offset: number,
  length?: number,
) => number;
Object.assign(fs, {
  writeSync(handle: number, bytes: Uint8Array, offset = 0) {
    step("writeSync", () => writeSync(handle, bytes, offset, half(bytes, offset)));
    return writeSync(handle, bytes, offset);
  },
});
const writes = (flags: unknown): boolean => (Number(flags) & fs.constants.O_WRONLY) !== 0;
for (const name of [
  "openSync",
  "fsyncSync",
  "closeSync",
  "renameSync",
  "linkSync",
  "unlinkSync",
] as const) {
  const call = real[name] as (...args: unknown[]) => unknown;
  Object.assign(fs, {
    [name](...args: unknown[]) {
      step(name === "openSync" && !writes(args[1]) ? "openSync to read" : name);
      return call(...args);
    },
  });
}
syncBuiltinESMExports();

try {
  withRunFiles(folder, (files) =>
    files.write(
      runFiles({ config: { ...config, stepsDone: config.stepsDone + 1 }, vocabulary, model }),
    ),
  );
  process.stdout.write(JSON.stringify({ calls }));
} catch (error) {
  const { name, message } = error as Error;
  process.stdout.write(JSON.stringify({ calls, name, message }));
}
