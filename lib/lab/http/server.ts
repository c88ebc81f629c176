/**
 * The server of `mm-train lab`: the page, and what it asks about runs. On the loopback address
 * only, for one reader, and nothing is written.
 */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { UsageError } from "../../errors.js";
import { type Answer, refusal } from "./answer.js";
import { apiAnswer } from "./api.js";
import { hasToken, refusedRequest } from "./guard.js";
import { type PageFile, pageFiles } from "./page-files.js";
import type { RunSource } from "../run-source.js";

const HOST = "127.0.0.1";
/** Where it listens if nobody says another port; the next ones where that is taken. */
const PORT = 4774;
const TRIES = 20;

/** A request is small and comes at once; many at a time are none of a reader's. */
const LIMITS = {
  maxHeaderSize: 8192,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
};
const MOST_CONNECTIONS = 64;

const EVERYWHERE = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
} as const;

export interface LabOptions {
  readonly source: RunSource;
  /** undefined: the usual one, or the next that is free; 0: any that is free */
  readonly port?: number;
  /** of the page; by default those of the package */
  readonly files?: ReadonlyMap<string, PageFile>;
  /** called when what was asked for has been sent whole */
  readonly onSent?: (path: string) => void;
}

export interface Lab {
  readonly port: number;
  /**
   * The address to open. The token stands behind its #: a browser sends that to nobody.
   * @param query of the view, such as "run=names"
   */
  address(query?: string): string;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** @throws UsageError for a port that cannot be had, and where the page was not built */
export async function startLab(options: LabOptions): Promise<Lab> {
  const { source, port: wanted, files = pageFiles(), onSent } = options;
  const token = randomBytes(16).toString("hex");
  let port = 0;
  const server = createServer(LIMITS, (request, response) => {
    response.on("error", () => undefined); // the reader left
    void answerTo(request, { source, files, token, port })
      .catch(() => refusal(500, "this cannot be read now"))
      .then((answer) => {
        if (onSent !== undefined && answer.status === 200)
          response.once("finish", () => onSent((request.url ?? "").split("?")[0]));
        send(request, response, answer);
      })
      .catch(() => response.destroy());
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const status =
      error.code === "HPE_HEADER_OVERFLOW"
        ? "431 Request Header Fields Too Large"
        : "400 Bad Request";
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
    else socket.destroy();
  });
  port = await listen(server, wanted);
  return {
    port,
    address: (query = "") =>
      `http://${HOST}:${port}/#runs?${query === "" ? "" : `${query}&`}token=${token}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

interface Context {
  readonly source: RunSource;
  readonly files: ReadonlyMap<string, PageFile>;
  readonly token: string;
  readonly port: number;
}

async function answerTo(request: IncomingMessage, context: Context): Promise<Answer> {
  const refused = refusedRequest(request, context.port);
  if (refused !== undefined) return refused;
  const [path, ...query] = (request.url ?? "").split("?");
  if (!path.startsWith("/api/")) return pageAnswer(context.files, path);
  if (!hasToken(request, context.token))
    return refusal(401, "expected the token of the address that mm-train printed", {
      "WWW-Authenticate": "Bearer",
    });
  return apiAnswer(context.source, path, new URLSearchParams(query.join("?")));
}

function pageAnswer(files: ReadonlyMap<string, PageFile>, path: string): Answer {
  const file = files.get(path);
  if (file === undefined) return refusal(404, "there is no such address");
  // The page says its own policy; who may frame it only a header can say. The name of an asset
  // says its content.
  const headers = {
    "Content-Type": file.type,
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cache-Control": path === "/" ? "no-cache" : "private, max-age=31536000, immutable",
  };
  return { status: 200, body: file.bytes, headers };
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body, headers }: Answer,
): void {
  response.writeHead(status, { ...EVERYWHERE, ...headers, "Content-Length": body.length });
  response.end(request.method === "HEAD" ? undefined : body);
}

async function listen(server: Server, wanted: number | undefined): Promise<number> {
  const last = wanted === undefined ? PORT + TRIES - 1 : wanted;
  for (let port = wanted ?? PORT; ; port++) {
    try {
      await new Promise<void>((listening, failed) => {
        server.once("error", failed).listen({ port, host: HOST, exclusive: true }, () => {
          server.off("error", failed);
          listening();
        });
      });
      return (server.address() as AddressInfo).port;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EADDRINUSE" && port < last) continue;
      const ports = wanted === undefined ? `one of ${PORT} to ${last}` : String(port);
      const what = code === "EADDRINUSE" ? "is taken" : `cannot be used (${code})`;
      throw new UsageError(
        `--port: expected a free port, got ${ports}, which ${what}: name another`,
      );
    }
  }
}
