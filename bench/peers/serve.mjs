/** What every peer in JavaScript shares; the protocol is that of serve.py. */
import { createInterface } from "node:readline";

/**
 * work(n), perhaps a promise, does it n times over; answers are `amount` per time: steps per
 * second, or GFLOP/s.
 */
export async function serve(name, work, amount = 1) {
  const time = async (times) => {
    const started = performance.now();
    await work(times);
    return (performance.now() - started) / 1000;
  };
  const started = performance.now();
  let n = 1;
  while ((await time(n)) < 0.02) n *= 2;
  while (performance.now() - started < 300) await work(n);
  const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
  say({ ready: name });
  for await (const line of createInterface({ input: process.stdin })) {
    let [done, seconds] = [0, 0];
    while (seconds < Number(line)) {
      seconds += await time(n);
      done += n;
    }
    say({ rate: (amount * done) / seconds });
  }
}

/** `call` as work, one after the other. */
export const repeat = (call) => (times) => {
  for (let i = 0; i < times; i++) call();
};
export const GFLOP = (n) => 2e-9 * n ** 3;

/**
 * The lecture's step on random examples, as plain numbers: next() draws a minibatch of `batch`
 * contexts (row-major) and targets.
 */
export function minibatches(batch) {
  const [N, V] = [182_625, 27];
  const random = (n, below) =>
    Int32Array.from({ length: n }, () => Math.floor(Math.random() * below));
  const [X, Y] = [random(N * 3, V), random(N, V)];
  const [x, y] = [new Int32Array(batch * 3), new Int32Array(batch)];
  const next = () => {
    for (let i = 0; i < batch; i++) {
      const row = Math.floor(Math.random() * N);
      for (let c = 0; c < 3; c++) x[3 * i + c] = X[3 * row + c];
      y[i] = Y[row];
    }
    return { x, y };
  };
  return next;
}

/** Standard normal numbers (Box-Muller). */
export const normal = (n) =>
  Float32Array.from(
    { length: n },
    () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()),
  );
