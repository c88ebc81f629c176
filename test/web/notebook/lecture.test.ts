/** Every line that the cells of the lecture print is the script's. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { splitScript } from "../../../web/notebook/script/cells.js";
import { environment, root, scratch } from "../../train/support.js";
import { Cells } from "./support.js";

const folder = scratch();

/** Without blank lines and headings, which cells have as text, and without times. */
const lines = (text: string): string[] =>
  text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("## "))
    .map((line) => line.replace(/\d+ ms$/, "ms"));

it("prints in cells what it prints as a script", async () => {
  const out = join(folder(), "pictures");
  const args = ["--scale", "0.001", "--out", out];
  const script = execFileSync(
    process.execPath,
    ["--import", "tsx", "examples/lecture.ts", ...args],
    { cwd: root, encoding: "utf8", env: environment() },
  );
  const notebook = new Cells(args);
  let printed = "";
  for (const { kind, source } of splitScript(
    readFileSync(join(root, "examples/lecture.ts"), "utf8"),
  )) {
    if (kind === "text") continue;
    const { failure, printed: more } = await notebook.run(source);
    expect(failure, source).toBeUndefined();
    printed += more;
  }
  expect(lines(printed)).toEqual(lines(script));
  expect(lines(script).length).toBeGreaterThan(400);
  expect(existsSync(join(out, "loss.svg"))).toBe(true);
});
