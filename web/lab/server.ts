/** What the server of `mm-train lab` is asked, and how its answers are heard. */
import type { LabError } from "../../lib/lab/protocol.js";
import { labToken } from "./token.js";

/** The server does not answer: it ended, with the training or by Ctrl-C. */
export class Gone extends Error {
  constructor() {
    super("mm-train does not answer any more: it has ended. What is shown is its last answer.");
  }
}

/**
 * @param path below /api/
 * @throws Gone, or an Error with the line that the server says
 */
export async function ask<T>(path: string): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/${path}`, {
      headers: { Authorization: `Bearer ${labToken()}` },
      cache: "no-store",
    });
  } catch {
    throw new Gone();
  }
  const answer = (await response.json().catch(() => ({ error: response.statusText }))) as
    T | LabError;
  if (response.ok) return answer as T;
  if (response.status === 401)
    throw new Error("This page is of an earlier mm-train lab: open the address that it printed.");
  throw new Error((answer as LabError).error);
}

export const runPath = (name: string): string => `runs/${encodeURIComponent(name)}`;
