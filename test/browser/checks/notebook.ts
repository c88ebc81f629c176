/** The notebook: the lecture run as cells, endless loops interrupted, links and reloads. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "puppeteer-core";
import { type Shared, toLink } from "../../../web/notebook/document/share.js";
import { splitScript } from "../../../web/notebook/script/cells.js";
import { environment, root } from "../../train/support.js";
import type { BrowserCheck } from "../support.js";

const { buildWeb } = createRequire(import.meta.url)("../../../scripts/web.cjs") as {
  buildWeb(outdir: string): Promise<unknown>;
};

const SCALE = "0.001";

/** Without blank lines and headings, which cells have as text, and without times. */
const lines = (text: string): string[] =>
  text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("## "))
    .map((line) => line.replace(/\d+ ms$/, "ms"));

function printedByScript(folder: string): string[] {
  const tsx = createRequire(import.meta.url).resolve("tsx");
  const script = join(root, "examples", "lecture.ts");
  const command = ["--import", pathToFileURL(tsx).href, script, "--scale", SCALE];
  return lines(
    execFileSync(process.execPath, command, {
      cwd: folder,
      encoding: "utf8",
      env: environment(),
    }),
  );
}

/** The lecture with another default of --scale, as a reader would share it. */
function lecture(): Shared {
  const source = readFileSync(join(root, "examples", "lecture.ts"), "utf8");
  const scaled = source.replace('default: "1"', `default: "${SCALE}"`);
  if (scaled === source) throw new Error("examples/lecture.ts has no default of --scale");
  return { title: "The lecture", cells: splitScript(scaled) };
}

const code = (...sources: string[]): Shared => ({
  title: "Check",
  cells: sources.map((source) => ({ kind: "code", source })),
});

/** A page that is there and whose kernel is ready. */
async function ready(page: Page): Promise<void> {
  await page.evaluate("globalThis.__name = (f) => f"); // tsx names functions with it
  await until(page, "the kernel is ready", () =>
    /^Ready/.test(document.querySelector(".nb-status")?.textContent ?? ""),
  );
}

async function until(page: Page, what: string, holds: () => boolean, ms = 60_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await page.evaluate(holds))) {
    if (performance.now() > end) {
      const shown = await page.$eval("main:not([hidden])", (main) => main.textContent);
      throw new Error(`${what}: not after ${ms} ms; the page shows ${shown?.slice(0, 500)}`);
    }
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Presses a button of a name. */
async function press(page: Page, name: string): Promise<void> {
  const pressed = await page.evaluate((name) => {
    const button = [...document.querySelectorAll<HTMLElement>(".nb button, .nb summary")].find(
      (button) => (button.ariaLabel ?? button.textContent ?? "").includes(name),
    );
    button?.click();
    return button !== undefined;
  }, name);
  if (!pressed) throw new Error(`the page has no button "${name}"`);
}

const idle = () =>
  [...document.querySelectorAll<HTMLElement>(".nb-cell")].every(
    ({ dataset }) => dataset.status === "idle",
  );
const printed = (page: Page): Promise<string> =>
  page.$$eval(".nb-output pre:not(.nb-stderr, .nb-value)", (all) =>
    all.map(({ textContent }) => textContent ?? "").join(""),
  );
const outputs = (page: Page): Promise<string[]> =>
  page.$$eval(".nb-code-cell", (cells) =>
    cells.map((cell) => cell.querySelector(".nb-output")?.textContent ?? ""),
  );
const run = (page: Page, cell: number) => press(page, `Run cell ${cell}`);

function expectEqual(what: string, got: unknown, expected: unknown): void {
  const [one, other] = [got, expected].map((value) => JSON.stringify(value));
  if (one !== other) throw new Error(`${what}: expected ${other}, got ${one}`);
}

/** Nothing runs by itself; all cells print what the script prints, and draw four pictures. */
async function runsTheLecture(page: Page, expected: readonly string[]): Promise<void> {
  await ready(page);
  await new Promise((done) => setTimeout(done, 500));
  expectEqual("what ran by itself", (await outputs(page)).join(""), "");
  expectEqual("the notice", await page.$$eval(".nb-notice", (all) => all.length), 1);
  await press(page, "Run all");
  await until(page, "the lecture ends", idle, 600_000);
  const got = lines(await printed(page));
  for (const [i, line] of expected.entries()) expectEqual(`line ${i + 1}`, got[i], line);
  expectEqual("lines", got.length, expected.length);
  const pictures = await page.$$eval(".nb-output img", (all) =>
    all.map((image) => (image as HTMLImageElement).naturalWidth > 300 && image.ariaLabel !== ""),
  );
  expectEqual("pictures", pictures, [true, true, true, true]);
  await page.setViewport({ width: 375, height: 740 });
  const widths = await page.$$eval(".nb-output img", (all) => all.map(({ width }) => width > 600));
  expectEqual("pictures that can be read on a phone", widths, [true, true, true, true]);
  const fits = await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  expectEqual("whether the page fits a phone", fits, true);
}

/** What makes another cell stale is found from there. */
async function showsWhatMadeStale(page: Page): Promise<void> {
  await ready(page);
  for (const cell of [1, 2, 1]) {
    await run(page, cell);
    await until(page, "a cell runs", idle);
  }
  const cells = () => page.$$(".nb-code-cell");
  const link = await (await cells())[1].$(".nb-stale .nb-link");
  if (link === null) throw new Error("the second cell is not marked as stale");
  await link.click();
  const inFirst = await (
    await cells()
  )[0].evaluate((cell) => cell.contains(document.activeElement));
  expectEqual("whether the focus is in the cell that made it stale", inFirst, true);
}

/** `stays` says whether variables can outlive a loop that never waits. */
async function interrupts(page: Page, stays: boolean): Promise<void> {
  await ready(page);
  await run(page, 1);
  await until(page, "a cell runs", idle);
  await run(page, 2);
  await until(page, "a loop runs", () => document.querySelector(".nb-running") !== null);
  await new Promise((done) => setTimeout(done, 300));
  await press(page, "Interrupt");
  if (!stays) {
    await until(page, "another way is offered", () =>
      /does not listen/.test(document.querySelector(".nb-status")?.textContent ?? ""),
    );
    await press(page, "It does not listen");
    await ready(page);
  }
  await until(page, "the loop ends", idle, 5000);
  expectEqual(
    "after an interrupt",
    (await outputs(page))[1].slice(0, 8),
    stays ? "Interrup" : "Stopped:",
  );
  await run(page, 3);
  await until(page, "a cell runs again", idle);
  expectEqual("variables", (await outputs(page))[2], stays ? "'number'" : "'undefined'");
}

/** Errors name their lines, those of other cells too; text is no code. */
async function failsAtALine(page: Page): Promise<void> {
  await ready(page);
  for (const cell of [1, 2, 3]) {
    await run(page, cell);
    await until(page, "a cell runs", idle);
  }
  const shown = await outputs(page);
  expectEqual("a cell that declares", shown[0], "");
  for (const line of ["Error: here", "line 3", "line 2"])
    if (!shown[1].includes(line)) throw new Error(`expected "${line}", got ${shown[1]}`);
  if (!/EvalError|blocked by CSP/.test(shown[2]))
    throw new Error(`expected no eval in a cell, got ${shown[2]}`);
}

/** A million lines: bounded, and the page alive. */
async function floods(page: Page): Promise<void> {
  await ready(page);
  await run(page, 1);
  await until(page, "a million lines are printed", idle);
  const text = (await outputs(page))[0];
  if (text.length > 300_000 || !text.includes("lines are left out") || !/line 999999\n/.test(text))
    throw new Error(`a million lines: expected the first and the last, got ${text.length}`);
}

/** What was typed is there after a reload in the middle of a run, and runs. */
async function survivesReload(page: Page): Promise<void> {
  await ready(page);
  await page.click(".nb-code-cell .cm-content");
  await page.keyboard.down("Control");
  await page.keyboard.press("End");
  await page.keyboard.up("Control");
  await page.keyboard.type(" + 2");
  await run(page, 2);
  await until(page, "a loop runs", () => document.querySelector(".nb-running") !== null);
  await page.reload();
  await ready(page);
  expectEqual("after a reload", (await outputs(page)).join(""), "");
  await run(page, 1);
  await until(page, "a cell runs", idle);
  expectEqual("what was typed", (await outputs(page))[0], "42");
  const notices = await page.$$eval(".nb-notice", (all) => all.map((one) => one.textContent));
  expectEqual("notices", notices, []);
}

const check: BrowserCheck = {
  name: "the notebook runs the lecture, is interrupted, shared and reloaded",
  async run({ browser, folder, url, visit }) {
    await buildWeb(folder);
    const expected = printedByScript(folder);
    const loops = code("let kept = 1", "for (;;) { kept += 1 }", "typeof kept");
    const link = (page: string, shared: Shared) => `${page}#notebook?shared=${toLink(shared)}`;
    for (const [address, stays] of [
      [`${url}index.html`, true],
      // From disk Chromium tells a worker apart from its page: they share no blob.
      [pathToFileURL(join(folder, "mm-train.html")).href, browser === "firefox"],
    ] as const) {
      await visit(link(address, lecture()), (page) => runsTheLecture(page, expected));
      await visit(link(address, code("let a = 1", "a + 1")), showsWhatMadeStale);
      await visit(link(address, loops), (page) => interrupts(page, stays));
      await visit(
        link(
          address,
          code("function f() {\n\n  throw new Error('here');\n}", "1;\nf()", "eval('1')"),
        ),
        failsAtALine,
        /Content.Security.Policy/i,
      );
      await visit(
        link(address, code("for (let i = 0; i < 1e6; i++) console.log('line', i)")),
        floods,
      );
      await visit(link(address, code("40", "for (;;);")), survivesReload);
    }
    return `${expected.length} lines of the lecture`;
  },
};
export default check;
