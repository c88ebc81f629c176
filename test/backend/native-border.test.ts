import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadNative } from "../../lib/backend/native/native.js";
import { KERNEL_NAMES } from "../../lib/backend/kernel-table.js";
import { UNARY } from "../../lib/backend/kernels.js";
import { signatures } from "../../lib/backend/native/signatures.js";
import { binding, call, strided } from "./native-binding.js";

const here = dirname(fileURLToPath(import.meta.url));
const words = (n: number) => new ArrayBuffer(4 * n);
const refused = (what: RegExp) =>
  expect.objectContaining({ code: "ERR_MM_BOUNDS", message: expect.stringMatching(what) });

function failure(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("the native border", () => {
  test("exports exactly its interface", () => {
    expect(Object.keys(binding).sort()).toEqual([
      "control",
      "createPlan",
      "fmaPeak",
      "isa",
      "run",
      "runPlan",
      "setThreads",
      "settle",
      "signatures",
      "supportedIsas",
      "threads",
    ]);
    expect(binding.control).toBeInstanceOf(Int32Array);
    expect(binding.control.length).toBe(64);
  });

  test("reads the arguments that the kernel table names, in its order", () => {
    expect(binding.signatures()).toEqual(signatures());
  });

  test("refuses kernels that do not exist", () => {
    for (const id of [-1, KERNEL_NAMES.length, 1e9, Number.NaN, undefined, "gemm", {}, null]) {
      const error = failure(() => binding.run(id as number, words(1)));
      // NaN is 0 as an int32: gemm, whose sizes are then checked.
      if (!Number.isNaN(id)) expect(error).toEqual(refused(/^run: number: no such kernel$/));
    }
  });

  test("refuses what is not an ArrayBuffer", () => {
    for (const bad of [
      undefined,
      null,
      1,
      "x",
      {},
      new Float32Array(4),
      new DataView(words(4)),
      new SharedArrayBuffer(16),
    ]) {
      const error = failure(() => call("fill", [0], [4], [bad as ArrayBuffer]));
      // Newer Nodes accept a SharedArrayBuffer here; its memory cannot go away, so that is safe.
      if (!(bad instanceof SharedArrayBuffer))
        expect(error).toEqual(refused(/^fill: out: expected an ArrayBuffer$/));
    }
  });

  test("refuses indices that another thread could change after their check", () => {
    const shared = new SharedArrayBuffer(16) as unknown as ArrayBuffer;
    for (const kernel of ["gatherRows", "scatterAddRows", "crossEntropy"] as const) {
      expect(
        failure(() =>
          call(kernel, [0, 0, 0, 0], [1, 1, 1, 1], [words(4), shared, words(4), words(4)]),
        ),
      ).toEqual(refused(/^\w+: (index|targets): expected an ArrayBuffer that is not shared$/));
    }
  });

  test("refuses detached buffers", () => {
    const buffer = words(4);
    structuredClone(buffer, { transfer: [buffer] });
    expect(failure(() => call("fill", [0], [4], [buffer]))).toEqual(
      refused(/^fill: out: its buffer is empty or detached$/),
    );
  });

  test("refuses operands that reach outside their buffers, and writes nothing", () => {
    const out = new Float32Array(16).fill(7);
    expect(failure(() => call("fill", [1], [16, 0], [out.buffer]))).toEqual(
      refused(/^fill: out: reaches outside its buffer$/),
    );
    expect(failure(() => call("fill", [-1], [1, 0], [out.buffer]))).toEqual(refused(/outside/));
    expect(failure(() => call("fill", [0], [-1, 0], [out.buffer]))).toEqual(
      refused(/^fill: n: expected a size of 0 or more$/),
    );
    expect(failure(() => call("sgd", [0, 0, 1], [16], [out.buffer, words(16), words(1)]))).toEqual(
      refused(/^sgd: rate:/),
    );
    expect(
      failure(() =>
        call("sgdMomentum", [0, 0, -1, 1], [16], [out.buffer, words(16), words(1), words(4)]),
      ),
    ).toEqual(refused(/^sgdMomentum: scalars: reaches outside/));
    expect(
      failure(() =>
        call(
          "adamw",
          [0, 0, 0, 1, 0],
          [16],
          [out.buffer, words(16), words(16), words(16), words(7)],
        ),
      ),
    ).toEqual(refused(/^adamw: sq: reaches outside/));
    expect(
      failure(() => call("gatherRows", [], [2, 3, 9, 9], [words(26), words(2), out.buffer])),
    ).toEqual(refused(/^gatherRows: table:/));
    expect(
      failure(() => call("sum", [], [2 ** 30, 2 ** 30, 2 ** 30], [out.buffer, out.buffer])),
    ).toEqual(refused(/^sum: a: too many/));
    const far = 2 ** 31 - 1;
    expect(
      failure(() => call("copy", [], strided([4, 4], [far, far], [4, 1]), [words(16), out.buffer])),
    ).toEqual(refused(/^copy: a: reaches outside/));
    expect([...out]).toEqual(new Array(16).fill(7));
  });

  test("refuses outputs whose words are written twice", () => {
    const out = new Float32Array(16).fill(7);
    expect(
      failure(() => call("copy", [], strided([4, 4], [4, 1], [0, 1]), [words(16), out.buffer])),
    ).toEqual(refused(/stride of 0/));
    expect(
      failure(() => call("copy", [], strided([4, 4], [4, 1], [1, 1]), [words(16), out.buffer])),
    ).toEqual(refused(/overlap/));
    expect(
      failure(() =>
        call("gemm", [], [2, 4, 1, 1, 1, 4, 1, 3, 0], [words(8), words(8), out.buffer]),
      ),
    ).toEqual(refused(/rows overlap/));
  });

  test("refuses operations and ranks it does not have", () => {
    expect(
      failure(() =>
        call("unary", [], [UNARY.length, ...strided([1], [1], [1])], [words(1), words(1)]),
      ),
    ).toEqual(refused(/no such operation/));
    expect(
      failure(() =>
        call(
          "binary",
          [],
          [0, 9, ...strided([1], [1], [1], [1]).slice(1)],
          [words(1), words(1), words(1)],
        ),
      ),
    ).toEqual(refused(/8 dimensions/));
    expect(
      failure(() => call("gemm", [], [1, 1, 1, 1, 1, 1, 1, 1, 2], [words(1), words(1), words(1)])),
    ).toEqual(refused(/activation/));
  });

  test("refuses indices that the kernel itself would overwrite", () => {
    const shared = words(64);
    expect(
      failure(() => call("scatterAddRows", [0, 32, 30], [2, 2, 4], [shared, shared, shared])),
    ).toEqual(refused(/overlaps the indices/));
    expect(
      failure(() => call("gatherRows", [0, 32, 30], [2, 2, 4, 4], [shared, shared, shared])),
    ).toEqual(refused(/overlaps the indices/));
    expect(
      failure(() =>
        call("crossEntropy", [0, 40, 41, 0], [2, 4, 0], [words(8), shared, shared, words(8)]),
      ),
    ).toEqual(refused(/^crossEntropy: loss/));
  });

  test("returns the first position out of range and writes nothing", () => {
    const table = new Float32Array(6).fill(1);
    const index = new Int32Array([0, -3, 2, 3, -4]);
    const out = new Float32Array(10).fill(7);
    const buffers = [table.buffer, index.buffer, out.buffer];
    expect(call("gatherRows", [], [5, 3, 2, 2, 1], buffers)).toBe(3);
    expect(call("gatherRows", [], [5, 3, 2, 2, 0], buffers)).toBe(1);
    expect(call("scatterAddRows", [], [5, 3, 2], [out.buffer, index.buffer, table.buffer])).toBe(3);
    expect([...table, ...out]).toEqual([...new Array(6).fill(1), ...new Array(10).fill(7)]);
    expect(call("gatherRows", [], [3, 3, 2, 2, 1], buffers)).toBe(-1);
  });

  test("keeps a number of threads from 1 to 256", () => {
    const native = loadNative();
    const before = native.threads;
    for (const bad of [0, -1, 1.5, 257, Number.NaN])
      expect(() => native.setThreads(bad)).toThrow(/from 1 to 256/);
    for (const bad of [0, 257, 1.5, "2", undefined])
      expect(() => binding.setThreads(bad as number)).toThrow(RangeError);
    native.setThreads(3);
    expect(native.threads).toBe(3);
    native.setThreads(before);
  });

  test("measures the peak by a whole number of rounds, each of as many operations as the last", () => {
    const round = binding.fmaPeak(1);
    expect(round % 32).toBe(0); // 16 lanes, a product and a sum each
    expect(binding.fmaPeak(1000)).toBe(1000 * round);
    for (const bad of [0, -1, 1.5, 2 ** 31, Number.NaN, "2", undefined])
      expect(() => binding.fmaPeak(bad as number)).toThrow(RangeError);
  });
});

describe("MM_ISA and the loader", () => {
  const load = (env: Record<string, string>, ...flags: string[]) =>
    spawnSync(
      process.execPath,
      [
        ...flags,
        "--import",
        "tsx",
        "-e",
        `import { loadNative } from ${JSON.stringify(join(here, "../../lib/backend/native/native.ts"))};
        try { const k = loadNative(); console.log(k.isa, k.threads); } catch (e) { console.log(e.code, e.message); }`,
      ],
      { encoding: "utf8", env: { ...process.env, ...env } },
    ).stdout;

  test.each(binding.supportedIsas())("MM_ISA=%s is used", (isa) => {
    expect(load({ MM_ISA: isa, MM_THREADS: "3" })).toBe(`${isa} 3\n`);
  });

  test("a wrong name says what there is", () => {
    expect(load({ MM_ISA: "mmx" })).toMatch(
      /^ERR_MM_BACKEND native backend: .*MM_ISA=mmx: not an instruction set supported here; use one of: .*baseline/,
    );
  });

  test("every failure has a remedy", () => {
    expect(load({ MM_THREADS: "many" })).toMatch(
      /^ERR_MM_VALUE MM_THREADS: expected a whole number/,
    );
    expect(load({ MM_NATIVE_PATH: "/nowhere/mm.node" })).toMatch(
      /^ERR_MM_BACKEND .*nowhere.*unset MM_NATIVE_PATH, or name a binary that loads/,
    );
    expect(load({}, "--no-addons")).toMatch(/^ERR_MM_BACKEND .*without --no-addons/);
  });
});
