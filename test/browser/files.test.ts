/** Files in memory against Linux's own: random calls, one after the other, with the same outcome. */
import * as nodeFs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { browserModules } from "./programs.js";

const folder = nodeFs.mkdtempSync(join(tmpdir(), "mm-files-"));
afterAll(() => nodeFs.rmSync(folder, { recursive: true, force: true }));
const browser = await browserModules();

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_DIRECTORY } =
  nodeFs.constants;
const flags = fc.constantFrom(
  "r",
  "r+",
  "w",
  "wx",
  "a",
  O_RDONLY | O_DIRECTORY,
  O_WRONLY | O_CREAT | O_EXCL,
  O_WRONLY | O_APPEND,
  O_RDWR | O_CREAT,
  O_WRONLY | O_TRUNC,
);
const name = fc.constantFrom("a", "b", "c", ".", "..", "");
const path = fc
  .tuple(fc.array(name, { minLength: 1, maxLength: 3 }), fc.constantFrom("", "", "", "/"))
  .map(([names, end]) => names.join("/") + end);
/** Most calls are about few names, so that they meet. */
const near = fc.oneof(fc.constantFrom("a", "b", "a/a", "a/b", "a/b/c"), path);
/** Of a call with two paths one is good: which of two errors it names is nobody's business. */
const far = fc.oneof(near, fc.constantFrom("é".repeat(127), "é".repeat(128), "a\0", "b/\0/a"));

/** So that no path leaves what both sides have. */
const DEEP = "/a/b/c/d";

type Fs = typeof nodeFs;
/** One of the two file systems: what is open, and the folder that paths are in. */
interface Side {
  readonly fs: Fs;
  readonly base: string;
  readonly handles: number[];
}
const kindOf = (stat: nodeFs.Stats) => [
  stat.isFile(),
  stat.isDirectory(),
  stat.isSymbolicLink(),
  stat.isCharacterDevice(),
  stat.isFile() ? stat.size : 0, // of folders Linux has its own idea
];
type Call = (side: Side) => unknown;

/** A call as the test shows it where it fails. */
const shown = (call: Call, ...args: unknown[]): Call =>
  Object.assign(call, { [fc.toStringMethod]: () => `${String(call)} ${JSON.stringify(args)}` });

const call: fc.Arbitrary<Call> = (() => {
  const handle = fc.nat(5);
  const of = ({ handles }: Side, i: number) => handles[i % Math.max(1, handles.length)] ?? 999;
  const onPath = (use: (fs: Fs, path: string) => unknown) =>
    far.map((p) => shown((side) => use(side.fs, `${side.base}/${p}`), String(use), p));
  const onTwo = (use: (fs: Fs, from: string, to: string) => unknown) =>
    fc
      .tuple(near, near)
      .map(([p, q]) =>
        shown((side) => use(side.fs, `${side.base}/${p}`, `${side.base}/${q}`), String(use), p, q),
      );
  return fc.oneof(
    fc.tuple(far, flags).map(([p, f]): Call => (side) => {
      side.handles.push(side.fs.openSync(`${side.base}/${p}`, f));
    }),
    fc.tuple(handle, fc.uint8Array({ maxLength: 9 }), fc.nat(9)).map(
      ([i, bytes, at]): Call =>
        (side) =>
          side.fs.writeSync(of(side, i), bytes, at % (bytes.length + 1)),
    ),
    fc.tuple(handle, fc.nat(9), fc.option(fc.nat(9))).map(([i, length, at]): Call => (side) => {
      const into = new Uint8Array(12);
      return [side.fs.readSync(of(side, i), into, 2, length, at), ...into];
    }),
    handle.map(
      (i): Call =>
        (side) =>
          side.fs.fsyncSync(of(side, i)),
    ),
    handle.map(
      (i): Call =>
        (side) =>
          kindOf(side.fs.fstatSync(of(side, i))),
    ),
    handle.map((i): Call => (side) => {
      const number = of(side, i);
      side.fs.closeSync(number);
      side.handles.splice(side.handles.indexOf(number), 1);
    }),
    onPath((fs, p) => fs.mkdirSync(p)),
    onPath((fs, p) => fs.rmdirSync(p)),
    onPath((fs, p) => fs.unlinkSync(p)),
    onPath((fs, p) => fs.readdirSync(p).sort()),
    onPath((fs, p) => [...fs.readFileSync(p)]),
    onPath((fs, p) => fs.readFileSync(p, "latin1")),
    onPath((fs, p) => kindOf(fs.statSync(p))),
    onPath((fs, p) => kindOf(fs.lstatSync(p))),
    onPath((fs, p) => fs.statSync(p, { throwIfNoEntry: false }) && "there"),
    onPath((fs, p) => fs.existsSync(p)),
    onPath((fs, p) => fs.accessSync(p)),
    onTwo((fs, p, q) => fs.renameSync(p, q)),
    onTwo((fs, p, q) => fs.linkSync(p, q)),
  );
})();

function outcome(make: Call, side: Side): unknown {
  try {
    return make(side);
  } catch (error) {
    return { code: (error as NodeJS.ErrnoException).code };
  }
}

describe.skipIf(process.platform !== "linux")("files in memory", () => {
  it("answer as Linux does", () => {
    const boxes = join(folder, DEEP);
    nodeFs.mkdirSync(boxes, { recursive: true });
    for (let end = 2; end <= DEEP.length; end += 2) browser.fs.mkdirSync(DEEP.slice(0, end));
    let box = 0;
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(call, { minLength: 5, maxLength: 40 }), (calls) => {
        const base = `/box-${box++}`;
        const disk: Side = { fs: nodeFs, base: boxes + base, handles: [] };
        const memory: Side = { fs: browser.fs, base: DEEP + base, handles: [] };
        for (const { fs, base: path } of [disk, memory]) fs.mkdirSync(path);
        try {
          for (const make of calls) {
            const expected = outcome(make, disk);
            expect(outcome(make, memory)).toEqual(expected);
            if (typeof expected === "object" && expected !== null && "code" in expected)
              seen.add(String(expected.code));
          }
        } finally {
          for (const { fs, handles } of [disk, memory]) for (const h of handles) fs.closeSync(h);
        }
      }),
      { numRuns: 800 },
    );
    // The calls meet every error that there is.
    const codes =
      "EBADF EBUSY EEXIST EINVAL EISDIR ENAMETOOLONG ENOENT ENOTDIR ENOTEMPTY EPERM " +
      "ERR_INVALID_ARG_VALUE";
    expect([...seen].sort().join(" ")).toBe(codes);
  });

  it("have the shipped names where the library looks for them", () => {
    const shipped = join(import.meta.dirname, "..", "..", "data", "names.txt");
    expect(browser.fs.readFileSync("/mm-train/data/names.txt", "utf8")).toBe(
      nodeFs.readFileSync(shipped, "utf8"),
    );
  });
});
