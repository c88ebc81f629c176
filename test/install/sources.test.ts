import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const read = (file: string) => readFileSync(join(root, file), "utf8");

test("every C++ file of the addon is in the one source list", () => {
  const { mm_sources } = JSON.parse(read("native/sources.gypi")).variables as {
    mm_sources: string[];
  };
  const files = readdirSync(join(root, "native"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".cc"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !["test", "wasm"].some((name) => file.startsWith(join("native", name))));
  expect([...mm_sources].sort()).toEqual(files.sort());
});

test("both builds read that list, its definitions and its flags", () => {
  for (const name of ["mm_sources", "mm_defines", "mm_cflags"]) {
    expect(read("binding.gyp")).toContain(`<@(${name})`);
    expect(read("CMakeLists.txt")).toContain(`read_list(${name} `);
  }
});

test("no flag changes the arithmetic or asks for one CPU", () => {
  const everything = read("native/sources.gypi") + read("binding.gyp") + read("CMakeLists.txt");
  expect(everything).not.toMatch(/-march=|-mtune=|-ffast-math|-Ofast|-static-libgcc|-funsafe-math/);
  expect(everything).toContain("-ffp-contract=off");
});

test("the package holds what an install compiles, and no tests", () => {
  const out = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: root,
    encoding: "utf8",
    stdio: "pipe",
  });
  const packed = (JSON.parse(out) as { files: { path: string }[] }[])[0].files.map((f) => f.path);
  const { mm_sources } = JSON.parse(read("native/sources.gypi")).variables as {
    mm_sources: string[];
  };
  const scripts = [
    "scripts/build-native.cjs",
    "scripts/native-smoke.cjs",
    "scripts/node-headers.cjs",
    "scripts/compiler.cjs",
  ];
  const needed = [
    ...mm_sources,
    ...scripts,
    "native/sources.gypi",
    "binding.gyp",
    "CMakeLists.txt",
    "data/names.txt",
    "LICENSE",
  ];
  expect(needed.filter((file) => !packed.includes(file))).toEqual([]);
  expect(packed.filter((file) => /(^|\/)test\//.test(file))).toEqual([]);
});

// npx sets the mode only when it first links the package: a build over an existing link must do it
// itself.
test.skipIf(process.platform === "win32")("the build leaves the command executable", () => {
  const { bin } = JSON.parse(read("package.json")) as { bin: Record<string, string> };
  for (const file of Object.values(bin))
    expect(statSync(join(root, file)).mode & 0o111, file).toBe(0o111);
});
