/** A file's text in pieces is its text, whatever it is written in, and as wrong as it is whole. */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textPieces } from "../../lib/data/files/text-pieces.js";
import { readUtf8 } from "../../lib/data/files/text-file.js";
import { DataError } from "../../lib/index.js";
import { errorOf, scratch } from "../train/support.js";

const folder = scratch()();
let files = 0;
function written(content: string | Buffer): string {
  const file = join(folder, `${files++}.txt`);
  writeFileSync(file, content);
  return file;
}

const NEWLINE = 10;
const SPACE = 32;
const pieces = (file: string, piece?: number, breaks = [SPACE, NEWLINE]): string[] =>
  Array.from(textPieces(file, { breaks, piece }), (bytes) => bytes.toString());

const unit = fc.constantFrom("a", "é", "東", "𝐀", "ab", " ", "\n", "\r\n", "\t", "\ufeff");
const text = fc.array(unit, { maxLength: 80 }).map((units) => units.join(""));

it("put together it is the text without its mark, cut behind breaks only", () => {
  const file = join(folder, "any.txt");
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 40 }), fc.boolean(), (content, piece, lines) => {
      writeFileSync(file, content);
      const breaks = lines ? [NEWLINE] : [SPACE, NEWLINE];
      const found = pieces(file, piece, breaks);
      expect(found.join("")).toBe(content.replace(/^\ufeff/, ""));
      for (const part of found.slice(0, -1)) expect(part).toMatch(lines ? /\n$/ : /[ \n]$/);
    }),
    { numRuns: 300 },
  );
});

it("of gzip and of UTF-16, with a mark and without", () => {
  const content = "the cat ran\nthe dog é sat\n".repeat(20);
  const utf16 = Buffer.from(content, "utf16le");
  const forms = [gzipSync(content), Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), utf16];
  for (const bytes of forms) {
    const found = pieces(written(bytes), 32);
    expect(found.join("")).toBe(content);
    expect(found.length).toBeGreaterThan(10);
  }
});

describe("what is wrong with it is said as of the whole file:", () => {
  const line = Buffer.from("the cat ran\n");
  const lines = (n: number) => Buffer.concat(Array.from({ length: n }, () => line));

  it("bytes that are no UTF-8, with their lines", async () => {
    const bad = Buffer.from([0x61, 0xff, 0x0a]);
    const file = written(Buffer.concat([lines(50), bad, lines(3), bad]));
    const { message } = await errorOf(DataError, () => readUtf8(file));
    expect(message).toContain(`${file}:51: not UTF-8 text`);
    expect((await errorOf(DataError, () => pieces(file, 64))).message).toBe(message);
  });

  it("a NUL byte, with its line", async () => {
    const file = written(Buffer.concat([lines(50), Buffer.from("a\0b\n"), lines(50)]));
    for (const piece of [16, 64, undefined])
      expect((await errorOf(DataError, () => pieces(file, piece))).message).toBe(
        `${file}:51: a NUL byte: expected a text, not a binary file`,
      );
  });

  it("no file, and a folder", async () => {
    const dir = join(folder, "dir");
    mkdirSync(dir);
    for (const file of [join(folder, "none.txt"), dir]) {
      const { message } = await errorOf(DataError, () => readUtf8(file));
      expect((await errorOf(DataError, () => pieces(file))).message).toBe(message);
    }
  });
});

it.skipIf(process.platform === "win32")("a pipe is read once", () => {
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const writer = spawn("sh", ["-c", `printf 'the cat\\nran' > ${pipe}`]);
  expect(pieces(pipe).join("")).toBe("the cat\nran");
  writer.kill();
});
