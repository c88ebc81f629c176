/**
 * Loaded before a program: kills it (as kill -9 does) at call number MM_KILL_CALL to the file
 * system that changes something, a write of which half is done; writes the names of all such calls
 * into the file MM_LIST_CALLS.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const { MM_KILL_CALL: at, MM_LIST_CALLS: list } = process.env;
const real = { ...fs };
const calls = [];
const step = (name, before) => {
  if (calls.push(name) !== Number(at)) return;
  before?.();
  process.kill(process.pid, "SIGKILL");
};
fs.writeSync = (handle, bytes, offset = 0, ...rest) => {
  step("writeSync", () => real.writeSync(handle, bytes, offset, (bytes.length - offset) >> 1));
  return real.writeSync(handle, bytes, offset, ...rest);
};
const writes = (flags) => (flags & fs.constants.O_WRONLY) !== 0;
for (const name of [
  "openSync",
  "closeSync",
  "fsyncSync",
  "renameSync",
  "linkSync",
  "unlinkSync",
  "rmdirSync",
  "mkdirSync",
]) {
  fs[name] = (...args) => {
    if (name !== "openSync" || writes(args[1])) step(name);
    return real[name](...args);
  };
}
syncBuiltinESMExports();
if (list) process.once("exit", () => real.writeFileSync(list, JSON.stringify(calls)));
