// `npm run verify:binary [-- folder ...]`: what the prebuilt binaries ask of a machine and show to
// the process they are loaded into. Without a folder: every prebuilds/linux-*.
"use strict";
const { execFileSync } = require("node:child_process");
const { existsSync, readdirSync } = require("node:fs");
const { join, relative } = require("node:path");
const { aboveFloor, FLOOR } = require("../floor.cjs");

const root = join(__dirname, "..", "..");
const ALLOWED =
  /^(lib(c|m|dl|pthread|stdc\+\+|gcc_s)\.so\.\d+|ld-linux-[\w-]+\.so\.\d|libc\.musl-\w+\.so\.1)$/;
const EXPORTS = ["napi_register_module_v1", "node_api_module_get_api_version_v1"];

const readelf = (file, ...options) =>
  execFileSync("readelf", ["--wide", ...options, file], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });

/** What is wrong with an addon; nothing when all is well. */
function problemsOf(file) {
  const dynamic = [
    ...readelf(file, "--dynamic").matchAll(/\((NEEDED|RUNPATH|RPATH)\).*\[(.*)\]/g),
  ].map(([, tag, value]) => ({ tag, value }));
  const values = (wanted) => dynamic.filter(({ tag }) => tag === wanted).map(({ value }) => value);
  const [, needs = ""] = readelf(file, "--version-info").split("Version needs section");
  const versions = [...needs.matchAll(/Name: (\S+)/g)].map(([, version]) => version);
  // "12: 0000000000000000  0 FUNC  GLOBAL DEFAULT  UND pthread_create@GLIBC_2.34 (34)"
  const line = /^ *\d+: +\S+ +\S+ +\S+ +(\S+) +\S+ +(\S+) ([^@\s]+)(?:@+(\S+))?/gm;
  const symbols = [...readelf(file, "--dyn-syms").matchAll(line)].map(
    ([, bind, index, name, version]) => ({ bind, index, name, version }),
  );
  const problems = [];
  for (const version of versions.filter(aboveFloor)) {
    const users = symbols
      .filter((symbol) => symbol.index === "UND" && symbol.version === version)
      .map(({ name }) => name);
    problems.push(`needs ${version} (${users.join(", ")}), above the floor ${FLOOR.join(", ")}`);
  }
  for (const name of values("NEEDED")) if (!ALLOWED.test(name)) problems.push(`needs ${name}`);
  if (file.endsWith(".node")) {
    const runpath = [...values("RUNPATH"), ...values("RPATH")].join(":");
    if (runpath !== "") problems.push(`RUNPATH is ${JSON.stringify(runpath)}, expected none`);
    const shown = symbols
      .filter(({ bind, index }) => bind !== "LOCAL" && index !== "UND")
      .map(({ name }) => name)
      .sort();
    if (shown.join() !== EXPORTS.join())
      problems.push(`exports ${shown.join(", ")}; expected ${EXPORTS.join(", ")}`);
  }
  return { problems, versions, needed: values("NEEDED") };
}

/** The newest of each library's versions. */
const newest = (versions) => {
  const compare = (a, b) => a.localeCompare(b, "en", { numeric: true });
  const libraries = ["GLIBC", "GLIBCXX", "CXXABI"].map((library) =>
    versions
      .filter((v) => v.startsWith(`${library}_`))
      .sort(compare)
      .at(-1),
  );
  return libraries.filter(Boolean).join(" ");
};

/** Checks every binary in these folders. @returns the number of problems, and a line per file */
exports.checkBinaries = (folders) => {
  const lines = [];
  let count = 0;
  for (const folder of folders) {
    const files = readdirSync(folder)
      .filter((name) => /\.node$|\.so(\.\d+)*$/.test(name))
      .map((name) => join(folder, name));
    if (!files.some((file) => file.endsWith(".node"))) {
      count++;
      lines.push(`${folder}: no .node file`);
    }
    for (const file of files) {
      const { problems, versions, needed } = problemsOf(file);
      count += problems.length;
      lines.push(
        `${relative(root, file)}: ${problems.join("; ") || "ok"} (${newest(versions)}; ` +
          `${needed.join(" ")})`,
      );
    }
  }
  return { count, lines };
};

exports.prebuiltFolders = () => {
  const prebuilds = join(root, "prebuilds");
  return existsSync(prebuilds)
    ? readdirSync(prebuilds)
        .filter((name) => name.startsWith("linux-"))
        .map((name) => join(prebuilds, name))
    : [];
};

if (require.main === module) {
  const given = process.argv.slice(2);
  const folders = given.length > 0 ? given : exports.prebuiltFolders();
  const { count, lines } = exports.checkBinaries(folders);
  console.log(lines.join("\n") || "no prebuilt binary: run `npm run prebuildify` first");
  process.exitCode = count > 0 || lines.length === 0 ? 1 : 0;
}
