/** The address of a view: `#playground?hidden=100`. */

export interface Route {
  readonly view: string;
  readonly query: string;
}

/** @param hash of the address, with or without its `#` */
export function readRoute(hash: string): Route {
  const text = hash.replace(/^#\/?/, "");
  const at = text.indexOf("?");
  return at < 0
    ? { view: text, query: "" }
    : { view: text.slice(0, at), query: text.slice(at + 1) };
}

export const hashOf = ({ view, query }: Route): string =>
  query === "" ? `#${view}` : `#${view}?${query}`;
