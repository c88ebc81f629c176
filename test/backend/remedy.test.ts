import { afterEach, expect, it, vi } from "vitest";
import { rebuildCommand, remedy } from "../../lib/backend/binding.js";

afterEach(() => vi.unstubAllEnvs());

// Messages as they were seen: glibc 2.31, musl, node --no-addons.
it.each([
  ["No native build was found for platform=linux arch=x64 runtime=node abi=147 uv=1 libc=musl node=26.0.0", undefined, /^no binary for this machine/],
  ["libc.so.6: version `GLIBC_2.34' not found (required by a.node)", undefined, /^the binary was built for another C library/],
  ["libstdc++.so.6: version `GLIBCXX_3.4.30' not found (required by a.node)", undefined, /^the binary was built for another C library/],
  ["Error relocating a.node: __cpu_model: symbol not found", undefined, /another C library/],
  ["Error loading shared library ld-linux-x86-64.so.2: No such file or directory (needed by a.node)", undefined, /another C library/],
  ["Cannot load native addon because loading addons is disabled.", "ERR_DLOPEN_DISABLED", /--no-addons/],
  ["MM_ISA=mmx: not an instruction set supported here", "ERR_MM_ISA", /^unset MM_ISA/],
  ["a.node: invalid ELF header", "ERR_DLOPEN_FAILED", /compiles it anew/],
])("%s", (message, code, expected) => {
  vi.stubEnv("MM_NATIVE_PATH", undefined);
  expect(remedy(message, code)).toMatch(expected);
});

it("is about the file, where a setting names it", () => {
  vi.stubEnv("MM_NATIVE_PATH", "a.node");
  expect(remedy("a.node: invalid ELF header")).toMatch(/^unset MM_NATIVE_PATH/);
});

it.each([
  ["/app/node_modules/mm-train", "`npm rebuild mm-train`"],
  ["/app/node_modules/.pnpm/mm-train@0.1.0/node_modules/mm-train", "`pnpm approve-builds` (choose mm-train), then `pnpm rebuild mm-train`"],
  ["/home/me/mm-train", "`npm install`"],
])("in %s, %s compiles", (root, command) => expect(rebuildCommand(root)).toBe(command));
