/** Run folders as .zip files, between a browser and Node, and those that somebody made to do harm. */
import { createHash } from "node:crypto";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { DataError, resume } from "../../lib/index.js";
import { filesIn, listFolder, putFile, remove } from "../../web/files/folder.js";
import { unzipInto, zipFolder } from "../../web/files/zip.js";
import { bundleProgram, printedBare, printedInNode } from "./programs.js";

const folder = mkdtempSync(join(tmpdir(), "mm-zip-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
const fresh = (): string => join(folder, String(made++), "run");
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

it("goes from a browser to Node, and ends there with the same bits", async () => {
  const file = join(folder, "zip.mjs");
  writeFileSync(file, await bundleProgram("zip", "esm"));
  type Printed = { names: string[]; model: string; zip: string };
  const [browser, node] = [printedBare(file), printedInNode("zip")] as [Printed, Printed];
  expect(browser.names).toContain("state.safetensors");
  expect(browser.names).toEqual(node.names);
  expect(browser.model).toBe(node.model);

  const run = fresh();
  expect(unzipInto(Buffer.from(browser.zip, "base64"), run, "a.zip")).toEqual(browser.names);
  const words = ["anna", "bob", "carla", "dora", "emil", "fritz", "gustav", "hanna", "ida", "jan"];
  await resume(run, { words, steps: 12 });
  const model = readFileSync(join(run, "model.safetensors"));
  expect(createHash("sha256").update(model).digest("hex")).toBe(node.model);
});

describe("a .zip of a folder", () => {
  const run = fresh();
  putFile(join(run, "config.json"), "{}\n");
  putFile(join(run, "charts", "löss.svg"), bytes("<svg/>"));
  putFile(join(run, "run.lock"), "{}");
  putFile(join(run, `model.safetensors.${"0".repeat(32)}.mm-run.tmp`), "half");

  it("holds its files under its name, but what a writer at work has there", () => {
    const back = fresh();
    expect(unzipInto(zipFolder(run), back, "run.zip")).toEqual(["charts/löss.svg", "config.json"]);
    expect([...filesIn(back)].map(([name, content]) => [name, content.toString()])).toEqual([
      ["charts/löss.svg", "<svg/>"],
      ["config.json", "{}\n"],
    ]);
    expect(listFolder(back).map(({ name, folder }) => [name, folder])).toEqual([
      ["charts", true],
      ["config.json", false],
    ]);
    remove(back);
    expect(existsSync(back)).toBe(false);
    remove(back);
  });

  const python = spawnSync("python3", ["--version"]).status === 0;
  it.skipIf(!python)("is one that Python reads, and one that Python made is read", () => {
    const file = join(folder, "made.zip");
    writeFileSync(file, zipFolder(run));
    const zipfile = (...args: string[]) =>
      execFileSync("python3", ["-m", "zipfile", ...args], {
        encoding: "utf8",
        cwd: join(run, ".."),
      });
    expect(zipfile("-t", file)).toContain("Done");
    zipfile("-c", file, "run/");
    expect(unzipInto(readFileSync(file), fresh(), "run.zip").sort()).toEqual([
      "charts/löss.svg",
      "config.json",
    ]);
  });

  it("loses the folders that all files are in, and what macOS adds", () => {
    const zip = zipSync({
      "runs/names/config.json": bytes("{}"),
      "runs/names/a/b.txt": bytes("b"),
      "__MACOSX/runs/names/._config.json": bytes("x"),
      "runs/names/.DS_Store": bytes("x"),
    });
    expect(unzipInto(zip, fresh(), "run.zip")).toEqual(["config.json", "a/b.txt"]);
  });
});

describe("a .zip that is refused", () => {
  const good = zipSync({ "a.txt": bytes("a".repeat(100)), "b.txt": bytes("b") });
  const size = (zip: Uint8Array, value: number): Uint8Array => {
    const lying = Uint8Array.from(zip);
    const view = new DataView(lying.buffer);
    for (let at = 0; at < lying.length - 4; at++)
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, value, true);
    return lying;
  };
  /** A bit of what it holds is another; its directory is as it was. */
  const damaged = (zip: Uint8Array, of: string): Uint8Array => {
    const text = Buffer.from(zip);
    text[text.indexOf(of)] ^= 1;
    return text;
  };
  const stored = zipSync({ "a.txt": bytes("anna"), "b.txt": bytes("bob") }, { level: 0 });
  const cases: [string, Uint8Array, RegExp][] = [
    [
      "a damaged file",
      damaged(stored, "bob"),
      /"b\.txt" in it is damaged \(CRC-32\): pack it again/,
    ],
    ["another checksum", damaged(good, String.fromCharCode(0x50, 0x4b, 1, 2)), /not a \.zip file/],
    ["no directory", Buffer.from(stored).fill(0, 60, 80), /not a \.zip file|CRC-32/],
    ["nothing", new Uint8Array(0), /not a \.zip file, or a damaged one \([^)]+\): pack it again/],
    ["a text", bytes("no zip".repeat(20)), /not a \.zip file/],
    ["its half", good.subarray(0, good.length / 2), /not a \.zip file/],
    ["no files", zipSync({}), /holds no files: expected a run folder/],
    [
      "a name above",
      zipSync({ "../a": bytes("a"), b: bytes("b") }),
      /holds "\.\.\/a": expected names/,
    ],
    ["a name below and above", zipSync({ "a/../../b": bytes("b") }), /holds "a\/\.\.\/\.\.\/b"/],
    ["an absolute name", zipSync({ "/etc/passwd": bytes("a") }), /holds "\/etc\/passwd"/],
    ["a name of Windows", zipSync({ "C:x": bytes("a") }), /holds "C:x"/],
    ["a backslash", zipSync({ "..\\x": bytes("a") }), /expected names of files/],
    ["a NUL", zipSync({ "a\0b": bytes("a") }), /expected names of files/],
    ["an absurd size", size(good, 0xfffffff0), /holds more than 1 GiB/],
    [
      "too many files",
      zipSync(Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`${i}`, bytes("")]))),
      /holds more than 1000 files/,
    ],
  ];
  it.each(cases)("%s", (_, zip, message) => {
    const dir = fresh();
    const unpack = () => unzipInto(zip, dir, "run.zip");
    expect(unpack).toThrow(DataError);
    expect(unpack).toThrow(message);
    expect(unpack).toThrow(/^run\.zip: [^\n]+$/);
    expect(existsSync(dir)).toBe(false);
  });

  it("for a folder that holds something, which stays as it is", () => {
    const dir = fresh();
    putFile(join(dir, "mine.txt"), "mine");
    expect(() => unzipInto(good, dir, "run.zip")).toThrow(/holds files already/);
    expect(readdirSync(dir)).toEqual(["mine.txt"]);
  });
});
