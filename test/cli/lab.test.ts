/** `mm-train lab`, and `mm-train --open`. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { made } from "../train/support.js";
import {
  jsonLines,
  mmTrain,
  onlyLine,
  printed,
  scratch,
  SMALL,
  startMmTrain,
  wordsFile,
} from "./support.js";

const folder = scratch();
let home: string;
beforeAll(async () => {
  home = folder();
  wordsFile(home);
  printed(await mmTrain(["words.txt", ...SMALL, "--quiet"], home));
});

/** A folder with a browser that keeps its words and the file that it is to show. */
function browser(): { PATH: string; shown: string; words: string; TMPDIR: string } {
  const dir = folder();
  const [shown, words, TMPDIR] = [join(dir, "shown"), join(dir, "words"), made(join(dir, "tmp"))];
  for (const name of ["xdg-open", "open"]) {
    const program = join(dir, name);
    const keep = `echo "$@" > ${words}; /bin/cat "$1" > ${shown}-; /bin/mv ${shown}- ${shown}`;
    writeFileSync(program, `#!/bin/sh\n${keep}\n`);
    chmodSync(program, 0o755);
  }
  return { PATH: dir, shown, words, TMPDIR };
}

/** Where a page leads. */
async function ledTo(shown: string): Promise<string> {
  const page = await written(shown);
  const [, address] = /http-equiv="refresh" content="0;url=([^"]*)"/.exec(page) ?? [];
  return address.replaceAll("&amp;", "&");
}

async function written(file: string): Promise<string> {
  for (;;) {
    try {
      return readFileSync(file, "utf8").trim();
    } catch {
      await new Promise((done) => setTimeout(done, 20));
    }
  }
}

async function ask(address: string, path: string): Promise<unknown> {
  const [origin, query] = address.split("#runs?");
  const headers = { Authorization: `Bearer ${new URLSearchParams(query).get("token")}` };
  return (await fetch(`${origin}api/${path}`, { headers })).json();
}

describe("lab", () => {
  it("prints its address, serves the page and the runs, and ends at Ctrl-C", async () => {
    const lab = startMmTrain(["lab", "--port", "0"], home);
    const [address] = (await lab.line("stdout")).split(" ");
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#runs\?token=[0-9a-f]{32}$/);
    expect(await (await fetch(address)).text()).toContain("<title>mm-train");
    expect(await ask(address, "runs")).toMatchObject({ runs: [{ name: "words", state: "done" }] });
    lab.child.kill("SIGINT");
    const { code, signal, stderr } = await lab.finished;
    expect({ code, signal, stderr }).toEqual({ code: 130, signal: null, stderr: "" });
  });

  it("--json says the address, --runs another folder, --open shows it", async () => {
    const { shown, words, ...env } = browser();
    const other = made(join(folder(), "other"));
    const lab = startMmTrain(
      ["lab", "--port", "0", "--json", "--runs", other, "--open"],
      home,
      env,
    );
    const [said] = jsonLines<{ event: string; address: string; port: number }>(
      `${await lab.line("stdout")}\n`,
    );
    expect(said).toEqual({
      event: "listening",
      address: said.address,
      port: Number(new URL(said.address).port),
    });
    expect(await ask(said.address, "runs")).toEqual({ runs: [], sweep: false });
    expect(await ledTo(shown)).toBe(said.address);
    // Others on the machine see the words of the command; the file is its owner's alone.
    const file = await written(words);
    expect(file).not.toContain(new URLSearchParams(said.address.split("?")[1]).get("token"));
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    lab.child.kill("SIGTERM");
    expect((await lab.finished).code).toBe(130);
    expect(readdirSync(env.TMPDIR)).toEqual([]);
  });

  it("says where no browser can be opened", async () => {
    const lab = startMmTrain(["lab", "--port", "0", "--open"], home, { PATH: folder() });
    expect(await lab.line("stderr")).toMatch(
      /^mm-train: no browser was opened \(.*: ENOENT\): open the address yourself$/,
    );
    lab.child.kill("SIGINT");
    await lab.finished;
  });

  it("says in a line what is wrong", async () => {
    const line = async (args: string[], code: number) =>
      onlyLine(await mmTrain(["lab", ...args], home), code);
    expect(await line(["--port", "x"], 2)).toMatch(
      /^--port: expected a whole number from 0 to 65535, got "x"/,
    );
    expect(await line(["--port", "65536"], 2)).toMatch(/got 65536/);
    expect(await line(["--runs", ""], 2)).toMatch(/^--runs: expected a folder/);
    expect(await line(["--runs", "words.txt"], 1)).toMatch(/^words\.txt: is a file/);
    const lab = startMmTrain(["lab", "--port", "0", "--json"], home);
    const { port } = JSON.parse(await lab.line("stdout")) as { port: number };
    expect(await line(["--port", String(port)], 2)).toMatch(/which is taken/);
    lab.child.kill("SIGINT");
    await lab.finished;
  });
});

describe("train --open", () => {
  it("shows the training while it goes on, and ends with it", async () => {
    const { shown, words: _, ...env } = browser();
    const dir = folder();
    wordsFile(dir);
    const args = ["words.txt", ...SMALL, "--steps", "100000000", "--log-every", "20", "--open"];
    const training = startMmTrain(args, dir, env);
    const address = await ledTo(shown);
    expect(new URLSearchParams(address.split("#runs?")[1]).get("run")).toBe("words");
    const news = (await ask(address, "runs/words/live")) as { state: string; steps: number };
    expect(news).toMatchObject({ state: "training", steps: 100_000_000 });
    training.child.kill("SIGINT");
    for (;;) {
      const { state } = (await ask(address, "runs/words/live")) as { state: string };
      if (state !== "training") break;
      await new Promise((done) => setTimeout(done, 50));
    }
    expect(await ask(address, "runs/words")).toMatchObject({ name: "words", state: "stopped" });
    const { code, stdout } = await training.finished;
    expect(code).toBe(130);
    expect(stdout).toContain("the model so far is saved");
    await expect(fetch(address)).rejects.toThrow();
  });

  it("ends at once where no page asked, with the same result", async () => {
    const dir = folder();
    wordsFile(dir);
    const result = async (...more: string[]) => {
      const { code, stdout } = await mmTrain(["words.txt", ...SMALL, "--json", ...more], dir, {
        PATH: folder(),
      });
      expect(code).toBe(0);
      return jsonLines<{ loss?: object; samples?: string[] }>(stdout).at(-1);
    };
    const [open, plain] = [await result("--open"), await result()];
    expect([open?.loss, open?.samples]).toEqual([plain?.loss, plain?.samples]);
  });

  it("says before it trains that there is nothing to resume", async () => {
    mkdirSync(join(home, "empty"), { recursive: true });
    const line = onlyLine(await mmTrain(["--resume", "--open"], join(home, "empty")), 1);
    expect(line).toContain("holds no run folder");
  });
});
