/** node:fs, over files in memory. */
const none = (): never => {
  throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
};
export const constants = {};
export const existsSync = () => false;
export const accessSync = none,
  closeSync = none,
  fstatSync = none,
  fsyncSync = none,
  linkSync = none;
export const lstatSync = none,
  mkdirSync = none,
  openSync = none,
  readdirSync = none,
  readFileSync = none;
export const readSync = none,
  renameSync = none,
  rmdirSync = none,
  statSync = none,
  unlinkSync = none;
export const writeSync = none;
