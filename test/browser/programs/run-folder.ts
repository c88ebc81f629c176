/** Trains into run folders and prints what lies in them; the same in Node and in a browser. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadRun, resume, sample, Generator, train } from "../../../lib/index.js";

const WORDS = ["anna", "bob", "carla", "dora", "emil", "fritz", "gustav", "hanna", "ida", "jan"];
const settings = {
  words: WORDS,
  hidden: 4,
  embedding: 2,
  samples: 3,
  batchSize: 8,
  lr: "0.1",
  evalEvery: 3,
  checkpointEvery: 3,
};

/** What a file says whoever trains, whenever: the machine and its speed are left out. */
function lasting(name: string, text: string): string {
  const lines = text.split("\n");
  if (name === "metrics.jsonl") return lines.filter((line) => !line.includes('"cpu"')).join("\n");
  if (name === "report.html")
    return text
      .replace(/<section aria-labelledby="machine">.*?<\/section>/s, "")
      .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/, "");
  // Its lines for those two, whose digests `readVerified` checks.
  return name === "SHA256SUMS" ? lines.map((line) => line.split("  ")[1]).join("\n") : text;
}

const digests = (dir: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(dir)
      .sort()
      .map((name) => {
        const text = lasting(name, readFileSync(join(dir, name), "latin1"));
        return [name, createHash("sha256").update(text).digest("hex")];
      }),
  );

async function main(): Promise<void> {
  await train({ ...settings, steps: 12, out: "runs/whole" });
  await train({ ...settings, steps: 7, out: "runs/resumed" });
  const halfway = digests("runs/resumed");
  await resume("runs/resumed", { words: WORDS, steps: 12 });
  const { model, vocabulary } = loadRun("runs/resumed");
  console.log(
    JSON.stringify({
      whole: digests("runs/whole"),
      halfway,
      resumed: digests("runs/resumed"),
      samples: sample(model, vocabulary, 5, new Generator(1)),
    }),
  );
}

main().catch((error) => console.log(JSON.stringify({ error: String(error) })));
