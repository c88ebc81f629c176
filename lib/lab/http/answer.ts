/** What a request is answered with. */
import type { OutgoingHttpHeaders } from "node:http";

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: OutgoingHttpHeaders;
}

/** Nothing in an answer of data may run, be framed or be kept. */
const DATA: OutgoingHttpHeaders = {
  "Content-Type": "application/json; charset=utf-8",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cache-Control": "no-store",
};

export const json = (value: object, status = 200): Answer => ({
  status,
  body: Buffer.from(`${JSON.stringify(value)}\n`),
  headers: DATA,
});

export const zip = (bytes: Uint8Array): Answer => ({
  status: 200,
  body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  headers: { ...DATA, "Content-Type": "application/zip", "Content-Disposition": "attachment" },
});

/** One line for the page. */
export const refusal = (
  status: number,
  error: string,
  headers: OutgoingHttpHeaders = {},
): Answer => {
  const answer = json({ error }, status);
  return { ...answer, headers: { ...answer.headers, ...headers } };
};
