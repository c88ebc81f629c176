/** A run goes through a .zip and on in another folder; prints the .zip and how the run ends. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resume, train } from "../../../lib/index.js";
import { unzipInto, zipFolder } from "../../../web/files/zip.js";

const words = ["anna", "bob", "carla", "dora", "emil", "fritz", "gustav", "hanna", "ida", "jan"];

async function main(): Promise<void> {
  await train({ words, hidden: 4, embedding: 2, batchSize: 8, lr: "0.1", steps: 7, out: "runs/a" });
  const zip = zipFolder("runs/a");
  const names = unzipInto(zip, "runs/b", "a.zip");
  await resume("runs/b", { words, steps: 12 });
  const model = createHash("sha256").update(readFileSync("runs/b/model.safetensors")).digest("hex");
  console.log(JSON.stringify({ names, model, zip: Buffer.from(zip).toString("base64") }));
}

main().catch((error) => console.log(JSON.stringify({ error: String(error) })));
