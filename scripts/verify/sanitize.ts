/**
 * AddressSanitizer, UndefinedBehaviorSanitizer, LeakSanitizer and valgrind over the native test
 * program; the first two over the addon in Node. Nothing is suppressed, and a tool counts only if
 * it reports the mistakes of native/test/fault.cc. `npm run verify:sanitize [-- --quick]`
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { supportedIsas } from "../../lib/index.js";
import { addon, check, conclude, need, plan, program, root, run, typescript } from "./support.js";

const quick = process.argv.includes("--quick");

/** Tests that run in Node over the sanitized addon (vitest), and programs. */
const TESTS = quick
  ? ["test/backend/native-border.test.ts", "test/backend/native-plan.test.ts", "test/compile"]
  : ["test/backend", "test/tensor", "test/compile"];
const PROGRAMS = [
  ["test/fuzz/native.ts", "50000", "1"],
  ["test/train/programs/bits.ts", "32@300", "4096@3"],
];

const STEPS = 50;
const training = plan(32, STEPS);

/** Replays the training; it must end with the bits that it had without the tool. */
async function replayed(
  [command, ...args]: string[],
  env: Record<string, string>,
): Promise<string> {
  const { file, digest } = await training;
  const got = createHash("sha256")
    .update((await run(command, [...args, file, "2"], env, 0)).stdout)
    .digest("hex");
  if (got !== digest) throw new Error(`expected parameters ${digest}, got ${got}`);
  return `${STEPS} training steps, 2 threads in every kernel, the same bits`;
}

async function tested([command, ...args]: string[], env: Record<string, string>): Promise<string> {
  const { stdout } = await run(command, args, env, 0);
  return (
    `${/^sets: .*$/m.exec(stdout.toString())?.[0]}; ` +
    `${/^digest: .*$/m.exec(stdout.toString())?.[0]}`
  );
}

/** Every one of these mistakes ends the program, with what it is called. */
async function seeded(
  [command, ...args]: string[],
  env: Record<string, string>,
  faults: Readonly<Record<string, RegExp>>,
): Promise<string> {
  for (const [fault, reported] of Object.entries(faults)) {
    const { code, stderr } = await run(command, [...args, "fault", fault], env);
    if (code === 0 || !reported.test(stderr))
      throw new Error(`${fault} was not reported: exit ${code}, ${stderr.slice(0, 500)}`);
  }
  return `${Object.keys(faults).join(", ")} reported`;
}

const SHARED = "-DMM_FLOPS_PER_THREAD=1e3";
const OPTIONS = { ASAN_OPTIONS: "detect_leaks=1", UBSAN_OPTIONS: "print_stacktrace=1" };
let sanitized: string[] = [];
await check("native program, address + undefined + leak: compiled", async () => {
  sanitized = [await program("sanitized", need("g++", "g++"), SHARED, "--sanitize")];
  return "g++ -O1";
});
if (sanitized.length > 0) {
  await check("native program, address + undefined + leak: every kernel's tests", () =>
    tested(sanitized, OPTIONS),
  );
  for (const MM_ISA of supportedIsas()) {
    const seeds = {
      overrun: /heap-buffer-overflow/,
      overflow: /signed integer overflow/,
      leak: /detected memory leaks/,
    };
    await check(`native program, address + undefined + leak: seeded, ${MM_ISA}`, () =>
      seeded(sanitized, { ...OPTIONS, MM_ISA }, seeds),
    );
    await check(`native program, address + undefined + leak: training, ${MM_ISA}`, () =>
      replayed(sanitized, { ...OPTIONS, MM_ISA }),
    );
  }
}

// Without helpers: what a thread holds until the process ends would count as possibly lost.
const MEMCHECK = [
  "-q",
  "--leak-check=full",
  "--errors-for-leak-kinds=definite,indirect,possible",
  "--error-exitcode=66",
];
let checked: string[] = [];
await check("native program, valgrind memcheck: compiled", async () => {
  checked = [
    need("valgrind", "valgrind"),
    ...MEMCHECK,
    await program("memcheck", need("g++", "g++"), `-g -O1 -DMM_MOST_THREADS=1 ${SHARED}`),
  ];
  return "g++ -O1, without helpers";
});
if (checked.length > 0) {
  // valgrind knows no AVX-512, and tells programs so.
  for (const MM_ISA of supportedIsas().filter((isa) => isa !== "avx512")) {
    const seeds = {
      overrun: /Invalid write/,
      leak: /definitely lost/,
      uninitialised: /depends on uninitialised/,
    };
    await check(`native program, valgrind memcheck: seeded, ${MM_ISA}`, () =>
      seeded(checked, { MM_ISA }, seeds),
    );
    await check(`native program, valgrind memcheck: training, ${MM_ISA}`, () =>
      replayed(checked, { MM_ISA }),
    );
  }
  if (!quick)
    await check("native program, valgrind memcheck: every kernel's tests", () =>
      tested(checked, {}),
    );
}

let env: Record<string, string> | undefined;
await check("addon, address + undefined: compiled", async () => {
  const MM_NATIVE_PATH = await addon("sanitized-addon", "MM_SANITIZE=address,undefined");
  const runtime = (await run("g++", ["-print-file-name=libasan.so"], {}, 0)).stdout
    .toString()
    .trim();
  // Node itself leaves memory to the end of the process: leaks are the native program's and
  // verify:memory's business.
  env = {
    MM_NATIVE_PATH,
    LD_PRELOAD: runtime,
    ASAN_OPTIONS: "detect_leaks=0",
    UBSAN_OPTIONS: "print_stacktrace=1",
  };
  return "cmake-js, MM_SANITIZE=address,undefined";
});
if (env !== undefined) {
  const sanitizedEnv = env;
  for (const [file, ...args] of PROGRAMS) {
    await check(`addon: ${[file, ...args].join(" ")}`, async () =>
      (await typescript(file, args, sanitizedEnv)).slice(0, 60),
    );
  }
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  await check(`addon: ${TESTS.join(" ")}`, async () => {
    const { stdout } = await run(
      process.execPath,
      [vitest, "run", ...TESTS, "--testTimeout", "600000"],
      { ...sanitizedEnv, NO_COLOR: "1" },
      0,
    );
    return /^ *Tests +(.*)$/m.exec(stdout.toString())?.[1] ?? "no tests";
  });
}
conclude();
