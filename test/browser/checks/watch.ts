/** What `visit` must see, or no other check means anything. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BrowserCheck, outcome } from "../support.js";

const worker = (code: string): string =>
  `new Worker(URL.createObjectURL(new Blob([${JSON.stringify(code)}])))`;

/** Scripts of pages, and what is said of each. */
const BAD: readonly (readonly [script: string, said: RegExp])[] = [
  [`console.error("a word")`, /console: a word/],
  [`setTimeout(() => { throw new Error("a word"); })`, /not caught: .*a word/],
  [`Promise.reject(new Error("a word"))`, /not caught: .*a word/],
  [worker(`console.error("a word")`), /console: a word/],
  [worker(`throw new Error("a word")`), /not caught: .*a word/],
  [`fetch("http://192.0.2.1/a").catch(() => 0)`, /asked http:\/\/192\.0\.2\.1\/a/],
  [`new Image().src = "http://192.0.2.1/b"`, /asked http:\/\/192\.0\.2\.1\/b/],
];

const check: BrowserCheck = {
  name: "errors of pages and workers, and requests to other hosts, are seen",
  async run({ folder, url, visit }) {
    const page = (script: string): void =>
      writeFileSync(
        join(folder, "index.html"),
        `<!doctype html><title>page</title><pre id="outcome"></pre><script>${script}</script>`,
      );
    for (const [script, said] of BAD) {
      page(script);
      const error: unknown = await visit(url, outcome).then(
        () => undefined,
        (e: unknown) => e,
      );
      if (!said.test(String(error))) throw new Error(`${script}: ${String(error)}`);
    }
    page(`document.querySelector("#outcome").textContent = "{}"`);
    await visit(url, outcome);
    return `${BAD.length} bad pages, 1 good one`;
  },
};
export default check;
