/**
 * jax-js, WebAssembly, under jit; one-hot rows for the embedding, since gather has no gradient
 * under jit. Usage: jaxjs.mjs step|matmul SIZE
 */
import { defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { GFLOP, minibatches, normal, serve } from "./serve.mjs";

const [task, size] = process.argv.slice(2);
const n = Number(size);
await init("wasm");
defaultDevice("wasm");
const array = (...shape) => np.array(normal(shape.reduce((a, b) => a * b)), { shape });

function trainer() {
  // An array is used up by the operation that takes it; `.ref` keeps it for another.
  const lossOf = ({ C, W1, b1, W2, b2 }, x, y) => {
    const e = np.matmul(x, C).reshape([n, 30]);
    const logits = np.matmul(np.tanh(np.matmul(e, W1).add(b1)), W2).add(b2);
    return nn
      .logSoftmax(logits)
      .mul(y)
      .sum()
      .mul(-1 / n);
  };
  const step = jit((p, x, y) => {
    const [loss, grads] = valueAndGrad(lossOf)(tree.ref(p), nn.oneHot(x, 27), nn.oneHot(y, 27));
    return [tree.map((a, g) => a.sub(g.mul(0.1)), p, grads), loss];
  });
  let parameters = {
    C: array(27, 10),
    W1: array(30, 200),
    b1: array(200),
    W2: array(200, 27),
    b2: array(27),
  };
  const next = minibatches(n);
  return async (times) => {
    for (let i = 0; i < times; i++) {
      const { x, y } = next();
      const [p, loss] = step(
        parameters,
        np.array(x, { dtype: np.int32 }),
        np.array(y, { dtype: np.int32 }),
      );
      parameters = p;
      await loss.data();
    }
  };
}

function product() {
  const [a, b] = [array(n, n), array(n, n)];
  return async (times) => {
    for (let i = 0; i < times; i++) await np.matmul(a.ref, b.ref).data();
  };
}

await serve(
  "@jax-js/jax (wasm)",
  task === "step" ? trainer() : product(),
  task === "step" ? 1 : GFLOP(n),
);
