/** The page as it is built: as a folder, and as one file that needs nothing beside it. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { scratch } from "../train/support.js";

const { buildWeb } = createRequire(import.meta.url)("../../scripts/web.cjs") as {
  buildWeb(outdir: string): Promise<Record<string, number>>;
};
const { page } = createRequire(import.meta.url)("../../scripts/web-page.cjs") as {
  page(template: string, parts: object): string;
};

const folder = scratch();
let dir: string;
let written: Record<string, number>;
beforeAll(async () => {
  dir = folder();
  written = await buildWeb(dir);
}, 120_000);

const read = (name: string): string => readFileSync(join(dir, name), "utf8");
const policyOf = (html: string): Record<string, string[]> => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
  const parts = policy.split("; ").map((part) => part.split(" "));
  return Object.fromEntries(parts.map(([name, ...sources]) => [name, sources]));
};
const digest = (text: string): string =>
  `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

it("writes what it says, and no more", () => {
  const files = readdirSync(dir, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1));
  expect(files.sort()).toEqual(Object.keys(written).sort());
  expect(files).toContain("index.html");
  expect(files).toContain("mm-train.html");
});

it.each(["index.html", "mm-train.html"])("%s asks nothing of other hosts", (name) => {
  const policy = policyOf(read(name));
  expect(policy["default-src"]).toEqual(["'none'"]);
  const own = /^('(self|none|(sha256|nonce)-.+|wasm-unsafe-eval|unsafe-inline)'|data:|blob:)$/;
  for (const source of Object.values(policy).flat()) expect(source).toMatch(own);
  expect(policy["script-src"]).not.toContain("'unsafe-inline'");
  expect(policy["script-src"]).not.toContain("data:");
});

it("the folder has files under names that change with their content", () => {
  const html = read("index.html");
  const files = [...html.matchAll(/(?:src|href)="(assets\/[^"]+)"/g)].map(([, file]) => file);
  expect(files.sort()).toEqual(
    Object.keys(written)
      .filter((file) => file.startsWith("assets/"))
      .sort(),
  );
  for (const file of files) {
    const hash = createHash("sha256")
      .update(readFileSync(join(dir, file)))
      .digest("hex");
    expect(file).toContain(hash.slice(0, 10));
  }
  expect(html).not.toMatch(/<script>|<style>/);
});

it("the one file has all of them inside, and its policy allows these alone", () => {
  const html = read("mm-train.html");
  expect(html).not.toMatch(/ (src|data-src|href)="(?!data:,)/);
  const scripts = [...html.matchAll(/<script([^>]*)>(.*?)<\/script>/gs)];
  expect(scripts.map(([, attributes]) => attributes.trim())).toEqual([
    "",
    'type="text/plain" id="notebook-view"',
    'type="text/plain" id="playground-worker"',
    'type="text/plain" id="notebook-kernel"',
  ]);
  const [, nonce, style] = /<style nonce="(.*?)">(.*?)<\/style>/s.exec(html) ?? ["", "", ""];
  const policy = policyOf(html);
  const run = scripts.slice(0, 2).map(([, , code]) => digest(code));
  const forKernel = ["blob:", "'wasm-unsafe-eval'"];
  expect(policy["script-src"]).toEqual([...run, ...forKernel]);
  expect(policy["style-src"]).toEqual([digest(style), `'nonce-${nonce}'`]);
  expect(policy["connect-src"]).toEqual(["blob:"]);
});

it("is the same bytes when it is built again", async () => {
  const again = folder();
  expect(await buildWeb(again)).toEqual(written);
  for (const name of Object.keys(written))
    expect(readFileSync(join(again, name)).equals(readFileSync(join(dir, name)))).toBe(true);
});

it("code cannot end its element, and is no pattern", () => {
  const text = 'const a = "</script><!--", b = "$& $1";';
  const html = page("{{policy}}{{style}}{{script}}{{later}}", {
    script: { text },
    style: { text: "a{}" },
    later: [{ id: "w", text }],
  });
  const [, code, worker] = html.split(/<script[^>]*>/).map((part) => part.split("</script>")[0]);
  for (const part of [code, worker]) {
    expect(part).not.toContain("<!--");
    expect(new Function(`${part} return a + b;`)()).toBe("</script><!--$& $1");
  }
});
