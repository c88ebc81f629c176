// The OpenMP runtime beside the addon, where its RUNPATH ($ORIGIN) finds it on machines without one. Under its own name, so that a second
// OpenMP addon in the process shares it. (GCC Runtime Library Exception: it may be shipped.)
"use strict";
const { spawnSync } = require("node:child_process");
const { copyFileSync, existsSync, realpathSync } = require("node:fs");
const { join } = require("node:path");

/** Copies the compiler's into the folder. Nothing where the addon uses none: another system, or MM_OPENMP=0. @returns the file */
exports.copyLibgomp = (folder) => {
  if (process.platform !== "linux" || process.env.MM_OPENMP === "0") return undefined;
  const compiler = process.env.CXX || "g++";
  const found = spawnSync(compiler, ["-print-file-name=libgomp.so.1"], { encoding: "utf8", shell: true }).stdout?.trim();
  const file = join(folder, "libgomp.so.1");
  if (found?.includes("/") && existsSync(found)) {
    copyFileSync(realpathSync(found), file);
    return file;
  }
  console.warn(`mm-train: ${compiler} names no libgomp.so.1 to ship beside the addon; the system's will be used`);
  return undefined;
};
