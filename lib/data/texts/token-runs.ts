/**
 * The tokens of a text's bytes, fast: a text repeats itself, so each different run of bytes between
 * blanks is split into tokens once, and afterwards looked up in a hash table.
 */
import { longer } from "../lists/longer.js";
import { inForm, type NormalForm } from "../lists/normal-form.js";
import type { TextLines } from "./text-lines.js";
import type { TokenCollector } from "./tokens.js";

/** How runs become tokens. */
export interface RunRules {
  /** splits a piece of text that has no ASCII blank in it; no token of it may go on after one */
  readonly split: (text: string) => Iterable<string>;
  /** the normal form of what is split */
  readonly normalize: NormalForm;
}

/** Longer runs hardly come twice. */
const LONGEST = 64;
/**
 * Runs that are found before they are looked up, so that the processor looks up several at a time;
 * and the numbers of each: first byte, end, low, high.
 */
const [TOGETHER, NUMBERS] = [1 << 10, 4];
/** Runs that are kept: those after them are rare ones, or they would have come before. */
const MOST = 1 << 20;

const NEWLINE = 10;

/**
 * Adds all tokens of a piece of UTF-8 bytes, in their order, and tells `lines` of the ends of
 * lines.
 * @param bytes without NUL; no run goes on in the next piece
 */
export function addTokens(bytes: Uint8Array, runs: RunTable, lines: TextLines): void {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found = new Int32Array(NUMBERS * (TOGETHER + 2));
  const end = bytes.length;
  let at = 0;
  for (let from = 0; from < end;) {
    let to = from;
    // The first eight bytes as two numbers: of most runs that is all there is.
    let [low, high] = [0, 0];
    if (from + 8 <= end) {
      low = data.getInt32(from, true);
      const length = lengthBefore(low);
      to += length;
      if (length < 4) low &= (1 << (8 * length)) - 1;
      else {
        high = data.getInt32(to, true);
        const more = lengthBefore(high);
        to += more;
        if (more < 4) high &= (1 << (8 * more)) - 1;
      }
    }
    // The end of the text, or a control character: byte by byte.
    for (; to < end && to < from + 8 && !isBlank(bytes[to]); to++) {
      const shift = 8 * (to - from);
      if (shift < 32) low |= bytes[to] << shift;
      else high |= bytes[to] << (shift - 32);
    }
    if (to - from === 8) {
      let hash = mix(low, high);
      for (; to < end && !isBlank(bytes[to]); to++) hash = Math.imul(hash ^ bytes[to], 0x01000193);
      // No byte of UTF-8 is 0xff: a length below 0 is not taken for four bytes.
      if (to - from > 8) [low, high] = [hash, Math.max(from - to, -LONGEST - 1)];
    }
    if (to > from) {
      found[at] = from;
      found[at + 1] = to;
      found[at + 2] = low;
      found[at + 3] = high;
      at += NUMBERS;
    }
    if (bytes[to] === NEWLINE) {
      found[at] = found[at + 1] = to; // no run: the end of a line
      at += NUMBERS;
    }
    if (at >= NUMBERS * TOGETHER) {
      runs.add(bytes, found.subarray(0, at), lines);
      at = 0;
    }
    from = to + 1;
  }
  runs.add(bytes, found.subarray(0, at), lines);
}

/** How many of four bytes, the lowest first, come before one that may be a blank. */
function lengthBefore(four: number): number {
  // The sign bit of each byte below 0x21; above the first of them it may be wrong.
  const low = (four - 0x21212121) & ~four & 0x80808080;
  return low === 0 ? 4 : (31 - Math.clz32(low & -low)) >> 3;
}

/** Space, tab, line breaks: what `\s` has in ASCII. */
const isBlank = (byte: number): boolean => byte <= 32 && (byte === 32 || (byte >= 9 && byte <= 13));

function mix(low: number, high: number): number {
  const h = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
  return h ^ (h >>> 15);
}

/**
 * Numbers of a slot: low and high (both 0: free), where the bytes of a hashed run are kept, and the
 * token or `-1 - place`.
 */
const SLOT = 4;

/**
 * Runs by their bytes. Low and high are a run's bytes where it has at most eight, else a hash and
 * minus its length.
 */
export class RunTable {
  /** the piece that is read */
  private bytes: Uint8Array = new Uint8Array(0);
  /** the bytes of the runs that have a hash, one after the other */
  private kept = new Uint8Array(1 << 16);
  private keptBytes = 0;
  private size = 0;
  private slots = new Int32Array(SLOT << 16);
  /**
   * of runs that are not one token: how many, then of each its type and its place in the run, none
   * (-1) where the run has another normal form
   */
  private lists = new Int32Array(1 << 10);
  private used = 0;
  /** runs that were brought to the normal form */
  normalized = 0;

  constructor(
    private readonly rules: RunRules,
    private readonly collector: TokenCollector,
  ) {}

  /**
   * Adds the tokens of runs, and the ends of lines, in their order.
   * @param found `NUMBERS` of each
   */
  add(bytes: Uint8Array, found: Int32Array, lines: TextLines): void {
    this.bytes = bytes;
    for (let i = 0; i < found.length; i += NUMBERS) {
      const [from, to, low, high] = [found[i], found[i + 1], found[i + 2], found[i + 3]];
      if (from === to) lines.end();
      else if (!lines.isMark(low, high)) this.addRun(from, to, low, high);
    }
  }

  /** Adds the tokens of bytes [from, to). */
  private addRun(from: number, to: number, low: number, high: number): void {
    const at = this.slotOf(from, low, high);
    const { slots, lists, collector, bytes } = this;
    if (slots[at] === 0 && slots[at + 1] === 0) {
      this.addNew(from, to, low, high);
      return;
    }
    const token = slots[at + 3];
    if (token >= 0) {
      if (to - from <= 8) collector.repeatShort(token, low, high, to - from);
      else collector.repeat(token, bytes, from, to);
      return;
    }
    const place = -1 - token;
    if (lists[place + 2] < 0) {
      this.normalized++;
      for (let i = 0, t = place + 1; i < lists[place]; i++, t += 3) collector.again(lists[t]);
      return;
    }
    for (let i = 0, t = place + 1; i < lists[place]; i++, t += 3)
      collector.repeat(lists[t], bytes, from + lists[t + 1], from + lists[t + 2]);
  }

  /** Where a run is, or would be. */
  private slotOf(from: number, low: number, high: number): number {
    const { slots } = this;
    const last = slots.length - 1;
    let at = (SLOT * mix(low, high)) & last;
    while (slots[at] !== low || slots[at + 1] !== high || !this.isSame(slots[at + 2], from, high)) {
      if (slots[at] === 0 && slots[at + 1] === 0) return at;
      at = (at + SLOT) & last;
    }
    return at;
  }

  /** Whether a run that is kept and one of the piece with the same numbers are the same. */
  private isSame(place: number, from: number, high: number): boolean {
    if (high >= 0 || high < -LONGEST) return true;
    const { kept, bytes } = this;
    for (let i = 0; i < -high; i++) if (kept[place + i] !== bytes[from + i]) return false;
    return true;
  }

  /** Keeps the bytes [from, to) of a run that has a hash; returns where. */
  private keepBytes(from: number, to: number): number {
    const place = this.keptBytes;
    this.keptBytes += to - from;
    if (this.keptBytes > this.kept.length) {
      const kept = new Uint8Array(2 * this.keptBytes);
      kept.set(this.kept);
      this.kept = kept;
    }
    this.kept.set(this.bytes.subarray(from, to), place);
    return place;
  }

  private addNew(from: number, to: number, low: number, high: number): void {
    const { collector, rules } = this;
    const run = Buffer.from(this.bytes.buffer, this.bytes.byteOffset + from, to - from);
    const raw = run.toString();
    const text = inForm(raw, rules.normalize);
    const changed = text !== raw;
    if (changed) this.normalized++;
    const tokens = rules.split(text);
    if (run.length > LONGEST || this.size === MOST) {
      for (const token of tokens) collector.add(token);
      return;
    }
    const list: number[] = [];
    let end = 0;
    for (const token of tokens) {
      const start = changed ? -1 : run.indexOf(token, end);
      end = changed ? -1 : start + Buffer.byteLength(token);
      list.push(collector.add(token), start, end);
    }
    const isOne = list.length === 3 && end === run.length && list[1] === 0;
    const at = this.slotOf(from, low, high);
    const place = high < 0 && run.length > 8 ? this.keepBytes(from, to) : 0;
    this.slots.set([low, high, place, isOne ? list[0] : this.keep(list)], at);
    this.size++;
    if (2 * SLOT * this.size > this.slots.length) this.grow();
  }

  /** Twice as many slots; the runs are different, so that only a free one is looked for. */
  private grow(): void {
    const { slots } = this;
    const grown = new Int32Array(2 * slots.length);
    const last = grown.length - 1;
    for (let i = 0; i < slots.length; i += SLOT) {
      if (slots[i] === 0 && slots[i + 1] === 0) continue;
      let at = (SLOT * mix(slots[i], slots[i + 1])) & last;
      while (grown[at] !== 0 || grown[at + 1] !== 0) at = (at + SLOT) & last;
      grown.set(slots.subarray(i, i + SLOT), at);
    }
    this.slots = grown;
  }

  /** Where a list of tokens stands, as slots hold it. */
  private keep(list: readonly number[]): number {
    const place = this.used;
    this.used += 1 + list.length;
    if (this.used > this.lists.length) this.lists = longer(this.lists, 2 * this.used);
    this.lists[place] = list.length / 3;
    this.lists.set(list, place + 1);
    return -1 - place;
  }
}
