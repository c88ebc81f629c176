/**
 * Who is answered. Any page in the reader's browser, and any program on the machine, can send
 * requests to a loopback address. A page of another host cannot read answers (there are no CORS
 * headers) and has no token; a host that gives its own name this address (DNS rebinding) has
 * another Host header, and no token either.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type Answer, refusal } from "./answer.js";

/** The refusal of a request that is none of this server's page; undefined for any other. */
export function refusedRequest(request: IncomingMessage, port: number): Answer | undefined {
  const { method = "", headers, url = "" } = request;
  const named = request.rawHeaders.filter((name, i) => i % 2 === 0 && /^host$/i.test(name));
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (named.length !== 1 || !hosts.includes(headers.host ?? ""))
    return refusal(421, `expected a request to ${hosts.join(" or ")}`);
  if (method !== "GET" && method !== "HEAD")
    return refusal(405, "expected GET or HEAD: nothing is written here", { Allow: "GET, HEAD" });
  if (headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0")
    return refusal(400, "expected a request without a body", { Connection: "close" });
  if (!url.startsWith("/")) return refusal(400, "expected a path");
  return undefined;
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** In a time that says nothing about the token. */
export function hasToken({ headers }: IncomingMessage, token: string): boolean {
  return timingSafeEqual(digest(headers.authorization ?? ""), digest(`Bearer ${token}`));
}
