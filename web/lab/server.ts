/** What the server of `mm-train lab` is asked, and how its answers are heard. */
import type { LabError } from "../../lib/lab/protocol.js";
import { labToken } from "./token.js";

/** The server does not answer: it ended, with the training or by Ctrl-C. */
export class Gone extends Error {
  constructor() {
    super("mm-train does not answer any more: it has ended. What is shown is its last answer.");
  }
}

/** @throws Gone, or an Error with the line that the server says */
async function answerTo(path: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`/api/${path}`, {
      headers: { Authorization: `Bearer ${labToken()}` },
      cache: "no-store",
    });
  } catch {
    throw new Gone();
  }
  if (response.ok) return response;
  if (response.status === 401)
    throw new Error("This page is of an earlier mm-train lab: open the address that it printed.");
  const { error } = (await response
    .json()
    .catch(() => ({ error: response.statusText }))) as LabError;
  throw new Error(error);
}

/**
 * @param path below /api/
 * @throws as `answerTo`
 */
export const ask = async <T>(path: string): Promise<T> =>
  (await (await answerTo(path)).json()) as T;

/** The run folder of a run, as .zip. @throws as `answerTo` */
export const archiveOf = async (run: string): Promise<Uint8Array> =>
  new Uint8Array(await (await answerTo(`${runPath(run)}/files`)).arrayBuffer());

export const runPath = (name: string): string => `runs/${encodeURIComponent(name)}`;
