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
/** Runs that are kept: those after them are rare ones, or they would have come before. */
const MOST = 1 << 20;

const NEWLINE = 10;

/**
 * Adds all tokens of UTF-8 bytes, in their order, and tells `lines` of the ends of lines. Returns
 * how many runs were brought to the normal form.
 * @param bytes without NUL
 */
export function addTokens(
  bytes: Uint8Array,
  rules: RunRules,
  collector: TokenCollector,
  lines: TextLines,
): number {
  const runs = new RunTable(bytes, rules, collector);
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = bytes.length;
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
    if (to > from && !lines.isMark(low, high)) runs.add(from, to, low, high);
    if (bytes[to] === NEWLINE) lines.end();
    from = to + 1;
  }
  lines.close(bytes);
  return runs.normalized;
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
 * Numbers of a slot: low and high (both 0: free), the first byte, and the token or `-1 - place`.
 */
const SLOT = 4;

/**
 * Runs by their bytes. Low and high are a run's bytes where it has at most eight, else a hash and
 * minus its length.
 */
class RunTable {
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
    private readonly bytes: Uint8Array,
    private readonly rules: RunRules,
    private readonly collector: TokenCollector,
  ) {}

  /** Adds the tokens of bytes [from, to). */
  add(from: number, to: number, low: number, high: number): void {
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

  /** Whether two runs with the same numbers are the same. */
  private isSame(one: number, other: number, high: number): boolean {
    if (high >= 0 || high < -LONGEST) return true;
    for (let i = 0; i < -high; i++) if (this.bytes[one + i] !== this.bytes[other + i]) return false;
    return true;
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
    this.put(low, high, from, isOne ? list[0] : this.keep(list));
  }

  private put(low: number, high: number, from: number, token: number): void {
    const { slots } = this;
    const at = this.slotOf(from, low, high);
    [slots[at], slots[at + 1], slots[at + 2], slots[at + 3]] = [low, high, from, token];
    this.size++;
    if (2 * SLOT * this.size <= slots.length) return;
    this.slots = new Int32Array(2 * slots.length);
    this.size = 0;
    for (let i = 0; i < slots.length; i += SLOT)
      if (slots[i] !== 0 || slots[i + 1] !== 0)
        this.put(slots[i], slots[i + 1], slots[i + 2], slots[i + 3]);
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
