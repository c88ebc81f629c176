/**
 * Resident memory stays flat: from the lowest after a warm-up to the end, less than 5 MB. And large
 * lists of words need little of it.
 * `npm run verify:memory [-- --quick]`
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { check, conclude, folder, run } from "./support.js";

const LIMIT = 5e6;
const part = process.argv.includes("--quick") ? 0.1 : 1;
const cases = [
  ["replay", "the lecture's training, replayed", 100_000, 1_000_000],
  ["eager", "eager graphs: forward, backward, update as written", 10_000, 100_000],
  ["words", "network over 2,000 words, replayed", 5_000, 20_000],
] as const;

const mega = (bytes: number): string => (bytes / 1e6).toFixed(2);
for (const [kind, what, warm, steps] of cases) {
  await check(`${what}: ${(part * steps).toLocaleString("en")} steps`, async () => {
    const args = [
      "--expose-gc",
      "--import",
      "tsx",
      "scripts/verify/memory-program.ts",
      kind,
      String(part * warm),
      String(part * steps),
    ];
    const {
      lowest,
      end,
      peak,
      steps: done,
    } = JSON.parse((await run(process.execPath, args, {}, 0)).stdout.toString()) as Record<
      string,
      number
    >;
    if (done !== part * steps || !(lowest > 0))
      throw new Error(`${done} steps done, ${lowest} bytes at the lowest`);
    const figure =
      `${mega(end - lowest)} MB more at the end than ever after step ` +
      `${(part * warm).toLocaleString("en")} (${mega(end)} MB; peak ${mega(peak)} MB)`;
    if (!(end - lowest < LIMIT)) throw new Error(`${figure}; expected less than ${mega(LIMIT)} MB`);
    return figure;
  });
}

/**
 * Lists of random words of 3 to 9 letters, written a million at a time: [what, words, most MB at
 * the peak].
 */
const lists = [
  ["5 million words", 5e6, 600],
  ["300 MB of words", 43e6, 3000],
] as const;

let state = 1;
const draw = (n: number): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
};
const word = (): string =>
  String.fromCharCode(...Array.from({ length: 3 + draw(7) }, () => 97 + draw(26)));

const SAY_PEAK = 'console.error("peak " + process.resourceUsage().maxRSS)';
const PEAK = `data:text/javascript,process.on("exit", () => ${SAY_PEAK})`;
for (const [what, count, most] of lists.slice(0, part < 1 ? 1 : undefined)) {
  await check(`${what}: 10 steps, losses of all splits, report`, async () => {
    const file = join(folder, "words.txt");
    const to = openSync(file, "w");
    for (let i = 0; i < count; i += 1e6) {
      writeSync(to, Array.from({ length: 1e6 }, () => `${word()}\n`).join(""));
    }
    closeSync(to);
    const out = join(folder, `run-${count}`);
    const args = ["--import", PEAK, "dist/cli/main.js", file, "--steps", "10", "--out", out];
    const { stderr } = await run(process.execPath, args, {}, 0);
    const peak = 1024 * Number(/^peak (\d+)$/m.exec(stderr)?.[1]);
    const figure = `peak ${mega(peak)} MB`;
    if (!(peak < most * 1e6)) throw new Error(`${figure}; expected less than ${most} MB`);
    return figure;
  });
}
conclude();
