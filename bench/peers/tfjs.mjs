/**
 * TensorFlow.js, WebAssembly backend; one-hot rows for the embedding, since that backend has no
 * gradient of gather. Usage: tfjs.mjs step|matmul SIZE [node]
 */
const [task, size, , kind] = process.argv.slice(2);
import { GFLOP, minibatches, normal, repeat, serve } from "./serve.mjs";

const n = Number(size);
const name = kind === "node" ? "@tensorflow/tfjs-node" : "@tensorflow/tfjs";
const tf = (await import(name)).default;
if (kind !== "node") {
  await import("@tensorflow/tfjs-backend-wasm");
  if (!(await tf.setBackend("wasm"))) throw new Error("the WebAssembly backend does not start");
}
await tf.ready();

function trainer() {
  const variable = (...shape) =>
    tf.variable(tf.tensor(normal(shape.reduce((a, b) => a * b)), shape));
  const [C, W1, b1, W2, b2] = [
    variable(27, 10),
    variable(30, 200),
    variable(200),
    variable(200, 27),
    variable(27),
  ];
  const optimizer = tf.train.sgd(0.1);
  const next = minibatches(n);
  return repeat(() =>
    tf.tidy(() => {
      const { x, y } = next();
      const loss = optimizer.minimize(() => {
        const e = tf.oneHot(tf.tensor1d(x, "int32"), 27).toFloat().matMul(C).reshape([n, 30]);
        const logits = e.matMul(W1).add(b1).tanh().matMul(W2).add(b2);
        return tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d(y, "int32"), 27), logits);
      }, true);
      return loss.dataSync()[0];
    }),
  );
}

function product() {
  const [a, b] = [tf.tensor(normal(n * n), [n, n]), tf.tensor(normal(n * n), [n, n])];
  return repeat(() => {
    const c = a.matMul(b);
    c.dataSync();
    c.dispose();
  });
}

await serve(
  `${name} ${tf.version_core} (${tf.getBackend()})`,
  task === "step" ? trainer() : product(),
  task === "step" ? 1 : GFLOP(n),
);
