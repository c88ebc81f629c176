/**
 * Softmax and cross-entropy of logits that overflow the naive formula, beside PyTorch's results
 * (lecture.json).
 */
import { afterAll, describe, expect, it } from "vitest";
import { crossEntropy, setBackend, type Tensor, tensor } from "../../lib/index.js";
import { load, numbers, type TensorRecord } from "../reference/records.js";

interface Target {
  target: number;
  loss: { value: number | string };
  grad: TensorRecord;
  naive_loss: { value: number | string };
  naive_grad: TensorRecord;
}
interface Row {
  name: string;
  logits: TensorRecord;
  softmax: TensorRecord;
  log_softmax: TensorRecord;
  targets: Target[];
}
const { rows } = load<{ cross_entropy_stability: { rows: Row[] } }>(
  "lecture.json",
).cross_entropy_stability;

/**
 * Each result is x - max (one rounding), exp, a sum, log or a division: 1 ulp each, here and in
 * PyTorch, which orders its sum otherwise. The last bits of numbers near 1 are 2^-24 and 2^-23.
 */
const RELATIVE = 8 * 2 ** -24;
/**
 * exp of an argument that was rounded: PyTorch's logits near -100 give subnormal probabilities,
 * which have fewer bits.
 */
const ABSOLUTE = 8 * 2 ** -24;

function expectNear(got: number, want: number, what: string): void {
  if (!Number.isFinite(want)) return expect(got, what).toBe(want);
  if (Math.abs(got - want) <= Math.max(ABSOLUTE, RELATIVE * Math.abs(want))) return;
  expect.fail(`${what}: got ${got}, PyTorch has ${want}`);
}

function expectAllNear(got: Tensor, want: TensorRecord, what: string): void {
  for (const [i, w] of numbers(want).entries())
    expectNear(got.toTypedArray()[i], w, `${what}, element ${i}`);
}

/** -log(exp(x) / sum(exp(x)))[target], as the lecture writes it first. */
function naiveLoss(x: Tensor, target: number): Tensor {
  const counts = x.exp();
  return counts.div(counts.sum()).index(target).log().neg();
}

const leaf = (logits: readonly number[], shape: readonly number[]): Tensor => {
  const x = tensor([...logits], { shape });
  x.requiresGrad = true;
  return x;
};
const ids = (list: number[]): Tensor => tensor(list, { dtype: "int32" });

describe.each(["native", "wasm", "reference"] as const)("on the %s backend", (backend) => {
  describe.each(rows.map((row) => [row.name, row] as const))("logits: %s", (_, row) => {
    const logits = numbers(row.logits);
    const finite = logits.every(Number.isFinite);

    it("softmax and logSoftmax are PyTorch's", () => {
      setBackend(backend);
      const x = tensor(logits, { shape: [1, 5] });
      expectAllNear(x.softmax(1), row.softmax, "softmax");
      expectAllNear(x.logSoftmax(1), row.log_softmax, "logSoftmax");
    });

    const targets = row.targets.map((t) => [t.target, t] as const);

    it.each(targets)(
      "target %i: loss and gradient are PyTorch's, finite for finite logits",
      (_, t) => {
        setBackend(backend);
        const x = leaf(logits, [1, 5]);
        const loss = crossEntropy(x, ids([t.target]));
        loss.backward();
        expectNear(loss.item(), Number(t.loss.value), "loss");
        expectAllNear(x.grad as Tensor, t.grad, "gradient");
        // The exception is a loss beyond the largest float32 (3e38 against -3e38): infinite in
        // PyTorch too, its gradient is not.
        if (finite) expect(loss.toArray() === Infinity).toBe(Number(t.loss.value) === Infinity);
        if (finite)
          expect(Array.from(x.grad?.toTypedArray() ?? [NaN]).every(Number.isFinite)).toBe(true);
      },
    );

    it.each(targets)(
      "target %i: the naive formula is finite, infinite or NaN where PyTorch's is",
      (_, t) => {
        setBackend(backend);
        const x = leaf(logits, [5]);
        const loss = naiveLoss(x, t.target);
        loss.backward();
        const want = Number(t.naive_loss.value);
        // Subnormal counts (exp(-103)) have a few bits only: their log is right to some tenths. All
        // others are as near as above.
        if (Math.min(...logits) < -88 && want > 88 && Number.isFinite(want))
          expect(Math.abs(loss.item() - want)).toBeLessThan(0.5);
        else expectNear(loss.item(), want, "naive loss");
        const gradient = Array.from(x.grad?.toTypedArray() ?? []);
        for (const [i, w] of numbers(t.naive_grad).entries()) {
          expect(
            Number.isNaN(gradient[i]),
            `naive gradient ${i}: ${gradient[i]}, PyTorch has ${w}`,
          ).toBe(Number.isNaN(w));
        }
      },
    );
  });
});

describe("over a batch", () => {
  afterAll(() => setBackend("native"));
  const batch = rows.filter(
    (row) => numbers(row.logits).every(Number.isFinite) && !row.name.startsWith("3e38"),
  );
  const x = () =>
    leaf(
      batch.flatMap((row) => numbers(row.logits)),
      [batch.length, 5],
    );
  const targets = batch.map((_, i) => i % 5);
  const losses = batch.map((row, i) => Number(row.targets[targets[i]].loss.value));

  it("each row is as if it were alone; sum and mean are those of the rows", () => {
    const each = crossEntropy(x(), ids(targets), { reduction: "none" });
    for (const [i, loss] of each.toTypedArray().entries())
      expectNear(loss, losses[i], batch[i].name);
    const total = losses.reduce((a, b) => a + b, 0);
    expectNear(crossEntropy(x(), ids(targets), { reduction: "sum" }).item(), total, "sum");
    expectNear(crossEntropy(x(), ids(targets)).item(), total / batch.length, "mean");
  });

  it("the gradient of the mean is each row's own, divided by the rows", () => {
    const logits = x();
    crossEntropy(logits, ids(targets)).backward();
    for (const [i, row] of batch.entries()) {
      const got = logits.grad?.index(i).mul(batch.length) as Tensor;
      expectAllNear(got, row.targets[targets[i]].grad, row.name);
    }
  });

  it("each row of the gradient sums to zero", () => {
    const logits = x();
    crossEntropy(logits, ids(targets), { reduction: "sum" }).backward();
    // Five rounded probabilities and one subtraction.
    for (const sum of logits.grad?.sum(1).toTypedArray() ?? [1])
      expect(Math.abs(sum)).toBeLessThan(6 * 2 ** -24);
  });

  it("int32 logits count as numbers, not as bits", () => {
    const [whole, real] = [tensor([[1, 2, 3]], { dtype: "int32" }), tensor([[1, 2, 3]])];
    expect(crossEntropy(whole, ids([0])).item()).toBe(crossEntropy(real, ids([0])).item());
  });
});
