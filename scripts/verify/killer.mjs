/**
 * Loaded before a program: kills it (as kill -9 does) at call number MM_KILL_CALL to the file system that changes something, a write of which half
 * is done; writes the number of all such calls into the file MM_COUNT_CALLS.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const { MM_KILL_CALL: at, MM_COUNT_CALLS: count } = process.env;
const real = { ...fs };
let calls = 0;
const step = (before) => {
  if (++calls !== Number(at)) return;
  before?.();
  process.kill(process.pid, "SIGKILL");
};
fs.writeSync = (handle, bytes, offset = 0, ...rest) => {
  step(() => real.writeSync(handle, bytes, offset, (bytes.length - offset) >> 1));
  return real.writeSync(handle, bytes, offset, ...rest);
};
for (const name of ["openSync", "closeSync", "fsyncSync", "renameSync", "linkSync", "rmSync", "mkdirSync", "writeFileSync"]) {
  fs[name] = (...args) => {
    if (name !== "openSync" || args[1] === "w") step();
    return real[name](...args);
  };
}
syncBuiltinESMExports();
if (count) process.once("exit", () => real.writeFileSync(count, String(calls)));
