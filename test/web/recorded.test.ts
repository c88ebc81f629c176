/** The digests that the page compares with are those of the commands it names, run here. */
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { sha256 } from "../../lib/run/disk/sums.js";
import { DIGESTS } from "../train/recorded-digests.js";
import { mmTrain, parameterHash, scratch } from "../train/support.js";
import { loadRun } from "../../lib/index.js";
import { RECORDED } from "../../web/playground/recorded.js";
import { Worker } from "./support.js";

const folder = scratch();

/** 200,000 steps are for long tests. */
const isShort = (command: string): boolean => command !== "npx mm-train";

it.each(Object.entries(RECORDED).filter(([command]) => isShort(command) || process.env.MM_LONG))(
  "%s",
  async (command, digest) => {
    const dir = join(folder(), "check");
    const options = command.split(" ").slice(2);
    const { code } = await mmTrain([...options, "--samples", "1", "--out", dir], folder());
    expect(code).toBe(0);
    expect(sha256(readFileSync(join(dir, "model.safetensors")))).toBe(digest);
    if (command === "npx mm-train --steps 2000")
      expect(parameterHash(loadRun(dir).model)).toBe(DIGESTS["32@2000"]);
  },
);

it("is told on the way of the page's first run, with its command", async () => {
  const worker = new Worker(folder());
  worker.reset(0, {}, { kind: "names" });
  const told = worker.next("digest", ({ step }) => step === 2000);
  worker.send({ kind: "run" });
  const { command, sha256: digest } = await told;
  worker.send({ kind: "pause" });
  expect(RECORDED[String(command)]).toBe(digest);
});
