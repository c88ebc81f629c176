/** web/node against the modules of Node itself, called with the same random arguments. */
import * as nodeBuffer from "node:buffer";
import * as nodeCrypto from "node:crypto";
import * as nodeFs from "node:fs";
import nodePath from "node:path";
import * as nodeZlib from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { browserModules } from "./programs.js";

const browser = await browserModules();
type Modules = typeof browser;

/** What a call gives as plain values, or that it throws. */
function result(call: () => unknown): unknown {
  try {
    const value = call();
    return ArrayBuffer.isView(value) ? [...(value as Uint8Array)] : value;
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    // Which of zlib's codes a damaged file has is nobody's business.
    return { error: code?.replace(/^Z_\w+/, "damaged") ?? name };
  }
}

const bytes = (options: fc.IntArrayConstraints = { maxLength: 40 }) => fc.uint8Array(options);
/** Also halves of surrogate pairs, which UTF-8 has no bytes for. */
const text = fc.string({ unit: "binary", maxLength: 20 });
const halves = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
  .map((units) => String.fromCharCode(...units));
const anyText = fc.oneof(text, halves);
const same = <T extends unknown[]>(
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  call: (modules: Modules, ...given: T) => unknown,
  numRuns = 500,
) => {
  const node = {
    buffer: nodeBuffer,
    crypto: nodeCrypto,
    path: nodePath,
    zlib: nodeZlib,
    fs: nodeFs,
  };
  fc.assert(
    fc.property(fc.tuple(...arbitraries), (given) => {
      expect(result(() => call(browser, ...(given as T)))).toEqual(
        result(() => call(node, ...(given as T))),
      );
    }),
    { numRuns },
  );
};

describe("Buffer, as far as lib uses it", () => {
  const offset = fc.integer({ min: 0, max: 8 });
  it("makes bytes of texts, arrays and memory", () => {
    same([anyText], ({ buffer: { Buffer } }, t) => Buffer.from(t));
    same([anyText], ({ buffer: { Buffer } }, t) => Buffer.byteLength(t));
    same([fc.array(fc.integer({ min: -300, max: 300 }))], ({ buffer: { Buffer } }, list) =>
      Buffer.from(list),
    );
    same([bytes({ minLength: 8 }), offset], ({ buffer: { Buffer } }, b, at) =>
      Buffer.from(b.buffer, b.byteOffset + at, b.length - at),
    );
    same([bytes()], ({ buffer: { Buffer } }, b) => Buffer.from(b));
    same([fc.integer({ min: 0, max: 20 })], ({ buffer: { Buffer } }, n) => Buffer.alloc(n, " "));
    same([fc.integer({ min: 0, max: 20 })], ({ buffer: { Buffer } }, n) => [
      Buffer.alloc(n).length,
      Buffer.allocUnsafe(n).length,
      Buffer.allocUnsafeSlow(n).length,
      Buffer.allocUnsafeSlow(n).byteOffset,
    ]);
    same([fc.array(bytes())], ({ buffer: { Buffer } }, list) =>
      Buffer.concat(list.map((part) => Buffer.from(part))),
    );
  });

  it("makes texts of bytes, of those that are no UTF-8 too", () => {
    const cut = fc.integer({ min: 0, max: 30 });
    const utf8 = fc.oneof(
      bytes(),
      anyText.map((t) => nodeBuffer.Buffer.from(t)),
      // bytes of long sequences and their rests, which chance hardly puts together
      fc
        .array(fc.constantFrom(0x41, 0x80, 0xbf, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xff))
        .map((list) => Uint8Array.from(list)),
    );
    same([utf8, cut, cut], ({ buffer: { Buffer } }, b, from, to) =>
      Buffer.from(b).toString("utf8", from, to),
    );
    same([utf8], ({ buffer: { Buffer } }, b) => Buffer.from(b).toString());
    same([utf8], ({ buffer }, b) => buffer.isUtf8(b), 2000);
    same([bytes()], ({ buffer: { Buffer } }, b) => Buffer.from(b).toString("latin1"));
    same([bytes()], ({ buffer: { Buffer } }, b) => Buffer.from(b).toString("hex"));
    const long = nodeBuffer.Buffer.from("é😀a".repeat(50_000));
    expect(browser.buffer.Buffer.from(long).toString()).toBe(long.toString());
    expect(browser.buffer.Buffer.from("\ufeffa").toString()).toBe("\ufeffa");
  });

  it("reads and writes numbers and texts where it is told", () => {
    const buffer = bytes({ minLength: 12, maxLength: 12 });
    same([buffer, offset], ({ buffer: { Buffer } }, b, at) => {
      const from = Buffer.from(b);
      return [
        from.readUInt16LE(at),
        from.readUInt16BE(at),
        from.readUInt32LE(at),
        from.readBigUInt64LE(4),
        from.readBigUInt64LE(),
        from.readDoubleLE(4),
        from.indexOf("\n", at),
        from.indexOf(b[9]),
        from.includes(b[3]),
      ];
    });
    same(
      [
        buffer,
        offset,
        fc.double({ noNaN: true }),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.nat(2 ** 31),
      ],
      ({ buffer: { Buffer } }, b, at, double, large, n) => {
        const to = Buffer.from(b);
        to.writeDoubleLE(double, 4);
        to.writeFloatLE(double, at);
        to.writeBigUInt64LE(large);
        to.writeUInt32BE(n, at);
        to.writeUInt32LE(n, at);
        return to;
      },
    );
    same([buffer, anyText, fc.nat(12)], ({ buffer: { Buffer } }, b, t, at) => {
      const to = Buffer.from(b);
      return [to.write(t, at), ...to];
    });
    same([buffer, buffer, fc.nat(12)], ({ buffer: { Buffer } }, a, b, at) => {
      const to = Buffer.from(b);
      return [
        Buffer.from(a).copy(to, at),
        Buffer.from(a).equals(Buffer.from(b)),
        to.subarray(at).length,
        ...to,
      ];
    });
    same([buffer], ({ buffer: { Buffer } }, b) => {
      const part = Buffer.from(b).subarray(2, 9);
      part[0] = 7;
      return [Buffer.isBuffer(part), part.toString("latin1"), part.at(-1)];
    });
  });
});

describe("crypto", () => {
  const parts = fc.array(fc.oneof(text, bytes(), fc.float64Array({ maxLength: 4 })));
  it.each(["sha256", "sha512"])("%s is Node's, of texts and of numbers", (name) => {
    same([parts], ({ crypto }, list) => {
      const hash = crypto.createHash(name);
      for (const part of list) hash.update(part);
      return hash.digest("hex");
    });
    same([bytes({ maxLength: 300 })], ({ crypto }, b) =>
      crypto.createHash(name).update(b).digest(),
    );
  });

  it("makes random bytes and UUIDs, no two alike", () => {
    const made = Array.from({ length: 100 }, () => browser.crypto.randomUUID());
    expect(new Set(made).size).toBe(made.length);
    for (const uuid of made)
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(browser.crypto.randomBytes(16).toString("hex")).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe("zlib.gunzipSync", () => {
  const packed = fc
    .tuple(bytes({ maxLength: 500 }), fc.nat(9))
    .map(([b, level]) => nodeZlib.gzipSync(b, { level }));
  it("unpacks what is packed, several files one after the other too", () => {
    same([fc.array(packed, { minLength: 1, maxLength: 3 })], ({ zlib }, list) =>
      zlib.gunzipSync(nodeBuffer.Buffer.concat(list)),
    );
    const large = nodeZlib.gzipSync(new Uint8Array(1e6).fill(65));
    expect(browser.zlib.gunzipSync(large).length).toBe(1e6);
  });

  it("refuses what is damaged, cut short or too large", () => {
    same([packed, fc.nat(1e6), fc.integer({ min: 1, max: 255 })], ({ zlib }, p, at, xor) => {
      const damaged = Uint8Array.from(p);
      damaged[10 + (at % (p.length - 10))] ^= xor; // behind the header, of which little is checked
      return zlib.gunzipSync(damaged);
    });
    same([packed, fc.nat(1e6)], ({ zlib }, p, at) => zlib.gunzipSync(p.subarray(0, at % p.length)));
    same([packed, fc.nat(600)], ({ zlib }, p, most) =>
      zlib.gunzipSync(p, { maxOutputLength: most + 1 }),
    );
  });
});

describe("path", () => {
  const part = fc.constantFrom("", ".", "..", "a", "b.txt", ".c", "d.e.f", "/");
  const path = fc.array(part, { maxLength: 5 }).map((parts) => parts.join("/"));
  it("is Node's on Linux", () => {
    same([path], ({ path: { basename, dirname, extname, isAbsolute } }, p) => [
      basename(p),
      basename(p, extname(p)),
      dirname(p),
      extname(p),
      isAbsolute(p),
    ]);
    same([path, path], ({ path: { join, relative, resolve } }, a, b) => [
      join(a, b),
      resolve("/x", a, b),
      relative(`/${a}`, `/${b}`),
    ]);
  });
});
