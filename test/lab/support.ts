/** A server of runs for tests, and requests that no browser would send. */
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach } from "vitest";
import { type PageFile } from "../../lib/lab/http/page-files.js";
import { type Lab, startLab } from "../../lib/lab/http/server.js";
import type { RunSource } from "../../lib/lab/run-source.js";

export const FILES: ReadonlyMap<string, PageFile> = new Map([
  ["/", { type: "text/html; charset=utf-8", bytes: Buffer.from("<!doctype html>the page") }],
  ["/assets/page.js", { type: "text/javascript; charset=utf-8", bytes: Buffer.from("page()") }],
]);

export interface Served {
  readonly lab: Lab;
  /** http://127.0.0.1:PORT */
  readonly origin: string;
  readonly token: string;
  /** with the token, unless `headers` has another one */
  ask(path: string, init?: RequestInit): Promise<Response>;
  json<T>(path: string): Promise<T>;
  /** the whole answer to bytes on a connection that then is closed or has been */
  raw(text: string): Promise<string>;
}

const open: Lab[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((lab) => lab.close()));
});

export async function served(source: RunSource): Promise<Served> {
  const lab = await startLab({ source, port: 0, files: FILES });
  open.push(lab);
  const [origin, query] = lab.address().split("/#runs?");
  const token = query.replace("token=", "");
  const ask: Served["ask"] = (path, init = {}) =>
    fetch(`${origin}${path}`, {
      redirect: "manual",
      ...init,
      headers: { Authorization: `Bearer ${token}`, ...init.headers },
    });
  return {
    lab,
    origin,
    token,
    ask,
    json: async <T>(path: string) => (await (await ask(path)).json()) as T,
    raw: (text) => rawAnswer(lab.port, text),
  };
}

async function rawAnswer(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => (answer += chunk));
  socket.on("error", () => undefined); // reset by the server: what came before counts
  const closed = once(socket, "close");
  socket.write(text);
  await closed;
  return answer;
}
