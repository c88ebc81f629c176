/** Who is measured at what. */
import type { Ready } from "./install.js";
import type { Entry } from "./participant.js";

export interface Contest {
  readonly task: "step" | "words" | "paper" | "matmul";
  readonly size: number;
  readonly unit: "steps/s" | "GFLOP/s";
  readonly entries: readonly Entry[];
}

export interface Peers {
  readonly python: Ready;
  readonly javascript: Ready;
  readonly isas: readonly string[];
}

export const PRODUCTS = [64, 128, 256, 512, 1024, 2048];
/** Of the paper's MLP9; its own training is example by example. */
export const PAPER_BATCHES = [32, 64, 128];
const THREADS = [1, 2];
/** The products of lib/bench, which is TypeScript. */
const PLAIN = ["--import", "tsx", "plain.mjs"];

const threadsText = (n: number): string => `${n} thread${n === 1 ? "" : "s"}`;

export function contests({ python, javascript, isas }: Peers): Contest[] {
  const ours = (
    key: string,
    label: string,
    args: readonly (string | number)[],
    env?: Entry["env"],
  ): Entry => ({
    key,
    label: `mm-train ${label}`,
    command: [process.execPath, "--import", "tsx", "ours.ts", ...args.map(String)],
    env,
  });
  const py = (key: string, label: string, args: readonly (string | number)[]): Entry => ({
    key,
    label,
    command: [python.program, ...args.map(String)],
    skip: python.skip,
  });
  const js = (key: string, label: string, args: readonly (string | number)[]): Entry => ({
    key,
    label,
    command: [javascript.program, ...args.map(String)],
    skip: javascript.skip,
  });
  const training = (task: "step" | "words" | "paper", size: number): Entry[] => [
    ...THREADS.map((t) => ours(`ours${t}`, `replay, ${threadsText(t)}`, [task, size, t])),
    ...THREADS.map((t) =>
      py(`torch${t}`, `PyTorch eager, ${threadsText(t)}`, ["torch_peer.py", task, size, t]),
    ),
    ...THREADS.map((t) =>
      py(`jax${t}`, `JAX scan, ${t} core${t === 1 ? "" : "s"}`, ["jax_peer.py", task, size, t]),
    ),
  ];
  const product = (n: number): Entry[] => [
    ours("ours1", "1 thread", ["matmul", n, 1]),
    py("openblas1", "numpy, OpenBLAS, 1 thread", ["numpy_peer.py", "matmul", n, 1]),
    py("torch1", "PyTorch, 1 thread", ["torch_peer.py", "matmul", n, 1]),
  ];
  const at512 = [
    ...isas
      .filter((isa) => isa !== "baseline")
      .flatMap((isa) => [
        ours(`ours-${isa}`, `${isa}, 1 thread`, ["matmul", 512, 1], { MM_ISA: isa }),
        ours(`peak-${isa}`, `${isa}: FMA peak of a core`, ["peak", 512, 1], { MM_ISA: isa }),
      ]),
    js("naive", "plain JavaScript, naive", [...PLAIN, "matmul", 512, 1, "naive"]),
    js("tiled", "plain JavaScript, 4x4 tiles", [...PLAIN, "matmul", 512, 1, "tiled"]),
    js("tfjs", "@tensorflow/tfjs, wasm", ["tfjs.mjs", "matmul", 512, 1]),
    js("tfjs-node", "@tensorflow/tfjs-node", ["tfjs.mjs", "matmul", 512, 1, "node"]),
    js("jax-js", "@jax-js/jax, wasm", ["jaxjs.mjs", "matmul", 512]),
    ...["ml-matrix", "vectorious", "js-pytorch"].map((name) =>
      js(name, name, [...PLAIN, "matmul", 512, 1, name]),
    ),
  ];
  return [
    {
      task: "step",
      size: 32,
      unit: "steps/s",
      entries: [
        ...training("step", 32),
        ours("eager1", "eager, 1 thread", ["step", 32, 1, "eager"]),
        ours("reference", "in pure TypeScript, eager", ["step", 32, 1, "eager"], {
          MM_BACKEND: "reference",
        }),
        js("tfjs", "@tensorflow/tfjs, wasm, one-hot", ["tfjs.mjs", "step", 32, 1]),
        js("tfjs-node", "@tensorflow/tfjs-node", ["tfjs.mjs", "step", 32, 1, "node"]),
        js("jax-js", "@jax-js/jax, wasm, jit, one-hot", ["jaxjs.mjs", "step", 32]),
      ],
    },
    { task: "step", size: 256, unit: "steps/s", entries: training("step", 256) },
    { task: "step", size: 4096, unit: "steps/s", entries: training("step", 4096) },
    { task: "words", size: 256, unit: "steps/s", entries: training("words", 256) },
    ...PAPER_BATCHES.map((size): Contest => ({
      task: "paper",
      size,
      unit: "steps/s",
      entries: training("paper", size).filter(({ key }) => !key.startsWith("jax")),
    })),
    ...PRODUCTS.map((n): Contest => ({
      task: "matmul",
      size: n,
      unit: "GFLOP/s",
      entries: n === 512 ? [...product(n), ...at512] : product(n),
    })),
  ];
}
