/**
 * No two threads meet in memory that one of them writes. `npm run verify:races [-- --quick]`
 *
 * A tool counts only if it reports a seeded race, per instruction set and kernel: Clang's
 * ThreadSanitizer sees no access of more than 16 bytes, so hardly anything of the vector kernels;
 * GCC's sees those of AVX2 and AVX-512, but not those of plain C++ (vectors through memcpy);
 * valgrind's DRD sees every access, but knows no AVX-512, and must be told what atomics order
 * (native/annotate.h). Together they see all.
 */
import { createHash } from "node:crypto";
import { supportedIsas } from "../../lib/index.js";
import { check, conclude, need, plan, program, run } from "./support.js";

const quick = process.argv.includes("--quick");
/** What a tool exits with when it has something to report. */
const REPORTED = 66;
/** Every kernel call is shared among threads, however small. */
const SHARED = "-g -O1 -DMM_FLOPS_PER_THREAD=1e3";
const VALGRIND = ["valgrind", "-q", "--tool=drd", `--error-exitcode=${REPORTED}`];
const KERNELS = ["fill", "copy", "sum", "sgd", "gemm"];

interface Tool {
  name: string;
  build: () => Promise<string[]>;
  isas: readonly string[];
  /** in which it must see a seeded race */
  seeds: readonly string[];
  steps: number;
  tests: boolean;
}

const tools: Tool[] = [
  {
    name: "GCC ThreadSanitizer",
    isas: ["avx512", "avx2"],
    seeds: KERNELS,
    steps: 2000,
    tests: true,
    build: async () => [
      await program("gcc-tsan", need("g++", "g++"), `-fsanitize=thread ${SHARED}`),
    ],
  },
  {
    name: "valgrind DRD",
    isas: ["avx2", "baseline"],
    seeds: KERNELS,
    steps: 50,
    tests: !quick,
    build: async () => [
      need("valgrind", "valgrind"),
      ...VALGRIND.slice(1),
      await program("drd", need("g++", "g++"), `-DMM_VALGRIND ${SHARED}`),
    ],
  },
  {
    name: "Clang ThreadSanitizer",
    isas: ["baseline"],
    seeds: ["fill", "sum", "sgd"],
    steps: 2000,
    tests: true,
    build: async () => [
      await program("clang-tsan", need("clang++", "clang"), `-fsanitize=thread ${SHARED}`),
    ],
  },
];

for (const { name, build, isas, seeds, steps, tests } of tools) {
  let command: string[] = [];
  await check(`${name}: compiled`, async () => ((command = await build()), "ready"));
  if (command.length === 0) continue;
  const [first, ...rest] = command;
  for (const MM_ISA of isas.filter((isa) => supportedIsas().includes(isa))) {
    await check(`${name}: ${MM_ISA}, seeded races`, async () => {
      for (const kernel of seeds) await run(first, [...rest, "race", kernel], { MM_ISA }, REPORTED);
      return `${seeds.length} of ${seeds.length} reported: ${seeds.join(", ")}`;
    });
    await check(`${name}: ${MM_ISA}, ${steps} training steps`, async () => {
      const { file, digest } = await plan(32, steps);
      const { stdout } = await run(first, [...rest, file, "2"], { MM_ISA }, 0);
      const got = createHash("sha256").update(stdout).digest("hex");
      if (got !== digest) throw new Error(`expected parameters ${digest}, got ${got}`);
      return "no race, the same bits";
    });
  }
  if (tests)
    await check(`${name}: every kernel's tests, 3 threads`, async () => {
      const { stdout } = await run(first, rest, {}, 0);
      return `no race; ${/^sets: .*$/m.exec(stdout.toString())?.[0]}`;
    });
}
conclude();
