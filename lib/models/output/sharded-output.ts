/**
 * A network whose output layer several processes share (Bengio et al. 2003, Section 3.2): each has
 * some columns of its weights and biases, and all of everything below.
 */
import type { Communicator } from "../../distributed/communicator.js";
import { UsageError } from "../../errors.js";
import { Module, type StateDict } from "../../nn/index.js";
import { parameter } from "../../nn/parameter.js";
import { noGrad, type Tensor, zeros } from "../../tensor/index.js";
import { shardedCrossEntropy, VocabularyShards } from "../../tensor/ops/layers/sharded-loss.js";
import { sizes } from "../../tensor/tensor.js";
import type { LanguageModel } from "../model.js";
import { NPLM, type OutputLayer, outputLayerOf } from "../nplm.js";

export class ShardedOutput extends Module implements LanguageModel {
  readonly blockSize: number;
  readonly vocabularySize: number;
  readonly undecayed: readonly string[];
  readonly shards: VocabularyShards;
  private readonly output: OutputLayer;
  private readonly own: Readonly<Record<string, Tensor>>;

  /** @throws UsageError for a model without such a layer */
  constructor(
    readonly whole: Module & LanguageModel,
    communicator: Communicator,
  ) {
    super();
    const output = whole instanceof NPLM ? outputLayerOf(whole) : undefined;
    if (output === undefined)
      throw new UsageError(
        "distributed: expected --model nplm without --tied, whose output layer processes can " +
          "share; train another model in one process",
      );
    this.output = output;
    this.blockSize = whole.blockSize;
    this.vocabularySize = whole.vocabularySize;
    this.undecayed = whole.undecayed ?? [];
    this.shards = new VocabularyShards(communicator, whole.vocabularySize);
    const parameters = whole.namedParameters();
    const mine = ({ shape }: Tensor) => parameter(zeros(shape.with(-1, this.shards.cols)));
    const names = [output.weight, output.bias];
    this.own = Object.fromEntries(names.map((name) => [name, mine(parameters[name])]));
  }

  forward(contexts: Tensor): Tensor {
    return this.whole.forward(contexts);
  }

  /** The mean cross-entropy, the same on every rank. */
  loss(contexts: Tensor, targets: Tensor): Tensor {
    const { weight, bias, inputs } = this.output;
    const own = this.own;
    return shardedCrossEntropy(inputs(contexts), own[weight], own[bias], targets, this.shards);
  }

  /** Whether this rank has a part of a parameter only. */
  isShared(name: string): boolean {
    return Object.hasOwn(this.own, name);
  }

  /** Those of the whole model, the shared ones being this rank's columns. */
  override namedParameters(): StateDict {
    return { ...this.whole.namedParameters(), ...this.own };
  }

  override stateDict(): StateDict {
    const own = Object.entries(this.own).map(([name, t]) => [name, t.detach()] as const);
    return { ...this.whole.stateDict(), ...Object.fromEntries(own) };
  }

  override modules(): Module[] {
    return [this, ...this.whole.modules()];
  }

  /** Takes this rank's columns of `whole` into `own`, which lies like a shared parameter. */
  takeColumns(own: Tensor, whole: Tensor): void {
    const { first, cols } = this.shards;
    noGrad(() => own.copy_(whole.slice(-1, first, first + cols)));
  }

  /** Puts the columns of all ranks together in `whole`. */
  giveColumns(own: Tensor, whole: Tensor): void {
    const { communicator, starts } = this.shards;
    const rows = own.rank === 1 ? 1 : sizes(own)[0];
    const counts = starts.slice(1).map((end, r) => rows * (end - starts[r]));
    const all = zeros([whole.numel]);
    const parts = counts.map((count, r) =>
      all.slice(0, rows * starts[r], rows * starts[r] + count),
    );
    noGrad(() => {
      parts[communicator.rank].copy_(own.view([-1]));
      const { slab, start, length } = all.storage;
      communicator.allgather(slab.i32.subarray(start, start + length), counts);
      for (const [r, part] of parts.entries())
        if (counts[r] > 0)
          whole
            .slice(-1, starts[r], starts[r + 1])
            .copy_(part.view([...own.shape.slice(0, -1), -1]));
    });
  }
}
