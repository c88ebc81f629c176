/** `mm-train lab`: runs in a browser, live; and what of the same page cannot ask its server. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Page } from "puppeteer-core";
import type { BrowserCheck } from "../support.js";

const COMMAND = join(import.meta.dirname, "../../../dist/cli/main.js");
const NAMES = ["anna", "bob", "carla", "dora", "emil", "fritz", "gustav", "hanna", "ida", "jan"];
/** A name of a run that would be a script where it were not a text. */
const ODD = "<img src=x onerror=alert(1)>";

const start = (args: readonly string[], cwd: string): ChildProcess =>
  spawn(process.execPath, [COMMAND, ...args], { cwd, stdio: ["ignore", "pipe", "ignore"] });

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "close");
}

async function there(page: Page, holds: string, timeout = 30_000): Promise<void> {
  const end = performance.now() + timeout;
  while (!(await page.evaluate(holds))) {
    if (performance.now() > end) throw new Error(`after ${timeout} ms it does not hold: ${holds}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
const text = (selector: string): string =>
  `document.querySelector(${JSON.stringify(selector)})?.textContent`;

/** Steps that the page of a live run shows as done. */
const DONE = "Number(document.querySelector('.lab progress')?.value ?? -1)";

/** What a cell of a notebook could do: in a worker, made of a Blob as the page makes its own. */
const FROM_A_WORKER = `new Promise((done) => {
  const code = \`(async () => {
    const answers = [];
    for (const path of ["runs", "runs/first", "compare?run=first&run=live"]) {
      const answer = await fetch("ORIGIN/api/" + path, { credentials: "include" });
      answers.push({ status: answer.status, text: await answer.text() });
    }
    const reach = [typeof sessionStorage, typeof document, typeof window].join(", ");
    postMessage({ answers, reach });
  })();\`.replaceAll("ORIGIN", location.origin);
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  new Worker(url).onmessage = ({ data }) => done(data);
})`;

/** A chart that the browser has drawn. */
const PICTURE = "document.querySelector('.lab img.picture')?.naturalWidth > 0";

const check: BrowserCheck = {
  name: "the lab shows runs while they train, compares them, and tells no worker of them",
  async run({ folder, visit }) {
    writeFileSync(join(folder, "words.txt"), NAMES.map((name) => `${name}\n`).join(""));
    mkdirSync(join(folder, "runs"));
    const quick = ["words.txt", "--hidden", "8", "--quiet", "--steps"];
    await ended(start([...quick, "300", "--out", "runs/first"], folder));
    await ended(start([...quick, "200", "--out", join("runs", ODD)], folder));
    const endless = ["--log-every", "50", "--checkpoint-every", "500", "--out", "runs/live"];
    const training = start([...quick, "100000000", ...endless], folder);
    const lab = start(["lab", "--port", "0", "--json"], folder);
    try {
      const [line] = (await once(createInterface(lab.stdout!), "line")) as [string];
      const { address } = JSON.parse(line) as { address: string };
      await visit(address, compares);
      await visit(address, opensInThePlayground);
      await visit(address, tellsNoWorker, /401/);
      await visit(address, (page) =>
        follows(page, async () => {
          training.kill("SIGKILL");
          await ended(training);
        }),
      );
    } finally {
      training.kill("SIGKILL");
      lab.kill("SIGINT");
      await ended(lab);
    }
    if (lab.exitCode !== 130) throw new Error(`lab ended with ${lab.exitCode}, expected 130`);
    return "live, compared, killed";
  },
};
export default check;

/** Chosen by keyboard alone, compared, and there again after a reload. */
async function compares(page: Page): Promise<void> {
  await there(page, "document.querySelectorAll('.lab .list tbody').length === 3");
  if (page.url().includes("token")) throw new Error(`the token stays in ${page.url()}`);
  for (const name of ["first", ODD]) {
    await page.focus(`input[aria-label=${JSON.stringify(`Choose ${name}`)}]`);
    await page.keyboard.press(" ");
  }
  await there(page, `${text(".lab .button")} === "Compare 2 runs"`);
  await page.focus(".lab .button");
  await page.keyboard.press("Enter");
  await there(page, PICTURE);
  const told = String(await page.evaluate("document.querySelector('.lab table').textContent"));
  if (!told.includes(ODD)) throw new Error(`expected ${ODD} as a text, got ${told}`);
  await page.reload();
  await there(page, PICTURE);
}

/** A run of the machine goes over to the playground, with its list and where it stood. */
async function opensInThePlayground(page: Page): Promise<void> {
  await there(page, "document.querySelectorAll('.lab .list tbody').length === 3");
  await page.evaluate('location.hash = "runs?run=live"');
  await there(page, `${text(".lab .run header")}?.includes("Not for the playground: it is still")`);
  await page.evaluate('location.hash = "runs?run=first"');
  await there(page, `${text(".lab .run header .button")} === "Open in playground"`);
  await page.focus(".lab .run header .button");
  await page.keyboard.press("Enter");
  await there(page, `${text(".playground .numbers dd")} === "300 of 300"`);
  await there(page, `${text(".playground .list .name")} === "words.txt"`);
  if (!page.url().includes("#playground?") || page.url().includes("run=first"))
    throw new Error(`expected the settings of the run in the address, got ${page.url()}`);
}

/** Shown, marked as training, followed while it goes on, and said to be stopped when killed. */
async function follows(page: Page, kill: () => Promise<void>): Promise<void> {
  await there(page, `${text("tbody.training a")} === "live"`);
  await page.click("tbody.training a");
  await there(page, `${DONE} > 0`);
  const before = (await page.evaluate(DONE)) as number;
  await there(page, `${DONE} > ${before}`);
  await kill();
  await there(page, `${text(".lab .notice")}?.startsWith("The training was stopped")`);
}

/** A worker of the page has its origin, and neither the token nor where that is kept. */
async function tellsNoWorker(page: Page): Promise<void> {
  await there(page, "document.querySelectorAll('.lab .list tbody').length === 3");
  const { answers, reach } = (await page.evaluate(FROM_A_WORKER)) as {
    answers: { status: number; text: string }[];
    reach: string;
  };
  if (answers.some(({ status }) => status !== 401) || answers.length !== 3)
    throw new Error(`expected 401, a worker got ${JSON.stringify(answers)}`);
  if (reach !== "undefined, undefined, undefined")
    throw new Error(`a worker reaches what keeps the token: ${reach}`);
}
