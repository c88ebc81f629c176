/** Resident memory stays flat: from the lowest after a warm-up to the end, less than 5 MB. `npm run verify:memory [-- --quick]` */
import { check, conclude, run } from "./support.js";

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
    const args = ["--expose-gc", "--import", "tsx", "scripts/verify/memory-program.ts", kind, String(part * warm), String(part * steps)];
    const { lowest, end, peak, steps: done } = JSON.parse((await run(process.execPath, args, {}, 0)).stdout.toString()) as Record<string, number>;
    if (done !== part * steps || !(lowest > 0)) throw new Error(`${done} steps done, ${lowest} bytes at the lowest`);
    const figure = `${mega(end - lowest)} MB more at the end than ever after step ${(part * warm).toLocaleString("en")} (${mega(end)} MB; peak ${mega(peak)} MB)`;
    if (!(end - lowest < LIMIT)) throw new Error(`${figure}; expected less than ${mega(LIMIT)} MB`);
    return figure;
  });
}
conclude();
