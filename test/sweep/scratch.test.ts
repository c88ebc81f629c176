/** What a worker finds of those before it. */
import { lchownSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { leftRuns } from "../../lib/sweep/queue/scratch.js";
import { scratch } from "../train/support.js";

const folder = scratch();
afterEach(() => vi.unstubAllEnvs());

/** No process has this number. */
const GONE = 2 ** 22 + 1;
const RUN = `0a-${"1".repeat(24)}`;

// Only root may give a folder away.
it.runIf(process.getuid?.() === 0)("are this user's own: anybody may put some beside them", () => {
  const [tmp, elsewhere] = [folder(), folder()];
  vi.stubEnv("TMPDIR", tmp);
  const place = (name: string) => join(tmp, `mm-train-worker-${GONE}-${name}`);
  mkdirSync(join(place("own"), `${RUN}~1`), { recursive: true });
  mkdirSync(join(place("other"), `${RUN}~2`), { recursive: true });
  mkdirSync(join(elsewhere, `${RUN}~3`));
  symlinkSync(elsewhere, place("link"));
  for (const name of ["other", "link"]) lchownSync(place(name), 12345, 12345);
  expect(leftRuns()).toEqual([{ id: RUN, dir: join(place("own"), `${RUN}~1`) }]);
});
