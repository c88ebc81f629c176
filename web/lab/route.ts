/** What of the runs is shown, as the address says it. */

export type Shown =
  | { readonly kind: "list" }
  | { readonly kind: "sweep" }
  | { readonly kind: "run"; readonly name: string }
  | { readonly kind: "compare"; readonly names: readonly string[] };

export function readShown(query: string): Shown {
  const values = new URLSearchParams(query);
  const [run, names] = [values.get("run"), values.getAll("compare")];
  if (run !== null) return { kind: "run", name: run };
  if (values.has("sweep")) return { kind: "sweep" };
  return names.length > 0 ? { kind: "compare", names } : { kind: "list" };
}

export const LIST = "#runs";
export const SWEEP = "#runs?sweep=1";
export const runAddress = (name: string): string =>
  `#runs?${new URLSearchParams({ run: name }).toString()}`;
export const compareAddress = (names: readonly string[]): string =>
  `#runs?${names.map((name) => new URLSearchParams({ compare: name }).toString()).join("&")}`;
/** Where the playground opens it: `runIn` of its address reads this. */
export const playgroundAddress = (name: string): string =>
  `#playground?${new URLSearchParams({ run: name }).toString()}`;
