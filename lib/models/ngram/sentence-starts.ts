/**
 * N-grams of sentences: they begin with one start at most, as those of other tools do. In a tree
 * of rows of one length, what lies behind a start is cut off.
 */
import type { Depth } from "./levels.js";
import type { Columns } from "./sort.js";

/** Puts the start wherever a row has it in a later place: what stands there is of no sentence. */
export function fillBehindStart(columns: Columns, start: number): void {
  for (let back = 2; back < columns.length; back++) {
    const [later, column] = [columns[back - 1], columns[back]];
    for (let i = 0; i < column.length; i++) if (later[i] === start) column[i] = start;
  }
}

/** Removes the children of all contexts that begin with a start. */
export function cutAtStart(depths: readonly Depth[], start: number): void {
  // From the longest contexts up: what is removed has no children by then.
  for (let d = depths.length - 2; d > 0; d--) {
    const { oldest, children } = depths[d];
    const kept = new Kept(depths[d + 1]);
    for (let node = 0; node < oldest.length; node++) {
      const [from, to] = [children[node], children[node + 1]];
      children[node] = kept.nodes;
      if (oldest[node] !== start) for (let child = from; child < to; child++) kept.add(child);
    }
    children[oldest.length] = kept.nodes;
    kept.finish();
  }
}

/** Moves the nodes of a depth that stay, and their entries, to the front. */
class Kept {
  nodes = 0;
  private entries = 0;

  constructor(private readonly depth: Depth) {}

  /** Nodes come in their order: none is overwritten before it is read. */
  add(node: number): void {
    const { oldest, starts, children, words, count, continuations } = this.depth;
    const [from, to] = [starts[node], starts[node + 1]];
    oldest[this.nodes] = oldest[node];
    starts[this.nodes] = this.entries;
    if (children.length > 0) children[this.nodes] = children[node];
    for (let e = from; e < to; e++) {
      words[this.entries] = words[e];
      count[this.entries] = count[e];
      if (continuations.length > 0) continuations[this.entries] = continuations[e];
      this.entries++;
    }
    this.nodes++;
  }

  finish(): void {
    const { depth, nodes, entries } = this;
    const { starts, children } = depth;
    starts[nodes] = entries;
    if (children.length > 0) children[nodes] = children[children.length - 1];
    depth.oldest = depth.oldest.slice(0, nodes);
    depth.starts = starts.slice(0, nodes + 1);
    depth.children = children.slice(0, nodes + 1);
    for (const kind of ["words", "count", "continuations"] as const)
      depth[kind] = depth[kind].slice(0, entries);
  }
}
