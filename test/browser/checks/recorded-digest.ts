/** 2,000 steps of the lecture end in the digest that every machine ends with. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DIGESTS } from "../../train/recorded-digests.js";
import { bundleProgram } from "../programs.js";
import { type BrowserCheck, outcome } from "../support.js";

const PAGE = `<!doctype html><title>mm-train</title><pre id="outcome"></pre>
<script>
new Worker("worker.js").onmessage = ({ data }) => {
  document.querySelector("#outcome").textContent = data;
};
</script>
`;

const check: BrowserCheck = {
  name: "2,000 steps end in the recorded digest",
  async run({ folder, url, visit }) {
    const program = await bundleProgram("recorded", "iife");
    writeFileSync(join(folder, "index.html"), PAGE);
    writeFileSync(join(folder, "worker.js"), `console.log = (t) => postMessage(t);\n${program}`);
    const { "32@2000": digest } = (await visit(url, outcome)) as Record<string, string>;
    if (digest !== DIGESTS["32@2000"])
      throw new Error(`expected ${DIGESTS["32@2000"]}, got ${digest}`);
    return digest.slice(0, 16);
  },
};
export default check;
