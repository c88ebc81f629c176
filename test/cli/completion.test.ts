/** What a shell completes at Tab. */
import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PRESETS } from "../../lib/index.js";
import { OPTIMIZER_NAMES } from "../../lib/optim/registry.js";
import { environment, installed, made } from "../train/support.js";
import { mmTrain, onlyLine, printed, scratch, wordsFile } from "./support.js";

const folder = scratch();
const FILES = "__tabtab_complete_files__";

function home(): string {
  const dir = folder();
  wordsFile(dir, undefined, "sentences.txt");
  for (const name of ["a", "b"])
    writeFileSync(join(made(join(dir, "runs", name)), "config.json"), "{}");
  return dir;
}

/** The lines that the script of a shell is answered with. */
async function answers(line: string, shell = "bash", dir = home()): Promise<string[]> {
  const env = { COMP_LINE: line, COMP_POINT: String(line.length), COMP_CWORD: "1", SHELL: shell };
  return printed(await mmTrain(["completion-server", "--", ...line.split(" ")], dir, env))
    .trimEnd()
    .split("\n");
}

describe.concurrent("the answer to", () => {
  it.each<[string, string[]]>([
    ["mm-train s", ["sample", "score", "sentences.txt", "sweep"]],
    ["mm-train samp", ["sample"]],
    ["mm-train la", ["lab"]],
    ["mm-train lab --", ["--port", "--open", "--runs", "--json", "--help"]],
    ["mm-train --pre", ["--preset"]],
    ["mm-train sample --pre", ["--prefix"]],
    ["mm-train --preset ", Object.keys(PRESETS)],
    ["mm-train words.txt --preset qu", ["quick"]],
    ["mm-train --level w", ["word"]],
    ["mm-train find-lr --optimizer ", OPTIMIZER_NAMES],
    ["mm-train evaluate --split t", ["train", "test"]],
    ["mm-train plot --run ", [join("runs", "a"), join("runs", "b")]],
    ["mm-train compare runs/a runs", [join("runs", "a"), join("runs", "b")]],
    ["mm-train completion ", [FILES]],
    ["mm-train train ", [FILES]],
    ["mm-train --data wo", [FILES]],
    ["mm-train words", [FILES]],
  ])("%j", async (line, expected) => {
    expect((await answers(line)).sort()).toEqual([...expected].sort());
  });

  it("a name with a control character leaves it out", async () => {
    const dir = home();
    writeFileSync(join(dir, "sa\u001bd.txt"), "");
    expect(await answers("mm-train sa", "bash", dir)).toEqual(["sample"]);
  });

  it("other shells has descriptions", async () => {
    expect(await answers("mm-train samp", "zsh")).toEqual([
      "sample:make up words with a trained model",
    ]);
    // fish turns the \t of its script's answer into a tab.
    expect(await answers("mm-train samp", "fish")).toEqual([
      "sample\\tmake up words with a trained model",
    ]);
  });
});

describe("completion", () => {
  it("completes in bash", async () => {
    const dir = home();
    const program = join(made(join(dir, "bin")), "mm-train");
    writeFileSync(
      program,
      `#!/bin/sh\nexec "${process.execPath}" "${join(installed(), "dist/cli/main.js")}" "$@"\n`,
    );
    chmodSync(program, 0o755);
    const script = printed(await mmTrain(["completion", "bash"], dir));
    const line = "mm-train eva";
    const test = `COMP_WORDS=(${line}) COMP_CWORD=1 COMP_LINE="${line}" COMP_POINT=${line.length}
      eval "$(complete -p mm-train | sed 's/.*-F \\([^ ]*\\) .*/\\1/')"; echo "\${COMPREPLY[@]}"`;
    const env = environment({ PATH: `${join(dir, "bin")}:${process.env.PATH ?? ""}` });
    const stdout = execFileSync("bash", ["--norc", "-c", `${script}\n${test}`], {
      cwd: dir,
      env,
      encoding: "utf8",
    });
    expect(stdout.trim()).toBe("evaluate");
  });

  it.each(["zsh", "fish"])("has a script for %s, which asks the server", async (shell) => {
    expect(printed(await mmTrain(["completion", shell], folder()))).toContain(
      "mm-train completion-server",
    );
  });

  it("refuses another shell, and says how scripts are used", async () => {
    expect(onlyLine(await mmTrain(["completion", "tcsh"], folder()), 2)).toContain(
      "bash, zsh, fish",
    );
    const help = printed(await mmTrain(["completion", "--help"], folder()));
    for (const shell of ["bash", "zsh", "fish"])
      expect(help).toContain(`mm-train completion ${shell}`);
  });
});
