/** A run of the machine as the page opens it: its own files, its list, and no others. */
import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import { encodeSafetensors, train } from "../../lib/index.js";
import { RunsFolder } from "../../lib/lab/runs-folder.js";
import { RunFiles } from "../../lib/run/disk/run-files.js";
import { sha256, SUMS } from "../../lib/run/disk/sums.js";
import { scratch, wordsFile } from "../train/support.js";
import { Worker } from "../web/support.js";
import { served } from "./support.js";

const folder = scratch();
const SETTINGS = { hidden: 4, steps: 40, logEvery: 5, evalEvery: 10, pictures: false };
/** Of the run `one`, which learned from a file. */
let [top, list, digest] = ["", "", ""];

async function trained(): Promise<void> {
  top = join(folder(), "runs");
  list = wordsFile(folder());
  const { model, steps } = await train({ ...SETTINGS, data: list, out: join(top, "one") });
  digest = sha256(encodeSafetensors(model.stateDict(), { step: String(steps) }));
  writeFileSync(join(top, "one", "notes.txt"), "of the reader");
}
beforeAll(trained);

async function archive(name: string): Promise<Uint8Array> {
  const { ask } = await served(new RunsFolder(top));
  const answer = await ask(`/api/runs/${name}/files`);
  if (answer.status !== 200) throw new Error(await answer.text());
  expect(answer.headers.get("content-type")).toBe("application/zip");
  return new Uint8Array(await answer.arrayBuffer());
}
const refusal = (name: string): Promise<string> =>
  archive(name).then(
    () => "none",
    (error: Error) => (JSON.parse(error.message) as { error: string }).error,
  );

describe("an archive", () => {
  it("has what SHA256SUMS lists, and the list", async () => {
    const names = Object.keys(unzipSync(await archive("one"))).sort();
    expect(names).toEqual([
      SUMS,
      "best.safetensors",
      "config.json",
      "corpus.json",
      "list/words.txt",
      "metrics.jsonl",
      "model.safetensors",
      "samples.txt",
      "state.safetensors",
      "vocabulary.json",
    ]);
  });

  it("is the run in the playground, to the same bits", async () => {
    const worker = new Worker(folder());
    const bytes = await archive("one");
    const names = { kind: "names" } as const;
    worker.send({ kind: "open", run: 1, archive: { name: "one.zip", bytes }, list: names });
    expect(worker.all("refused")).toEqual([]);
    expect(worker.all("ready")[0]).toMatchObject({ step: 40, list: { name: "words.txt" } });
    expect(worker.all("digest")[0].sha256).toBe(digest);
  });

  it("leaves out a list that is not what the run learned from", async () => {
    await train({ ...SETTINGS, data: list, out: join(top, "changed") });
    appendFileSync(list, "another\n");
    const bytes = await archive("changed");
    expect(Object.keys(unzipSync(bytes)).join()).not.toContain("list/");
    const worker = new Worker(folder());
    const at = { name: "changed.zip", bytes };
    worker.send({ kind: "open", run: 1, archive: at, list: { kind: "names" } });
    expect(worker.all("refused")[0].message).toContain("comes without its list");
  });

  it("takes no file from elsewhere, whatever SHA256SUMS lists", async () => {
    await trained();
    writeFileSync(join(top, "secret.txt"), "secret");
    const line = (name: string): string => `${sha256("secret")}  ${name}\n`;
    appendFileSync(join(top, "one", SUMS), line("../secret.txt") + line("/etc/passwd"));
    expect(Object.keys(unzipSync(await archive("one"))).join()).not.toMatch(/secret|passwd/);
  });

  it("of a damaged run is refused by the file's name, and not by where it is", async () => {
    await train({ ...SETTINGS, data: wordsFile(folder()), out: join(top, "damaged") });
    appendFileSync(join(top, "damaged", "model.safetensors"), " ");
    const said = await refusal("damaged");
    expect(said).toMatch(/^damaged\/model\.safetensors: its SHA-256/);
    expect(said).not.toContain(top);
  });

  it.each(["none", "..", "one%2F..", "secret.txt"])("of %s is not there", async (name) => {
    expect(await refusal(name)).toMatch(/^there is no such (run|address)$/);
  });

  it("is for who has the token", async () => {
    const { ask } = await served(new RunsFolder(top));
    const answer = await ask("/api/runs/one/files", { headers: { Authorization: "" } });
    expect(answer.status).toBe(401);
  });
});

it.each([
  ["a counted model", { model: "kneser-ney" }, /this run is kneser-ney, which is counted$/],
  ["another model", { model: "bigram", steps: 3 }, /this run is bigram$/],
  ["words", { level: "word", steps: 3, batchSize: 4 }, /this run is over words$/],
] as const)("a run of %s says why it cannot be opened", async (_, settings, said) => {
  const [runs, text] = [folder(), join(folder(), "text.txt")];
  writeFileSync(text, "the cat sat .\nthe dog sat .\na cat ran .\n".repeat(40));
  await train({ ...settings, data: text, out: join(runs, "one"), pictures: false });
  const source = new RunsFolder(runs);
  expect((await source.details("one"))?.notForPlayground).toMatch(said);
  expect(() => source.archive("one")).toThrow(said);
});

it("a run that trains, and one without a model, say so", async () => {
  await trained();
  const dir = join(top, "one");
  const source = new RunsFolder(top);
  expect((await source.details("one"))?.notForPlayground).toBeUndefined();
  const files = new RunFiles(dir);
  expect((await source.details("one"))?.notForPlayground).toMatch(/^it is still training/);
  expect(await refusal("one")).toMatch(/^it is still training/);
  files.close();
  rmSync(join(dir, "model.safetensors"));
  expect(await refusal("one")).toMatch(/^it holds no model/);
});
