/** CRC-32 of what a .zip holds: fflate, which unpacks it, does not look at them. */

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  return rest;
});

export function crc32(bytes: Uint8Array): number {
  let rest = ~0;
  for (const byte of bytes) rest = TABLE[(rest ^ byte) & 255] ^ (rest >>> 8);
  return ~rest >>> 0;
}

/** Of the records of a .zip's directory, which stands at its end. */
const [ENTRY, END] = [0x02014b50, 0x06054b50];
const END_SIZE = 22;
const LONGEST_COMMENT = 0xffff;
/** Stands for a number that is elsewhere, in the directory of a .zip of more than 4 GiB. */
const ELSEWHERE = 0xffffffff;

/**
 * The CRC-32 that a .zip has for each file, in the order of its directory.
 * @throws Error where it has no directory that can be read
 */
export function crcsIn(zip: Uint8Array): number[] {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const end = endOf(view);
  const count = view.getUint16(end + 8, true);
  let at = view.getUint32(end + 16, true);
  if (at === ELSEWHERE) throw new Error("it is a .zip for more than 4 GiB");
  return Array.from({ length: count }, () => {
    if (at + 46 > zip.length || view.getUint32(at, true) !== ENTRY)
      throw new Error("its directory is damaged");
    const crc = view.getUint32(at + 16, true);
    const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    at += 46 + name + extra + comment;
    return crc;
  });
}

function endOf(view: DataView): number {
  const last = view.byteLength - END_SIZE;
  for (let at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--)
    if (view.getUint32(at, true) === END) return at;
  throw new Error("its directory is missing");
}
