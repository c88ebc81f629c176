/** Real browsers for checks: started, shown a page, and watched. */
import { spawnSync } from "node:child_process";
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import puppeteer, { type Browser, type Page } from "puppeteer-core";

export const BROWSERS = {
  chromium: { commands: ["chromium", "google-chrome", "chromium-browser"], kind: "chrome" },
  firefox: { commands: ["firefox-esr", "firefox"], kind: "firefox" },
} as const;
export type BrowserName = keyof typeof BROWSERS;

/** What a check is given: a started browser, and an empty folder that is served at `url`. */
export interface Setting {
  readonly browser: BrowserName;
  readonly folder: string;
  /** http://127.0.0.1:PORT/ */
  readonly url: string;
  /**
   * Opens a page for `use`. Fails where the page, or a worker of it, logs an error that is none of
   * those that the check provokes, has one that it does not catch, or asks another host than its
   * own, or that of `url`, for anything.
   */
  visit<T>(url: string, use: (page: Page) => Promise<T>, provoked?: RegExp): Promise<T>;
}

/** A file of checks/: its name, and what it does; what it returns stands in its line. */
export interface BrowserCheck {
  readonly name: string;
  /** left out of --quick */
  readonly slow?: boolean;
  run(setting: Setting): Promise<string>;
}

/** The path of a browser's program, if it is installed. */
export const installed = (name: BrowserName): string | undefined =>
  BROWSERS[name].commands
    .map((command) => spawnSync("which", [command], { encoding: "utf8" }).stdout.trim())
    .find((path) => path !== "");

/** Nothing that asks a host of its maker's; as root Chromium has no sandbox. */
const CHROMIUM =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking " +
  "--disable-component-update --disable-sync";

/**
 * With a profile of its own, which goes with it.
 * @param options of Chromium, beside the usual ones
 */
export const launch = (
  name: BrowserName,
  program: string,
  options: readonly string[] = [],
): Promise<Browser> =>
  puppeteer.launch({
    browser: BROWSERS[name].kind,
    executablePath: program,
    headless: true,
    args: name === "chromium" ? [...CHROMIUM.split(" "), ...options] : [],
  });

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
};

export interface Served {
  readonly url: string;
  close(): void;
}

/** Serves a folder on the loopback address, as any host of static files does. */
export async function serve(folder: string): Promise<Served> {
  const server = createServer(({ url = "/" }, response) => {
    const path = normalize(decodeURIComponent(new URL(url, "http://host").pathname));
    const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
    if (path === "/favicon.ico") response.writeHead(204).end();
    else if (!existsSync(file) || !statSync(file).isFile()) response.writeHead(404).end();
    else {
      response.setHeader("Content-Type", TYPES[extname(file)] ?? "application/octet-stream");
      createReadStream(file).pipe(response);
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** `Setting.visit` for a browser and the address that its pages may ask. */
export const visitor =
  (browser: Browser, served: string): Setting["visit"] =>
  async (url, use, provoked) => {
    const { origin } = new URL(url);
    const page = await browser.newPage();
    const wrong: string[] = [];
    let stop = (_: Error): void => undefined;
    const stopped = new Promise<never>((_, reject) => (stop = reject));
    stopped.catch(() => undefined); // said below where nobody waits for it
    const complain = (what: string): void => {
      wrong.push(what);
      stop(new Error(`${url}: ${wrong.join("; ")}`));
    };
    page.on("console", (message) => {
      if (message.type() === "error" && !provoked?.test(message.text()))
        complain(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => {
      if (!provoked?.test(String(error))) complain(`not caught: ${String(error)}`);
    });
    page.on("request", (request) => {
      const own = [served, `${origin}/`].some((start) => request.url().startsWith(start));
      if (!own && !/^(?:file|blob|data):/.test(request.url())) complain(`asked ${request.url()}`);
    });
    try {
      await page.goto(url);
      const result = await Promise.race([use(page), stopped]);
      if (wrong.length > 0) await stopped;
      return result;
    } finally {
      await page.close();
    }
  };

/** The first JSON object that a page's `#outcome` shows. */
export async function outcome(page: Page): Promise<unknown> {
  const text = `document.querySelector("#outcome")?.textContent ?? ""`;
  await page.waitForFunction(`(${text}).startsWith("{")`, { timeout: 120_000 });
  return JSON.parse((await page.evaluate(text)) as string);
}
