/** kill -9 at any moment loses nothing: a tenth of `npm run verify:kill`. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { killRuns } from "../../scripts/verify/kill.js";
import { installed } from "../train/support.js";

it(
  "ends with the bits of an undisturbed run, killed at random times and inside the writing of " +
    "files",
  async () => {
    const { same, inside, failures } = await killRuns(
      join(installed(), "dist", "cli", "main.js"),
      10,
      6,
    );
    expect(failures).toEqual([]);
    expect(same).toBe(10);
    expect(inside).toBeGreaterThan(3);
  },
);
