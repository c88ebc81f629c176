/**
 * What only a real browser shows. `npm run verify:browser [-- --quick] [NAME ...]`
 *
 * Runs the files of test/browser/checks/ (those whose name holds a NAME) in Chromium and Firefox;
 * with --quick in Chromium only, and without those that are slow.
 */
import { mkdtempSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  BROWSERS,
  type BrowserCheck,
  type BrowserName,
  installed,
  launch,
  serve,
  visitor,
} from "../../test/browser/support.js";
import { check, conclude, folder, need, root } from "./support.js";

const words = process.argv.slice(2);
const names = words.filter((word) => !word.startsWith("--"));
const quick = words.includes("--quick");
const browsers: readonly BrowserName[] = quick ? ["chromium"] : ["chromium", "firefox"];

const CHECKS = join(root, "test", "browser", "checks");
const files = readdirSync(CHECKS).filter(
  (file) => names.length === 0 || names.some((name) => file.includes(name)),
);
if (files.length === 0) throw new Error(`no check in ${CHECKS} is called ${names.join(" ")}`);

for (const name of browsers) {
  const program = () =>
    installed(name) ?? need(BROWSERS[name].commands[0], BROWSERS[name].commands[0]);
  for (const file of files) {
    const module = (await import(join(CHECKS, file))) as { default: BrowserCheck };
    if (quick && module.default.slow) continue;
    await check(`${name}: ${module.default.name}`, async () => {
      const browser = await launch(name, program());
      const home = mkdtempSync(join(folder, "served-"));
      const { url, close } = await serve(home);
      try {
        return await module.default.run({
          browser: name,
          folder: home,
          url,
          visit: visitor(browser, url),
        });
      } finally {
        await browser.close();
        close();
      }
    });
  }
}
conclude();
