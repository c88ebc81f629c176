/** The order of the table of runs. */
import type { LabRun } from "../../lib/lab/protocol.js";

export type Column = "name" | "devLoss" | "lowest" | "stepsDone" | "date";

export interface Order {
  readonly column: Column;
  readonly descending: boolean;
}

/** The best first; the newest first, the longest first. */
export const firstOrder = (column: Column): Order => ({
  column,
  descending: column === "date" || column === "stepsDone",
});

/** Runs of which the column is not known are last in either order. */
export function sorted(runs: readonly LabRun[], { column, descending }: Order): LabRun[] {
  const sign = descending ? -1 : 1;
  return [...runs].sort((one, other) => {
    const [a, b] = [one[column], other[column]];
    if (a === undefined || b === undefined)
      return Number(a === undefined) - Number(b === undefined);
    if (typeof a === "number" && typeof b === "number") return sign * (a - b);
    return sign * String(a).localeCompare(String(b), "en", { numeric: true });
  });
}
