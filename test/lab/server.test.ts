/** Who is answered, and what: the server of `mm-train lab` before requests of others. */
import { createServer } from "node:http";
import { networkInterfaces } from "node:os";
import { connect } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { pageFiles } from "../../lib/lab/http/page-files.js";
import { startLab } from "../../lib/lab/http/server.js";
import { RunsFolder } from "../../lib/lab/runs-folder.js";
import { train, UsageError } from "../../lib/index.js";
import { errorOf, scratch, WORDS } from "../train/support.js";
import { served } from "./support.js";

const folder = scratch();
let top: string;
beforeAll(async () => {
  top = folder();
  await train({ words: WORDS, steps: 3, hidden: 4, out: join(top, "one"), pictures: false });
});
const start = () => served(new RunsFolder(top));

describe("a request", () => {
  it("with the token is told of the runs", async () => {
    const { json } = await start();
    expect(await json("/api/runs")).toMatchObject({ runs: [{ name: "one", state: "done" }] });
  });

  it.each([
    ["none", {}],
    ["an empty one", { Authorization: "" }],
    ["another one", { Authorization: `Bearer ${"0".repeat(32)}` }],
    ["one of another scheme", { Authorization: "Basic abc" }],
    ["a part of it", (token: string) => ({ Authorization: `Bearer ${token.slice(0, -1)}` })],
    ["it and more", (token: string) => ({ Authorization: `Bearer ${token}0` })],
    ["it in a cookie", (token: string) => ({ Authorization: "", Cookie: `token=${token}` })],
  ])("with %s for a token is told nothing", async (_, headers) => {
    const { ask, token } = await start();
    const given = typeof headers === "function" ? headers(token) : headers;
    for (const path of ["/api/runs", "/api/runs/one", "/api/none", `/api/runs?token=${token}`]) {
      const answer = await ask(path, { headers: { Authorization: "", ...given } });
      expect(answer.status).toBe(401);
      const text = await answer.text();
      expect(text).not.toContain('one"');
      expect(JSON.parse(text)).toEqual({ error: expect.stringContaining("token") as string });
    }
  });

  it("has another token at each start", async () => {
    const [a, b] = [await start(), await start()];
    expect(a.token).toMatch(/^[0-9a-f]{32}$/);
    expect(a.token).not.toBe(b.token);
    const answer = await b.ask("/api/runs", { headers: { Authorization: `Bearer ${a.token}` } });
    expect(answer.status).toBe(401);
  });

  it.each([
    "evil.example",
    "evil.example:PORT",
    "127.0.0.1",
    "127.0.0.1:1",
    "127.0.0.1.evil.example:PORT",
    "localhost.evil.example:PORT",
    "user@127.0.0.1:PORT",
    "0.0.0.0:PORT",
    "[::1]:PORT",
    "",
  ])("to the host %j is refused (DNS rebinding)", async (host) => {
    const { lab, token, raw } = await start();
    for (const path of ["/", "/api/runs"]) {
      const answer = await raw(
        `GET ${path} HTTP/1.1\r\nHost: ${host.replace("PORT", String(lab.port))}\r\n` +
          `Authorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 421 /);
      expect(answer).not.toContain("the page");
    }
  });

  it.each(["127.0.0.1", "localhost"])("to %s is answered", async (host) => {
    const { lab, raw } = await start();
    const answer = await raw(
      `GET / HTTP/1.1\r\nHost: ${host}:${lab.port}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*the page$/);
  });

  it("to two hosts, or to none, is refused", async () => {
    const { lab, raw } = await start();
    const host = `Host: 127.0.0.1:${lab.port}\r\n`;
    const rest = "Connection: close\r\n\r\n";
    expect(await raw(`GET / HTTP/1.1\r\n${host}Host: evil.example\r\n${rest}`)).toMatch(/ 4\d\d /);
    expect(await raw(`GET / HTTP/1.1\r\n${rest}`)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw(`GET http://evil.example/ HTTP/1.1\r\n${host}${rest}`)).toMatch(/ 400 /);
  });

  it.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])(
    "to %s something is refused",
    async (method) => {
      const { lab, token, raw } = await start();
      for (const path of ["/", "/api/runs", "/api/runs/one"]) {
        const answer = await raw(
          `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${lab.port}\r\n` +
            `Origin: http://evil.example\r\nAccess-Control-Request-Method: GET\r\n` +
            `Authorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
        );
        expect(answer).toMatch(/^HTTP\/1\.1 405 /);
        expect(answer).toMatch(/^Allow: GET, HEAD\r$/m);
        expect(answer).not.toMatch(/access-control/i);
      }
    },
  );

  it("with a body, an upgrade or a tunnel gets none of these", async () => {
    const { lab, raw } = await start();
    const host = `Host: 127.0.0.1:${lab.port}\r\nConnection: close\r\n`;
    const withBody = await raw(`GET / HTTP/1.1\r\n${host}Content-Length: 9999999\r\n\r\nabc`);
    expect(withBody).toMatch(/^HTTP\/1\.1 400 /);
    const chunked = await raw(`GET / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n`);
    expect(chunked).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw(`CONNECT evil.example:80 HTTP/1.1\r\n${host}\r\n`)).not.toMatch(/ 200 /);
    const upgrade = `GET / HTTP/1.1\r\n${host}Upgrade: websocket\r\n\r\n`;
    expect(await raw(upgrade)).not.toMatch(/ 101 /);
  });

  it("of huge headers, of no HTTP, or half a one ends alone", async () => {
    const { lab, raw, json } = await start();
    const half = connect(lab.port, "127.0.0.1").on("error", () => undefined);
    half.write("GET /api/ru");
    const line = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${lab.port}\r\nX: ${"x".repeat(100_000)}\r\n\r\n`;
    expect(await raw(line)).toMatch(/^(HTTP\/1\.1 431 |$)/);
    const long = `GET /${"x".repeat(100_000)} HTTP/1.1\r\nHost: 127.0.0.1:${lab.port}\r\n\r\n`;
    expect(await raw(long)).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
    expect(await raw("\x16\x03\x01\x02\x00\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw("\r\n\r\nhello\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    expect(await json("/api/runs")).toMatchObject({ runs: [{ name: "one" }] });
    half.destroy();
  });

  it("by HEAD has the headers alone", async () => {
    const { ask } = await start();
    const [head, get] = [await ask("/api/runs", { method: "HEAD" }), await ask("/api/runs")];
    expect(await head.text()).toBe("");
    expect(head.headers.get("content-length")).toBe(get.headers.get("content-length"));
  });

  it.each([
    "/../package.json",
    "/%2e%2e/package.json",
    "/assets/../../package.json",
    "/assets/%2e%2e%2fpage.js",
    "/assets/",
    "/assets/page.js/",
    "//etc/passwd",
    "/index.html%00.js",
    "/mm-train.html",
    "/favicon.ico",
  ])("for %s finds nothing", async (path) => {
    const { lab, raw } = await start();
    const answer = await raw(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${lab.port}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  });

  it.each([
    ["/api", 404],
    ["/api/", 404],
    ["/api/none", 404],
    ["/api/runs/none", 404],
    ["/api/runs/", 404],
    ["/api/runs/one/none", 404],
    ["/api/runs/one/live/more", 404],
    ["/api/runs/..%2f..%2fetc%2fpasswd", 404],
    ["/api/runs/%2e%2e", 404],
    ["/api/runs/one%2f", 404],
    ["/api/runs/%ff", 400],
    ["/api/runs/%", 400],
    ["/api/runs/__proto__", 404],
    ["/api/compare", 422],
    ["/api/compare?run=one", 422],
    ["/api/compare?run=one&run=one", 422],
    ["/api/compare?run=one&run=none", 404],
    [`/api/compare?${"run=one&".repeat(100)}`, 400],
  ])("for %s is answered with a line of JSON", async (path, status) => {
    const { lab, token, raw } = await start();
    const answer = await raw(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${lab.port}\r\n` +
        `Authorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    const body = answer.split("\r\n\r\n")[1];
    expect(body).toMatch(/^\{"error":"[^\n]+"\}\n$/);
    expect(body).not.toContain(top);
    expect(body).not.toMatch(/at .*:\d+/);
  });
});

describe("an answer", () => {
  it.each(["/", "/assets/page.js", "/api/runs", "/api/none", "/none"])(
    "to %s lets no other page have it",
    async (path) => {
      const { ask } = await start();
      const { headers } = await ask(path, { headers: { Origin: "http://evil.example" } });
      expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
      expect(Object.fromEntries(headers)).toMatchObject({
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
      });
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(headers.get("cache-control")).toBe(
        path === "/"
          ? "no-cache"
          : path === "/assets/page.js"
            ? "private, max-age=31536000, immutable"
            : "no-store",
      );
    },
  );

  it("comes where the source fails too, and says nothing of it", async () => {
    const { ask } = await served({
      top,
      list: () => {
        throw new Error(`secret in ${top}`);
      },
      details: () => Promise.reject(new Error("secret")),
      live: () => undefined,
      archive: () => undefined,
      isSweep: false,
      sweep: () => Promise.resolve(undefined),
      compare: () => Promise.resolve(undefined),
    });
    for (const path of ["/api/runs", "/api/runs/one"]) {
      const answer = await ask(path);
      expect([answer.status, await answer.text()]).toEqual([
        500,
        '{"error":"this cannot be read now"}\n',
      ]);
    }
  });
});

describe("the server", () => {
  it("listens on the loopback address only", async () => {
    const { lab } = await start();
    const others = Object.values(networkInterfaces()).flatMap((addresses) =>
      (addresses ?? []).filter(({ internal, family }) => !internal && family === "IPv4"),
    );
    for (const { address } of others) {
      const connected = await new Promise((done) => {
        const socket = connect(lab.port, address, () => done(true)).on("error", () => done(false));
        socket.on("connect", () => socket.destroy());
      });
      expect(connected).toBe(false);
    }
  });

  it("says in a line that its port is taken", async () => {
    const { lab } = await start();
    const source = new RunsFolder(top);
    const error = await errorOf(UsageError, () =>
      startLab({ source, port: lab.port, files: new Map() }),
    );
    expect(error.message).toBe(
      `--port: expected a free port, got ${lab.port}, which is taken: name another`,
    );
  });

  it("takes the next port where the usual one is taken", async () => {
    const usual = createServer();
    await new Promise<void>((done) => {
      usual.once("error", () => done()).listen(4774, "127.0.0.1", () => done());
    });
    const lab = await startLab({ source: new RunsFolder(top), files: new Map() });
    expect(lab.port).toBeGreaterThan(4774);
    await lab.close();
    usual.close();
  });

  it("says what to do where the page was not built", async () => {
    const { message } = await errorOf(UsageError, () => pageFiles(join(top, "none")));
    expect(message).toContain("npm run build");
  });
});
