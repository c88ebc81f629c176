/** The addresses under /api/. */
import { MmError } from "../../errors.js";
import { type Answer, json, refusal, zip } from "./answer.js";
import { withoutFolder } from "../without-folder.js";
import type { RunSource } from "../run-source.js";

/** More runs than these have no colours of their own in a chart. */
const MOST_COMPARED = 24;

const unknown = (): Answer => refusal(404, "there is no such run");
const found = (value: object | undefined): Answer =>
  value === undefined ? unknown() : json(value);

/** @param path of the address, as it came */
export async function apiAnswer(
  source: RunSource,
  path: string,
  query: URLSearchParams,
): Promise<Answer> {
  const parts = decoded(path.slice("/api/".length));
  if (parts === undefined) return refusal(400, "expected a path in UTF-8");
  const [what, name, more, ...others] = parts;
  if (others.length > 0) return unknown();
  try {
    if (what === "runs" && name === undefined)
      return json({ runs: source.list(), sweep: source.isSweep });
    if (what === "runs" && more === undefined) return found(await source.details(name));
    if (what === "runs" && more === "live")
      return found(source.live(name, query.get("cursor") ?? ""));
    if (what === "runs" && more === "files") {
      const archive = source.archive(name);
      return archive === undefined ? unknown() : zip(archive);
    }
    if (what === "sweep" && name === undefined) return found(await source.sweep());
    if (what === "compare" && name === undefined) {
      const names = query.getAll("run");
      if (names.length > MOST_COMPARED)
        return refusal(400, `expected at most ${MOST_COMPARED} runs, got ${names.length}`);
      return found(await source.compare(names));
    }
  } catch (error) {
    if (error instanceof MmError) return refusal(422, withoutFolder(error.message, source.top));
    throw error;
  }
  return refusal(404, "there is no such address");
}

/** undefined for what is no UTF-8. */
function decoded(path: string): string[] | undefined {
  try {
    return path.split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
