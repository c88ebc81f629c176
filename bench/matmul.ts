/** Native against pure JavaScript: float32 products of square matrices, one thread. */
import { Generator, matmul, randn, setBackend, setThreads } from "../lib/index.js";
import { medianSeconds, row } from "./measure.js";

/** Three loops over typed arrays, as one writes them first. */
function naive(n: number, a: Float32Array, b: Float32Array, c: Float32Array): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
      c[i * n + j] = sum;
    }
  }
}

export function benchMatmul(sizes: readonly number[] = [16, 64, 256, 512]): void {
  setThreads(1);
  console.log(`matmul, float32, 1 thread, GFLOP/s\n${row("n", "native", "naive JS", "reference TS", "native / JS")}`);
  for (const n of sizes) {
    const generator = new Generator(n);
    const [a, b] = [randn([n, n], { generator }), randn([n, n], { generator })];
    const [x, y, z] = [a.toTypedArray() as Float32Array, b.toTypedArray() as Float32Array, new Float32Array(n * n)];
    const gflops = (seconds: number) => (2 * n ** 3) / seconds / 1e9;
    const product = () => void matmul(a, b);
    setBackend("native");
    const native = gflops(medianSeconds(product));
    setBackend("reference");
    const reference = gflops(medianSeconds(product, { rounds: 3 }));
    const js = gflops(medianSeconds(() => naive(n, x, y, z), { rounds: 3 }));
    console.log(row(n, native.toFixed(1), js.toFixed(2), reference.toFixed(2), `${(native / js).toFixed(0)}x`));
  }
  setBackend("native");
}
