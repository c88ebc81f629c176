// Lets a libgomp that was built on a new glibc load on an old one. glibc 2.34 moved pthread_* and dl* from libraries of their own, where
// they have been since 1999, into libc.so.6, under a new version. Without a version these references bind to either. Node's own binary
// brings libpthread.so.0 and libdl.so.2 into the process where they still are files.
"use strict";
const { readFileSync, writeFileSync } = require("node:fs");
const { aboveFloor } = require("./floor.cjs");

const MOVED = /^(pthread_\w+|dl(open|sym|close|error))$/;
const DYNSYM = 11, VERNEED = 0x6ffffffe, VERSYM = 0x6fffffff;
const ANY_VERSION = 1;

/** @returns the names of the symbols that lost their version; throws for one that an old glibc does not have */
exports.lowerLibgomp = (file) => {
  const elf = readFileSync(file);
  if (elf.readUInt32BE(0) !== 0x7f454c46 || elf[4] !== 2 || elf[5] !== 1) throw new Error(`${file}: expected a 64-bit little-endian ELF file`);
  const u16 = (at) => elf.readUInt16LE(at);
  const u32 = (at) => elf.readUInt32LE(at);
  const u64 = (at) => Number(elf.readBigUInt64LE(at));

  const headers = Array.from({ length: u16(0x3c) }, (_, i) => u64(0x28) + i * u16(0x3a));
  const section = (header) => ({ offset: u64(header + 24), size: u64(header + 32), link: u32(header + 40) });
  const ofType = (type) => section(headers.find((header) => u32(header + 4) === type));
  const symbols = ofType(DYNSYM), versions = ofType(VERSYM), needs = ofType(VERNEED);
  const strings = section(headers[symbols.link]).offset;
  const text = (offset) => elf.toString("latin1", strings + offset, elf.indexOf(0, strings + offset));

  // The list of needed versions: a record per library, each with a list of versions.
  const dropped = new Set();
  for (let need = needs.offset, next = -1; next !== 0; need += next) {
    next = u32(need + 12);
    const entries = [need + u32(need + 8)];
    while (u32(entries.at(-1) + 12) !== 0) entries.push(entries.at(-1) + u32(entries.at(-1) + 12));
    const kept = entries.filter((entry) => !aboveFloor(text(u32(entry + 8))));
    for (const entry of entries) if (!kept.includes(entry)) dropped.add(u16(entry + 6));
    if (kept.length === 0) throw new Error(`${file}: every version it needs of ${text(u32(need + 4))} is too new`);
    elf.writeUInt16LE(kept.length, need + 2);
    elf.writeUInt32LE(kept[0] - need, need + 8);
    kept.forEach((entry, i) => elf.writeUInt32LE(i + 1 < kept.length ? kept[i + 1] - entry : 0, entry + 12));
  }

  const lowered = [];
  for (let i = 0; i < versions.size / 2; i++) {
    if (!dropped.has(u16(versions.offset + 2 * i))) continue;
    const name = text(u32(symbols.offset + 24 * i));
    if (!MOVED.test(name)) throw new Error(`${file}: ${name} is not in the oldest glibc that is supported; build on an older system`);
    elf.writeUInt16LE(ANY_VERSION, versions.offset + 2 * i);
    lowered.push(name);
  }
  if (lowered.length > 0) writeFileSync(file, elf);
  return lowered;
};
