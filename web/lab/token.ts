/**
 * The token of `mm-train lab`, by which its server knows this page. It comes behind the # of the
 * address, is taken out of it at once, and is kept for a reload of this tab alone: a worker has
 * neither, so that no cell of a notebook can ask the server.
 */
import { hashOf, readRoute } from "../page/route.js";

const KEPT = "mm-train-lab-token";

/** What the page asks of its window. */
export interface TokenPlace {
  readonly location: { readonly hash: string };
  readonly history: { replaceState(data: null, unused: string, url: string): void };
  readonly sessionStorage: {
    getItem(key: string): string | null;
    setItem(key: string, value: string): void;
  };
}

let token: string | undefined;

/**
 * Takes it from the address, or from before a reload.
 * @returns whether the address had one
 */
export function takeToken({ location, history, sessionStorage }: TokenPlace): boolean {
  const { view, query } = readRoute(location.hash);
  const values = new URLSearchParams(query);
  const given = values.get("token");
  try {
    if (given !== null) sessionStorage.setItem(KEPT, given);
    token = given ?? sessionStorage.getItem(KEPT) ?? undefined;
  } catch {
    token = given ?? token; // a browser that keeps nothing
  }
  if (given === null) return false;
  values.delete("token");
  history.replaceState(null, "", hashOf({ view, query: values.toString() }));
  return true;
}

/** undefined where the page was not opened by `mm-train lab`. */
export const labToken = (): string | undefined => token;
