/** The house: data flows down, imports only point down. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, it } from "vitest";

/** Rooms from the top floor to the ground. */
const ROOMS = [
  "cli",
  "bench",
  "lab",
  "report",
  "sweep",
  "run",
  "generate",
  "train",
  "models",
  "nn",
  "optim",
  "data",
  "compile",
  "autograd",
  "tensor",
  "random",
  "distributed",
  "backend",
];
const lib = resolve(import.meta.dirname, "../lib");

const files = readdirSync(lib, { recursive: true, encoding: "utf8" }).filter(
  (f) => f.endsWith(".ts") && f.includes("/"),
);
const room = (file: string): string => relative(lib, file).split("/")[0];
const imports = (file: string): string[] =>
  [...readFileSync(join(lib, file), "utf8").matchAll(/from "(\.[^"]+)"/g)].map((m) =>
    resolve(dirname(join(lib, file)), m[1]),
  );

it("has only rooms that the map names", () => {
  expect(files.map((f) => room(join(lib, f))).filter((r) => !ROOMS.includes(r))).toEqual([]);
});

it.each(files)("%s imports from its own room or from below", (file) => {
  const floor = ROOMS.indexOf(room(join(lib, file)));
  for (const target of imports(file)) {
    if (dirname(target) === lib)
      expect([
        "check.js",
        "count-text.js",
        "errors.js",
        "package-root.js",
        "printable.js",
        "setting-kinds.js",
        "shell.js",
        "typed-arrays.js",
        "warn.js",
      ]).toContain(relative(lib, target));
    else expect(ROOMS.indexOf(room(target))).toBeGreaterThanOrEqual(floor);
  }
});

/** What a file needs when it is loaded: imports of types alone are gone by then. */
function needed(file: string): string[] {
  const statements = readFileSync(join(lib, file), "utf8").matchAll(
    /^(?:import|export)\s(?!type\b)([^;]*?)\sfrom "(\.[^"]+)"/gm,
  );
  const names = (list: string) => /\{(.*)\}/s.exec(list)?.[1].split(",") ?? [list];
  return [...statements]
    .filter(([, list]) => names(list).some((n) => n.trim() !== "" && !/^\s*type\b/.test(n)))
    .map(([, , target]) =>
      relative(lib, resolve(lib, dirname(file), target)).replace(".js", ".ts"),
    );
}

it("has no circle of files that need each other", () => {
  const all = readdirSync(lib, { recursive: true, encoding: "utf8" }).filter((f) =>
    /\.ts$/.test(f),
  );
  const left = new Map(all.map((file) => [file, needed(file)]));
  expect([...left.values()].flat().length).toBeGreaterThan(all.length); // the expression finds them
  // Files that need no file that is left go, until only circles and what needs them are left.
  for (let before = -1; before !== left.size;) {
    before = left.size;
    for (const [file, needs] of left) if (!needs.some((f) => left.has(f))) left.delete(file);
  }
  expect([...left.keys()]).toEqual([]);
});

it("touches the addon in one file", () => {
  const touching = files.filter((f) => /node-gyp-build/.test(readFileSync(join(lib, f), "utf8")));
  expect(touching).toEqual(["backend/native/binding.ts"]);
});

it("keeps files small", () => {
  const long = files.filter((f) => readFileSync(join(lib, f), "utf8").split("\n").length > 300);
  expect(long).toEqual([]);
});

it("keeps folders small", () => {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  expect([...counts].filter(([, count]) => count > 12)).toEqual([]);
});

it("keeps lines short", () => {
  const long = files.filter((f) =>
    readFileSync(join(lib, f), "utf8")
      .split("\n")
      .some((line) => line.length > 100),
  );
  expect(long).toEqual([]);
});
