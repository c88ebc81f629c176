// Copies the OpenMP runtime beside the addon, where its RUNPATH ($ORIGIN) finds it on machines without one; prebuildify packs it too.
// Under its own name, so that a second OpenMP addon in the process shares it. (GCC Runtime Library Exception: it may be shipped.)
"use strict";
const { spawnSync } = require("node:child_process");
const { copyFileSync, existsSync, realpathSync } = require("node:fs");

const [target] = process.argv.slice(2);
const compiler = process.env.CXX || "g++";
const found = spawnSync(compiler, ["-print-file-name=libgomp.so.1"], { encoding: "utf8", shell: true }).stdout?.trim();
if (found?.includes("/") && existsSync(found)) {
  copyFileSync(realpathSync(found), target);
} else {
  console.warn(`mm-train: ${compiler} names no libgomp.so.1 to ship beside the addon; the system's will be used`);
}
