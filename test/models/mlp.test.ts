/** What the networks refuse, as written and in a step that is replayed. */
import { expect, it } from "vitest";
import { compile, Generator, IndexError, lossOf, MLP, tensor, zeros } from "../../lib/index.js";

const SHAPE = { vocabularySize: 5, blockSize: 2, embedding: 3, hidden: 4 };
const int = (numbers: number[], shape: number[]) => tensor(numbers, { dtype: "int32", shape });

it.each([-1, 5])("a token %d is out of range: none counts from the end", (bad) => {
  const model = MLP.create(SHAPE, new Generator(1));
  const loss = () => lossOf(model, int([0, bad], [1, 2]), int([1], [1]));
  expect(loss).toThrow(IndexError);
  expect(loss).toThrow(`embedding: token ${bad} is out of range 0..4`);
  expect(() => model.forward(int([0, bad], [1, 2]))).toThrow(IndexError);

  const contexts = zeros([1, 2], "int32");
  const step = compile(() => model.forward(contexts).sum(), { inputs: [contexts] });
  step.run(4);
  const replayed = () => step.run(1, () => contexts.copy_(int([0, bad], [1, 2])));
  expect(replayed).toThrow(`embedding: token ${bad} is out of range 0..4`);
});
