/**
 * Libraries that have products only, or more than that but slowly. Usage: plain.mjs matmul SIZE
 * THREADS ml-matrix|vectorious|js-pytorch|naive|tiled
 */
import { naive, tiled } from "../../lib/bench/plain.js";
import { GFLOP, normal, repeat, serve } from "./serve.mjs";

const [, size, , name] = process.argv.slice(2);
const n = Number(size);
const [a, b] = [normal(n * n), normal(n * n)];
const rows = (x) => Array.from({ length: n }, (_, i) => [...x.subarray(i * n, (i + 1) * n)]);

const PRODUCTS = {
  naive: () => () => naive(n, a, b, new Float32Array(n * n)),
  tiled: () => () => tiled(n, a, b, new Float32Array(n * n)),
  "ml-matrix": ({ Matrix }) => {
    const [x, y] = [new Matrix(rows(a)), new Matrix(rows(b))];
    return () => x.mmul(y);
  },
  vectorious: ({ array }) => {
    const [x, y] = [array(a, { shape: [n, n] }), array(b, { shape: [n, n] })];
    return () => x.multiply(y);
  },
  "js-pytorch": ({ torch }) => {
    const [x, y] = [torch.tensor(rows(a)), torch.tensor(rows(b))];
    return () => torch.matmul(x, y);
  },
};

const library = name === "naive" || name === "tiled" ? {} : await import(name);
await serve(name, repeat(PRODUCTS[name](library)), GFLOP(n));
