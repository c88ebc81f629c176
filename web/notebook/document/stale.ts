/**
 * Which cells show what is no longer so.
 *
 * A cell is stale when it was edited since it ran, or when a cell above it ran after it and wrote a
 * name that it read. Cells that ran from the first to the last are never stale.
 */

/** What is kept of the last run of a cell. */
export interface LastRun {
  /** the text that ran */
  readonly source: string;
  /** runs are counted from 1 */
  readonly order: number;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** Why a cell is stale. */
export type Stale =
  | { readonly kind: "edited" }
  | { readonly kind: "read"; readonly name: string; readonly cell: string };

/** `cells` in the order of the notebook; the result has those that are stale. */
export function staleCells(
  cells: readonly { readonly id: string; readonly source: string; readonly ran?: LastRun }[],
): ReadonlyMap<string, Stale> {
  const stale = new Map<string, Stale>();
  /** by name: the newest run, of the cells above, that wrote it */
  const written = new Map<string, { cell: string; order: number }>();
  for (const { id, source, ran } of cells) {
    if (ran === undefined) continue;
    if (source !== ran.source) stale.set(id, { kind: "edited" });
    else
      for (const name of ran.reads) {
        const write = written.get(name);
        if (write === undefined || write.order < ran.order) continue;
        stale.set(id, { kind: "read", name, cell: write.cell });
        break;
      }
    for (const name of ran.writes)
      if ((written.get(name)?.order ?? 0) < ran.order)
        written.set(name, { cell: id, order: ran.order });
  }
  return stale;
}
