/** The library in a page, in workers of both kinds, and from disk: what it prints in Node. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundleProgram, printedInNode } from "../programs.js";
import { type BrowserCheck, outcome } from "../support.js";

const PROGRAMS = ["lecture", "run-folder"];

/** Nothing from elsewhere, and no text that becomes code; WebAssembly has a word of its own. */
const STRICT =
  "default-src 'none'; img-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'";

/** The page shows what the program prints. */
const page = (scripts: string, policy = ""): string => `<!doctype html>
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>mm-train</title>
<pre id="outcome"></pre>
<script>
self.show = (text) => { document.querySelector("#outcome").textContent = text; };
self.listen = (worker) => { worker.onmessage = ({ data }) => show(data); };
</script>
${scripts}
`;
const PRINTS = {
  page: "console.log = self.show;\n",
  worker: "console.log = (text) => postMessage(text);\n",
};

/** What each way of loading it needs in the folder; the first file is the page. */
const WAYS: Readonly<Record<string, (esm: string, iife: string) => Record<string, string>>> = {
  "module in a page": (esm) => ({
    "page.html": page(`<script type="module" src="program.mjs"></script>`, STRICT),
    "program.mjs": PRINTS.page + esm,
  }),
  "module worker": (esm) => ({
    "page.html": page(`<script>listen(new Worker("worker.mjs", { type: "module" }));</script>`),
    "worker.mjs": PRINTS.worker + esm,
  }),
  "classic worker": (_, iife) => ({
    "page.html": page(`<script>listen(new Worker("worker.js"));</script>`),
    "worker.js": PRINTS.worker + iife,
  }),
  "script from disk": (_, iife) => ({
    "page.html": page(`<script src="program.js"></script>`),
    "program.js": PRINTS.page + iife,
  }),
  // A page from disk may start no worker by a file's name.
  "worker from disk, in one file": (_, iife) => ({
    "page.html": page(`<script>
const program = ${JSON.stringify(PRINTS.worker + iife).replaceAll("</", "<\\/")};
listen(new Worker(URL.createObjectURL(new Blob([program], { type: "text/javascript" }))));
</script>`),
  }),
};

/** Where two values of JSON differ. */
function differences(a: unknown, b: unknown, at = ""): string[] {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null)
    return a === b ? [] : [`${at}: ${JSON.stringify(a)}, ${JSON.stringify(b)}`];
  const [one, other] = [a, b] as Record<string, unknown>[];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) =>
    differences(one[key], other[key], `${at}/${key}`),
  );
}

const check: BrowserCheck = {
  name: "the library trains in pages and workers as in Node",
  async run({ folder, url, visit }) {
    for (const program of PROGRAMS) {
      const expected = printedInNode(program);
      const [esm, iife] = [
        await bundleProgram(program, "esm"),
        await bundleProgram(program, "iife"),
      ];
      for (const [way, files] of Object.entries(WAYS)) {
        const made = files(esm, iife);
        for (const [name, text] of Object.entries(made)) writeFileSync(join(folder, name), text);
        const file = join(folder, "page.html");
        const address = way.includes("from disk") ? pathToFileURL(file).href : `${url}page.html`;
        const got = await visit(address, outcome);
        const different = differences(expected, got);
        if (different.length > 0)
          throw new Error(`${way}: ${program} prints other than Node: ${different.join(", ")}`);
      }
    }
    return `${PROGRAMS.length} programs, ${Object.keys(WAYS).length} ways of loading`;
  },
};
export default check;
