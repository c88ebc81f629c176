import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const here = dirname(fileURLToPath(import.meta.url));

// The addon is loaded in the workers only, so its library is unloaded with the last of them: helper
// threads must survive that.
test.each(["exit", "terminate"])(
  "20 workers load the addon, run a parallel product and end by %s",
  (ending) => {
    const child = spawnSync(
      process.execPath,
      ["--import", "tsx", join(here, "workers.ts"), ending],
      { encoding: "utf8", timeout: 100_000 },
    );
    expect(child.stderr).toBe("");
    expect({ status: child.status, signal: child.signal }).toEqual({ status: 0, signal: null });
    expect(child.stdout).toBe("20 equal products\n");
  },
);
