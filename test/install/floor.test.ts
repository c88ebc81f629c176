import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const require = createRequire(import.meta.url);
const { aboveFloor } = require("../../scripts/floor.cjs") as { aboveFloor(version: string): boolean };
const { lowerLibgomp } = require("../../scripts/lower-libgomp.cjs") as { lowerLibgomp(file: string): string[] };

test.each([
  ["GLIBC_2.28", false], ["GLIBC_2.2.5", false], ["GLIBC_2.28.1", true], ["GLIBC_2.29", true], ["GLIBC_2.34", true], ["GLIBC_3.0", true],
  ["GLIBCXX_3.4", false], ["GLIBCXX_3.4.25", false], ["GLIBCXX_3.4.26", true], ["CXXABI_1.3.11", false], ["CXXABI_1.3.13", true],
  ["GCC_3.0", false], ["GOMP_4.0", false], ["OMP_1.0", false],
])("%s is above the floor: %s", (version, above) => expect(aboveFloor(version)).toBe(above));

const libgomp = ["build/Release", "prebuilds/linux-x64"].map((folder) => join(root, folder, "libgomp.so.1")).find((file) => existsSync(file));

test.skipIf(libgomp === undefined)("a lowered libgomp needs nothing above the floor, is lowered once, and loads", () => {
  const file = join(mkdtempSync(join(tmpdir(), "mm-libgomp-")), "libgomp.so.1");
  copyFileSync(libgomp!, file);
  const lowered = lowerLibgomp(file);
  for (const name of lowered) expect(name).toMatch(/^(pthread|dl)/);
  const once = readFileSync(file);
  expect(lowerLibgomp(file)).toEqual([]);
  expect(readFileSync(file).equals(once)).toBe(true);
  const needs = execFileSync("readelf", ["--wide", "--version-info", file], { encoding: "utf8" }).split("Version needs section")[1];
  const versions = [...needs.matchAll(/Name: (\S+)/g)].map((match) => match[1]);
  expect(versions).not.toEqual([]);
  expect(versions.filter(aboveFloor)).toEqual([]);
  // RTLD_NOW: every symbol is looked up.
  const load = `process.dlopen({ exports: {} }, process.argv[1], require("os").constants.dlopen.RTLD_NOW)`;
  expect(() => execFileSync(process.execPath, ["-e", load, file], { stdio: "pipe" })).toThrow(/Module did not self-register/);
});

test("what is no 64-bit ELF file is refused", () => {
  expect(() => lowerLibgomp(join(root, "package.json"))).toThrow(/expected a 64-bit little-endian ELF file/);
});
