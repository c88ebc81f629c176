/**
 * Random cases here and in PyTorch: every operation, its gradients and what it refuses.
 * `npm run verify:torch [-- --cases 20000 --seed 1]` needs a Python with PyTorch 2.13: `python3`, or
 * what MM_PYTHON names. `--record` writes the 2,000 cases with PyTorch's answers that
 * `npm test` reads (test/fuzz/torch.test.ts): one for each known difference, and the first others;
 * `--cases 30000 --seed 1` made them.
 */
import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { Draw } from "../../test/fuzz/draw.js";
import type { Answer } from "../../test/fuzz/torch/case.js";
import { makeCase } from "../../test/fuzz/torch/generate.js";
import { RECORDED, Tally } from "../../test/fuzz/torch/tally.js";
import { root } from "./support.js";

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    record: { type: "boolean", default: false },
  },
});
const [count, seed] = [Number(values.cases), Number(values.seed)];
const python = process.env.MM_PYTHON ?? "python3";

const asked = spawnSync(python, ["-c", "import torch; print(torch.__version__)"]);
const version = asked.status === 0 ? asked.stdout.toString().trim() : "none";
if (!version.startsWith("2.13.")) {
  console.error(
    `verify:torch: expected PyTorch 2.13 in ${python}, found ${version}: python3 -m venv /tmp/torch ` +
      "&& /tmp/torch/bin/pip install torch==2.13.0, then MM_PYTHON=/tmp/torch/bin/python",
  );
  process.exit(1);
}

const started = performance.now();
const d = new Draw(seed);
const cases = Array.from({ length: count }, () => makeCase(d));

const child = spawn(python, [join(root, "test/reference/differential.py")], {
  stdio: ["pipe", "pipe", "inherit"],
});
const ended = new Promise((resolve) => child.on("close", resolve));
child.stdin.on("error", () => {}); // it has ended, and has said why
child.stdin.end(cases.map((c) => `${JSON.stringify(c)}\n`).join(""));

const RECORD = 2000;
const tally = new Tally();
/** The first to show each known difference, and others from the first on. */
const showing: string[] = [];
const others: string[] = [];
let n = 0;
for await (const line of createInterface({ input: child.stdout })) {
  const c = cases[n++];
  const isNew = tally.add(c, JSON.parse(line) as Answer);
  const pair = `${JSON.stringify(c)}\n${line}\n`;
  if (isNew) showing.push(pair);
  else if (others.length < RECORD) others.push(pair);
}
const status = await ended;
console.log(`PyTorch ${version}, seed ${seed}`);
console.log(tally.report());
console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
if (status !== 0 || n !== count) {
  console.error(`verify:torch: expected ${count} answers, got ${n} (exit ${String(status)})`);
  process.exitCode = 1;
} else if (tally.unexplained.length > 0) process.exitCode = 1;
else if (values.record) {
  const kept = [...showing, ...others.slice(0, RECORD - showing.length)];
  writeFileSync(RECORDED, gzipSync(kept.join(""), { level: 9 }));
  console.log(`${kept.length} cases written to ${RECORDED.pathname}`);
}
