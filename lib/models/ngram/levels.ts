/**
 * From sorted n-grams to the arrays of a tree: the longest contexts first, then each shorter depth
 * from the one below it.
 */
import { cutAtStart } from "./sentence-starts.js";
import { type Columns, type Ngrams, sortedRows } from "./sort.js";

/** The contexts of one depth; positions of entries and of children are those of their own depth. */
export interface Depth {
  /** of each node: the word that it has more than its parent */
  oldest: Int32Array;
  /** of each node, and the end: its first entry */
  starts: Int32Array;
  /** of each node, and the end: its first child in the next depth */
  children: Int32Array;
  words: Int32Array;
  count: Int32Array;
  continuations: Int32Array;
}

/**
 * A tree of contexts in sorted arrays: node 0 is the empty one, and a child is its parent with one
 * more word before it. An entry is a word seen in a context. Nodes are numbered depth by depth,
 * entries node by node, so that the children and the entries of a node are ranges, sorted by word.
 */
export class ContextArrays {
  /** of each depth: its first node; one more for the end */
  readonly levels: readonly number[];
  /** of each node: the word that it has more than its parent */
  readonly oldest: Int32Array;
  /** of each node that is not of the last depth: its first child; one more for the end */
  readonly children: Int32Array;
  /** of each node: its first entry; one more for the end */
  readonly starts: Int32Array;
  /** of each entry: its word */
  readonly words: Int32Array;
  /** of each entry: how often it was seen */
  readonly count: Int32Array;
  /**
   * of each entry that is not of the last depth: after how many different older words it was seen
   */
  readonly continuations: Int32Array;
  /** of each of the longest n-grams, in the order of their words: where it was seen first */
  readonly first: Int32Array;

  /** @param start where contexts end; -1: nowhere */
  constructor({ columns, times }: Ngrams, start: number) {
    const bound = columns.reduce((most, column) => Math.max(most, above(column)), 0);
    const rows = sortedRows(columns, bound);
    const changed = changes(columns, rows);
    const inner = columns.slice(0, -1).map((_, d) => innerDepth(d, columns[d], rows, changed));
    const { depth, first } = lastDepth({ columns, times }, rows, changed);
    const depths = [...inner, depth];
    const merger = new Merger(bound);
    for (let d = depths.length - 2; d >= 0; d--) merger.merge(depths[d], depths[d + 1]);
    if (start >= 0) cutAtStart(depths, start);
    // One array of each kind, with numbers that count through all depths.
    const all = (kind: keyof Depth, of = depths): Int32Array[] => of.map((at) => at[kind]);
    const [nodes, entries] = [sums(all("oldest")), sums(all("words"))];
    this.levels = nodes;
    this.oldest = concat(all("oldest"));
    this.children = ranges(all("children", inner), nodes.slice(1));
    this.starts = ranges(all("starts"), entries);
    this.words = concat(all("words"));
    this.count = concat(all("count"));
    this.continuations = concat(all("continuations", inner));
    this.first = first;
  }
}

function above(words: Int32Array): number {
  let most = -1;
  for (let i = 0; i < words.length; i++) if (words[i] > most) most = words[i];
  return most + 1;
}

/**
 * Of each sorted row, the least depth at which its context is not that of the row before it; order
 * where only its word is another, order + 1 where nothing is.
 */
function changes(columns: Columns, rows: Int32Array): Uint8Array {
  const order = columns.length;
  const out = new Uint8Array(rows.length).fill(order + 1);
  // Column by column, from the one that counts least: reads that do not wait for each other.
  mark(out, columns[0], rows, order);
  for (let d = order - 1; d > 0; d--) mark(out, columns[d], rows, d);
  if (rows.length > 0) out[0] = 0;
  return out;
}

function mark(out: Uint8Array, column: Int32Array, rows: Int32Array, depth: number): void {
  let before = -1;
  for (let i = 0; i < rows.length; i++) {
    const word = column[rows[i]];
    if (word !== before) out[i] = depth;
    before = word;
  }
}

/** The nodes of a depth that is not the last; its entries are still to be found. */
function innerDepth(d: number, column: Int32Array, rows: Int32Array, changed: Uint8Array): Depth {
  // The empty context is there without n-grams too.
  const children = new Int32Array(1 + Math.max(1, upTo(changed, d)));
  let [node, child] = [0, 0];
  for (let i = 0; i < changed.length; i++) {
    if (changed[i] <= d) children[node++] = child;
    if (changed[i] <= d + 1) child++;
  }
  children[children.length - 1] = child;
  const none = new Int32Array(0);
  const nodes = children.length - 1;
  return {
    oldest: d === 0 ? new Int32Array([-1]) : pick(d, column, rows, changed),
    starts: new Int32Array(nodes + 1),
    children,
    words: none,
    count: none,
    continuations: none,
  };
}

/** The longest contexts, and what was seen in them. */
function lastDepth(
  { columns, times }: Ngrams,
  rows: Int32Array,
  changed: Uint8Array,
): { depth: Depth; first: Int32Array } {
  const order = columns.length;
  const oldest =
    order === 1 ? new Int32Array([-1]) : pick(order - 1, columns[order - 1], rows, changed);
  const words = pick(order, columns[0], rows, changed);
  const [first, count, starts] = [
    new Int32Array(words.length),
    new Int32Array(words.length),
    new Int32Array(oldest.length + 1),
  ];
  let [entry, node] = [-1, 0];
  for (let i = 0; i < rows.length; i++) {
    if (changed[i] <= order) first[++entry] = rows[i];
    if (changed[i] < order) starts[node++] = entry;
    count[entry] += times === undefined ? 1 : times[rows[i]];
  }
  starts[oldest.length] = words.length;
  return {
    depth: {
      oldest,
      starts,
      children: new Int32Array(0),
      words,
      count,
      continuations: new Int32Array(0),
    },
    first,
  };
}

/** The words of a column where something up to a depth changes. */
function pick(
  depth: number,
  column: Int32Array,
  rows: Int32Array,
  changed: Uint8Array,
): Int32Array {
  const out = new Int32Array(upTo(changed, depth));
  for (let i = 0, at = 0; i < rows.length; i++)
    if (changed[i] <= depth) out[at++] = column[rows[i]];
  return out;
}

function upTo(changed: Uint8Array, depth: number): number {
  let n = 0;
  for (let i = 0; i < changed.length; i++) if (changed[i] <= depth) n++;
  return n;
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
    const [words, count, continuations] = [
      new Int32Array(most),
      new Int32Array(most),
      new Int32Array(most),
    ];
    let entry = 0;
    for (let node = 0; node < depth.oldest.length; node++) {
      depth.starts[node] = entry;
      const kinds = this.add(
        below,
        below.starts[depth.children[node]],
        below.starts[depth.children[node + 1]],
      );
      for (const word of this.seen.subarray(0, kinds).sort()) {
        words[entry] = word;
        count[entry] = this.count[word];
        continuations[entry++] = this.continuations[word];
        this.count[word] = this.continuations[word] = 0;
      }
    }
    depth.starts[depth.oldest.length] = entry;
    [depth.words, depth.count, depth.continuations] = [words, count, continuations].map((x) =>
      x.slice(0, entry),
    );
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

/** How many elements come before each array; one more for all. */
const sums = (arrays: readonly Int32Array[]): number[] =>
  arrays.reduce((ends, { length }) => [...ends, (ends.at(-1) ?? 0) + length], [0]);

/**
 * The end of the last range of a depth is the start of the first one of the next: it stands once.
 */
function ranges(starts: readonly Int32Array[], before: readonly number[]): Int32Array {
  const last = starts.length - 1;
  return concat(
    starts.map((s, d) => (d < last ? s.subarray(0, -1) : s).map((at) => at + before[d])),
  );
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
