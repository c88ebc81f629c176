// Compiles the kernels to WebAssembly: native/wasm/relaxed.wasm for hosts with a fused multiply-add,
// native/wasm/exact.wasm for all others. Both are committed, since the compiler (LLVM as
// WebAssembly, from npm) is 100 MB and takes a minute. `npm run verify:wasm` compiles them anew and
// compares; with `-- --write` it writes them, and the hash of what went in, which a test looks at.
"use strict";
const { Buffer } = require("node:buffer");
const { createHash } = require("node:crypto");
const { readdirSync, readFileSync } = require("node:fs");
const { dirname, join, posix } = require("node:path");

const root = dirname(__dirname);

/** What compiles the same bytes on every machine. */
const COMPILER = "@yowasp/clang@22.0.0-git20542-10";

const FLAGS = [
  "--target=wasm32-wasip1",
  "-std=c++17",
  "-O3",
  "-fvisibility=hidden",
  "-fno-exceptions",
  "-fno-rtti",
  "-fno-math-errno",
  "-ffp-contract=off",
  "-fno-slp-vectorize",
  "-fno-vectorize",
  "-msimd128",
  "-mbulk-memory",
  "-mnontrapping-fptoint",
  "-I.",
  "-Inative/plain",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-Wno-unused-private-field", // of Team, where there is one thread
];

/** Not the driver, which runs whatever wasm-opt it finds. */
const LINK = [
  "wasm-ld",
  "--no-entry",
  "--strip-all",
  "--gc-sections",
  "-z",
  "stack-size=262144",
  "--initial-memory=1048576",
  "--max-memory=4294967296",
  "-L/usr/lib/wasm32-wasip1",
  "-lc",
  "/usr/lib/wasm32-unknown-wasip1/libclang_rt.builtins.a",
];

/** What differs between the two. */
const MODULES = { relaxed: ["-mrelaxed-simd"], exact: [] };

const { mm_sources } = JSON.parse(
  readFileSync(join(root, "native", "sources.gypi"), "utf8"),
).variables;
/** What only the addon is made of. */
const ADDON_ONLY = [
  "native/annotate.h",
  "native/float_environment.h",
  "native/napi/addon.cc",
  "native/napi/plan.cc",
  "native/napi/plan.h",
  "native/old_glibc.h",
  "native/pages.cc",
  "native/pages.h",
  "native/parallel.cc",
  "native/sources.gypi",
  ...readdirSync(join(root, "native", "simd"))
    .filter((name) => !["inline.h", "lanes_vector.h"].includes(name))
    .map((name) => `native/simd/${name}`),
];
const SOURCES = [
  ...mm_sources.filter((file) => !ADDON_ONLY.includes(file)),
  "native/wasm/border.cc",
  "native/wasm/kernels.cc",
  "native/wasm/one_thread.cc",
];

/**
 * A folder of the sources, as the compiler takes them: its file system knows no "..", so included
 * files are named from the root.
 */
const tree = (folder) =>
  Object.fromEntries(
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter(({ name }) => name !== "test" && /\.(cc|h|inl|def)$|^[^.]+$/.test(name))
      .filter(({ name }) => !ADDON_ONLY.includes(`${folder}/${name}`))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((entry) => {
        const path = `${folder}/${entry.name}`;
        if (entry.isDirectory()) return [entry.name, tree(path)];
        const text = readFileSync(join(root, path), "utf8");
        return [
          entry.name,
          text.replace(
            /#include "(\.\.[^"]+)"/g,
            (_, to) => `#include "${posix.join(folder, to)}"`,
          ),
        ];
      }),
  );

/** What the modules are made of, as one number. */
function sourceHash() {
  const hash = createHash("sha256").update(
    JSON.stringify([COMPILER, FLAGS, LINK, MODULES, SOURCES]),
  );
  const add = (files, at) => {
    for (const [name, content] of Object.entries(files)) {
      if (typeof content === "string") hash.update(`${at}${name}\n${content.length}\n${content}`);
      else add(content, `${at}${name}/`);
    }
  };
  add(tree("native"), "");
  return hash.digest("hex");
}

/** @param llvm what COMPILER exports. @returns the bytes of each module */
async function compileModules({ runLLVM }, log = () => {}) {
  const stderr = (bytes) => bytes && process.stderr.write(bytes);
  const modules = {};
  for (const [name, flags] of Object.entries(MODULES)) {
    let files = { native: tree("native") };
    const objects = [];
    for (const source of SOURCES) {
      const object = `${source.replaceAll("/", "-")}.o`;
      const words = ["clang++", ...FLAGS, ...flags, "-c", source, "-o", object];
      files = await runLLVM(words, files, { stderr });
      objects.push(object);
      log(`${name}: ${source}`);
    }
    const [linker, ...options] = LINK;
    files = await runLLVM([linker, ...objects, ...options, "-o", "out.wasm"], files, { stderr });
    modules[name] = Buffer.from(files["out.wasm"]);
  }
  return modules;
}

/** The modules as they are committed, and the hash of what they were made of. */
const committed = (name) => join(root, "native", "wasm", `${name}.wasm`);
const HASH = join(root, "native", "wasm", "sources.sha256");

module.exports = { committed, COMPILER, compileModules, HASH, sourceHash };
