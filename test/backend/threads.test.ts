/** Threads where the system refuses to make them, and beside another copy of the package. */
import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { loadNative } from "../../lib/backend/native/native.js";
import { installed } from "../train/support.js";

const MORE_THAN_ALLOWED = 64;

/** Lowers its own limit to `more` threads than it has, then asks for many. */
const PROGRAM = `
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
const { ones, noGrad, setThreads, threads } = await import(process.argv[1]);
const product = () => noGrad(() => ones([300, 300]).matmul(ones([300, 300])).sum().item());
const alone = product();
const limit = readdirSync("/proc/self/task").length + Number(process.argv[2]);
execFileSync("prlimit", ["--pid", String(process.pid), "--nproc=" + limit]);
setThreads(${MORE_THAN_ALLOWED});
setThreads(${MORE_THAN_ALLOWED - 1});
const text = await readFile("/proc/self/status", "utf8");
console.log(JSON.stringify({
  threads: threads(), same: product() === alone, limited: text.includes("Threads:"),
}));
`;

// Root has no limit of threads, and a user's counts all processes of that user: one of its own.
const isRoot = process.platform === "linux" && process.getuid?.() === 0;

describe.skipIf(!isRoot)(
  "where the system refuses to make threads (needs root, to be another user)",
  () => {
    const refused = (more: number) => {
      const folder = installed();
      chmodSync(folder, 0o755);
      const uid = 20_000 + (process.pid % 20_000);
      const args = [
        "--input-type=module",
        "-e",
        PROGRAM,
        join(folder, "dist", "index.js"),
        String(more),
      ];
      const env = { PATH: process.env.PATH, MM_THREADS: "1", MM_BACKEND: "native" };
      return spawnSync(process.execPath, args, { uid, gid: uid, env, encoding: "utf8" });
    };
    const line = (there: number) =>
      `mm-train: the system makes no more threads: ${there} of ${MORE_THAN_ALLOWED} do the work, with the ` +
      "same results; raise the limit (ulimit -u, ulimit -v, the container's) or ask for " +
      `${there} (MM_THREADS, setThreads)\n`;

    // Four that could be made are left to Node, which ends where it cannot make its own.
    it.each([
      [0, 1],
      [3, 1],
      [7, 4],
    ])("%i more than there are: %i work, and one line says so", (more, there) => {
      const { status, signal, stdout, stderr } = refused(more);
      expect(stderr).toBe(line(there));
      expect({ status, signal }).toEqual({ status: 0, signal: null });
      expect(JSON.parse(stdout)).toEqual({
        threads: MORE_THAN_ALLOWED - 1,
        same: true,
        limited: true,
      });
    });
  },
);

describe("another copy of the package", () => {
  const before = loadNative().threads;
  afterEach(() => loadNative().setThreads(before));

  it("has threads of its own, and leaves those that a program has set", async () => {
    loadNative().setThreads(3);
    vi.resetModules();
    const copy = await import("../../lib/backend/native/native.js");
    expect(copy.loadNative).not.toBe(loadNative);
    expect(copy.loadNative().threads).toBe(before);
    copy.loadNative().setThreads(2);
    expect(loadNative().threads).toBe(3);
  });
});
