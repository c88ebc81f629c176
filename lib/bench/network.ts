/**
 * The training step of an MLP of any size over random examples: what is measured where the corpus
 * does not matter.
 */
import { makePlan } from "../backend/index.js";
import type { Command } from "../backend/plan.js";
import { backward } from "../autograd/index.js";
import { compile, type CompiledStep } from "../compile/index.js";
import { record, type Recording } from "../compile/recording.js";
import type { Batch } from "../data/examples/batches.js";
import { MLP, type MLPShape } from "../models/index.js";
import { SGD } from "../optim/index.js";
import { Generator } from "../random/index.js";
import { noGrad, randint, type Tensor, zeros } from "../tensor/index.js";
import type { Work } from "./measure.js";

/** The lecture's network. */
export const LECTURE: MLPShape = { vocabularySize: 27, blockSize: 3, embedding: 10, hidden: 200 };
/**
 * The paper's over words (Bengio et al. 2003, Brown corpus): n = 5 words of context here, m = 30, h
 * = 100.
 */
export const WORDS: MLPShape = { vocabularySize: 16_383, blockSize: 5, embedding: 30, hidden: 100 };

/** Enough examples for their rows not to stay in the first cache. */
const EXAMPLES = 100_000;
/**
 * What is measured stays the same, however often: a step that is repeated on one minibatch would
 * learn it, and then compute with subnormal numbers, each of which takes an Intel core a hundred
 * cycles. (So would layers of many inputs whose weights are not scaled by their number.)
 */
const RATE = 0;

export class NetworkStep {
  private readonly model: MLP;
  private readonly examples: Batch;
  private readonly ix: Tensor;
  private readonly generator = new Generator(1);
  private readonly optimizer: SGD;
  private readonly compiled: CompiledStep;

  constructor(shape: MLPShape, batchSize: number) {
    const generator = new Generator(2147483647);
    const { vocabularySize, blockSize } = shape;
    this.model = MLP.create(shape, generator);
    noGrad(() => {
      for (const weights of [this.model.W1, this.model.W2])
        weights.mul_(1 / Math.sqrt(weights.shape[0]));
    });
    this.examples = {
      X: randint(0, vocabularySize, [EXAMPLES, blockSize], { generator }),
      Y: randint(0, vocabularySize, [EXAMPLES], { generator }),
    };
    this.ix = zeros([batchSize], "int32");
    this.optimizer = new SGD(this.model.parameters(), RATE);
    this.compiled = compile(() => this.update(), { inputs: [this.ix, this.optimizer.scalars] });
  }

  private draw(): void {
    this.ix.random_(0, EXAMPLES, { generator: this.generator });
    this.optimizer.prepare();
  }

  /** Forward, backward, update. */
  private update(): Tensor {
    const { model, examples, ix, optimizer } = this;
    const loss = model.loss(examples.X.index(ix), examples.Y.index(ix));
    optimizer.zeroGrad();
    backward(loss);
    optimizer.update();
    return loss;
  }

  /** Steps as written, the loss of each read. */
  readonly eager: Work = (steps) => {
    for (let i = 0; i < steps; i++) {
      this.draw();
      this.update().item();
    }
  };

  /** Steps recorded and replayed, all in one call. */
  readonly replay: Work = (steps) => void this.compiled.run(steps, () => this.draw());

  /** The kernel calls of a replayed step. */
  commands(): readonly Command[] {
    while (this.compiled.commands === undefined) this.replay(1);
    return this.compiled.commands;
  }

  /** One step as written. */
  record(): Recording {
    this.draw();
    return record(() => this.update());
  }
}

const NO_WORDS = new Int32Array(0);

/**
 * Some of a step's kernel calls in native calls of their own, which run them `times` times: no call
 * cost in between.
 */
export function commandsWork(commands: readonly Command[]): Work {
  const plan = makePlan(commands, [], []);
  return (times) => void plan.run(times, NO_WORDS, NO_WORDS);
}
