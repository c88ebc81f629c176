/** From sorted n-grams to the arrays of a tree: the longest contexts first, then each shorter depth from the one below it. */
import { type Columns, sortedRows } from "./sort.js";

/** The arrays of `NgramTree`, which says what each holds. */
export interface Levels {
  readonly levels: readonly number[];
  readonly oldest: Int32Array;
  readonly children: Int32Array;
  readonly starts: Int32Array;
  readonly words: Int32Array;
  readonly count: Int32Array;
  readonly continuations: Int32Array;
  readonly first: Int32Array;
}

/** The contexts of one depth; positions of entries and of children are those of their own depth. */
interface Depth {
  /** of each node: the word that it has more than its parent */
  readonly oldest: Int32Array;
  /** of each node, and the end: its first entry */
  starts: Int32Array;
  /** of each node, and the end: its first child in the next depth */
  readonly children: Int32Array;
  words: Int32Array;
  count: Int32Array;
  continuations: Int32Array;
}

/** The tree of n-grams, each seen `times` (once where left out). */
export function levelsOf(columns: Columns, times?: Int32Array): Levels {
  const bound = columns.reduce((most, column) => Math.max(most, above(column)), 0);
  const rows = sortedRows(columns, bound);
  const changed = changes(columns, rows);
  const depths = emptyDepths(columns.length, changed);
  const first = fill(depths, columns, rows, changed, times);
  const merger = new Merger(bound);
  for (let d = depths.length - 2; d >= 0; d--) merger.merge(depths[d], depths[d + 1]);
  return { ...joined(depths), first };
}

function above(words: Int32Array): number {
  let most = -1;
  for (let i = 0; i < words.length; i++) if (words[i] > most) most = words[i];
  return most + 1;
}

/** Of each sorted row, the least depth at which its context is not that of the row before it; order where only its word is another, order + 1 where nothing is. */
function changes(columns: Columns, rows: Int32Array): Uint8Array {
  const order = columns.length;
  const [targets] = columns;
  const out = new Uint8Array(rows.length);
  for (let i = 1; i < rows.length; i++) {
    const [row, before] = [rows[i], rows[i - 1]];
    let d = 1;
    while (d < order && columns[d][row] === columns[d][before]) d++;
    out[i] = d < order ? d : targets[row] === targets[before] ? order + 1 : order;
  }
  return out;
}

/** Room for the nodes of each depth and for the longest n-grams. */
function emptyDepths(order: number, changed: Uint8Array): Depth[] {
  const nodes = new Int32Array(order);
  let entries = 0;
  for (let i = 0; i < changed.length; i++) {
    for (let d = changed[i]; d < order; d++) nodes[d]++;
    if (changed[i] <= order) entries++;
  }
  nodes[0] = 1; // The empty context is there without n-grams too.
  return Array.from(nodes, (n, d): Depth => {
    const last = d === order - 1;
    const ofEntries = () => new Int32Array(last ? entries : 0);
    return {
      oldest: new Int32Array(n), starts: new Int32Array(n + 1), children: new Int32Array(last ? 0 : n + 1),
      words: ofEntries(), count: ofEntries(), continuations: new Int32Array(0),
    };
  });
}

/** Fills in the nodes and the longest n-grams; returns the row where each of these was seen first. */
function fill(depths: readonly Depth[], columns: Columns, rows: Int32Array, changed: Uint8Array, times?: Int32Array): Int32Array {
  const order = columns.length;
  const { words, count, starts } = depths[order - 1];
  const first = new Int32Array(words.length);
  const nodes = new Int32Array(order);
  let entry = -1;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (changed[i] <= order) {
      entry++;
      words[entry] = columns[0][row];
      first[entry] = row;
    }
    for (let d = changed[i]; d < order; d++) {
      const node = nodes[d]++;
      depths[d].oldest[node] = d > 0 ? columns[d][row] : -1;
      if (d < order - 1) depths[d].children[node] = nodes[d + 1];
      else starts[node] = entry;
    }
    count[entry] += times === undefined ? 1 : times[row];
  }
  for (let d = 0; d < order - 1; d++) depths[d].children[depths[d].oldest.length] = depths[d + 1].oldest.length;
  starts[starts.length - 1] = words.length;
  return first;
}

/** Adds up the entries of all children of each node. */
class Merger {
  private readonly count: Int32Array;
  private readonly continuations: Int32Array;
  /** the words of the node at hand */
  private readonly seen: Int32Array;

  /** @param bound above all words */
  constructor(bound: number) {
    this.count = new Int32Array(bound);
    this.continuations = new Int32Array(bound);
    this.seen = new Int32Array(bound);
  }

  merge(depth: Depth, below: Depth): void {
    const most = below.words.length;
    const [words, count, continuations] = [new Int32Array(most), new Int32Array(most), new Int32Array(most)];
    let entry = 0;
    for (let node = 0; node < depth.oldest.length; node++) {
      depth.starts[node] = entry;
      const kinds = this.add(below, below.starts[depth.children[node]], below.starts[depth.children[node + 1]]);
      for (const word of this.seen.subarray(0, kinds).sort()) {
        words[entry] = word;
        count[entry] = this.count[word];
        continuations[entry++] = this.continuations[word];
        this.count[word] = this.continuations[word] = 0;
      }
    }
    depth.starts[depth.oldest.length] = entry;
    [depth.words, depth.count, depth.continuations] = [words, count, continuations].map((x) => x.slice(0, entry));
  }

  /** Entries [from, to); returns how many different words they have. */
  private add({ words, count }: Depth, from: number, to: number): number {
    let kinds = 0;
    for (let e = from; e < to; e++) {
      const word = words[e];
      if (this.continuations[word]++ === 0) this.seen[kinds++] = word;
      this.count[word] += count[e];
    }
    return kinds;
  }
}

/** One array of each kind, with numbers that count through all depths. */
function joined(depths: readonly Depth[]): Omit<Levels, "first"> {
  const levels = [0];
  for (const { oldest } of depths) levels.push(levels[levels.length - 1] + oldest.length);
  const inner = depths.slice(0, -1);
  const entriesBefore = depths.map((_, d) => depths.slice(0, d).reduce((sum, { words }) => sum + words.length, 0));
  return {
    levels,
    oldest: concat(depths.map(({ oldest }) => oldest)),
    children: ranges(inner.map(({ children }) => children), levels.slice(1)),
    starts: ranges(depths.map(({ starts }) => starts), entriesBefore),
    words: concat(depths.map(({ words }) => words)),
    count: concat(depths.map(({ count }) => count)),
    continuations: concat(inner.map(({ continuations }) => continuations)),
  };
}

/** The end of the last range of a depth is the start of the first one of the next: it stands once. */
function ranges(starts: readonly Int32Array[], before: readonly number[]): Int32Array {
  const last = starts.length - 1;
  return concat(starts.map((s, d) => (d < last ? s.subarray(0, -1) : s).map((at) => at + before[d])));
}

function concat(parts: readonly Int32Array[]): Int32Array {
  const out = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
