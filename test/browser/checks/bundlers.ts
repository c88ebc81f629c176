/** `import "mm-train"` in an app that bundlers make of the packed package. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { encodeSafetensors, train } from "../../../lib/index.js";
import { folder, root } from "../../../scripts/verify/support.js";
import { type BrowserCheck, outcome } from "../support.js";

const TOOLS = {
  "@rollup/plugin-node-resolve": "16.0.3",
  esbuild: "0.28.2",
  rollup: "4.68.8",
  vite: "7.3.8",
  webpack: "5.113.0",
  "webpack-cli": "7.3.1",
};

/** How each makes `out` of app.js, without settings of its own, and the page it makes, if it does. */
const BUNDLERS: Readonly<Record<string, (out: string) => string>> = {
  "esbuild, split": (out) => `esbuild app.js --bundle --splitting --format=esm --outdir=${out}`,
  "esbuild, one script": (out) => `esbuild app.js --bundle --format=iife --outfile=${out}/app.js`,
  vite: (out) => `vite build --base ./ --outDir ${out}`,
  webpack: (out) => `webpack --mode=production --entry ./app.js --output-path ${out}`,
  rollup: (out) =>
    `rollup app.js --plugin @rollup/plugin-node-resolve={browser:true} --format es --dir ${out}`,
};

const words = ["anna", "bob", "carla", "dora", "emil", "fritz", "gustav", "hanna", "ida", "jan"];
const settings = { words, hidden: 4, embedding: 2, batchSize: 8, lr: "0.1", steps: 7, samples: 2 };
const REPORT = "run/report.html";

/** Trains, into a run folder so that its charts are loaded too, and shows how that ended. */
const APP = `import { encodeSafetensors, loadRun, train } from "mm-train";
import { unzipInto, zipFolder } from "mm-train/files";
train({ ...${JSON.stringify(settings)}, out: "run" }).then(({ samples, report }) => {
  unzipInto(zipFolder("run"), "copy");
  const bytes = [...encodeSafetensors(loadRun("copy").model.stateDict())];
  document.querySelector("#outcome").textContent = JSON.stringify({ bytes, samples, report });
});
`;
const page = (script: string): string => `<!doctype html><title>app</title>
<pre id="outcome"></pre>
<script type="module" src="${script}"></script>
`;

/** An app that has the packed package, with its dependencies, and the bundlers. */
function makeApp(): string {
  const home = mkdtempSync(join(folder, "app-"));
  const run = (cwd: string, command: string, args: readonly string[]): string =>
    execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const packed = ["pack", "--ignore-scripts", "--json", "--pack-destination", home];
  const [{ filename }] = JSON.parse(run(root, "npm", packed)) as [{ filename: string }];
  const dependencies = { ...TOOLS, "mm-train": `file:${filename}` };
  writeFileSync(join(home, "package.json"), JSON.stringify({ type: "module", dependencies }));
  run(home, "npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"]);
  writeFileSync(join(home, "app.js"), APP);
  writeFileSync(join(home, "index.html"), page("app.js"));
  for (const [i, command] of Object.values(BUNDLERS).entries())
    run(home, "npx", ["--no-install", ...command(`out-${i}`).split(" ")]);
  return home;
}
let made: string | undefined;

const check: BrowserCheck = {
  name: 'bundlers make an app of `import "mm-train"`',
  slow: true,
  async run({ folder, url, visit }) {
    const { model, samples } = await train(settings);
    const bytes = [...encodeSafetensors(model.stateDict())];
    const expected = { bytes, samples, report: REPORT };
    const home = (made ??= makeApp());
    for (const [i, name] of Object.keys(BUNDLERS).entries()) {
      const out = `out-${i}`;
      cpSync(join(home, out), join(folder, out), { recursive: true });
      const script = ["app.js", "main.js"].find((file) => existsSync(join(folder, out, file)));
      if (script !== undefined) writeFileSync(join(folder, out, "index.html"), page(script));
      const got = await visit(`${url}${out}/`, outcome);
      if (!isDeepStrictEqual(got, expected))
        throw new Error(`${name}: the training ends with other bits than in Node`);
    }
    return Object.keys(BUNDLERS).join("; ");
  },
};
export default check;
