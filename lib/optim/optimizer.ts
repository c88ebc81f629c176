/**
 * What optimizers share. A step has two halves: `prepare` (numbers, in TypeScript) writes what
 * changes from step to step into a few words of memory; `update` only runs kernels, which read them
 * there. So a recorded `update` can be replayed after each `prepare`.
 */
import { hostAccess } from "../backend/observe.js";
import { checkAtLeast0, checkIterable, kind, listOf, refuse } from "../check.js";
import { ValueError } from "../errors.js";
import { type Tensor, zeros } from "../tensor/index.js";
import { contiguous } from "../tensor/ops/elementwise.js";
import { borrowGrad, checkTensor, elements } from "../tensor/tensor.js";

type Move = (index: number, p: Tensor, grad: Tensor, scalars: Tensor) => void;

const borrowing = new WeakSet<Move>();
/**
 * Says of an optimizer's `move` that it keeps nothing of a gradient, so that the gradient's memory
 * can be used again. A subclass with a `move` of its own is not known to.
 */
export const borrowsGradients = (move: Move): void => void borrowing.add(move);

/**
 * Moves parameters along their gradients: `zeroGrad`, `loss.backward()`, `step`. In a compiled step
 * `update`, with `prepare` before each run.
 */
export abstract class Optimizer {
  /** the learning rate of the next step */
  lr: number;
  /** steps prepared so far; with `state` all that a checkpoint needs */
  steps = 0;
  /** what is kept from step to step, by PyTorch's names: a tensor per parameter */
  abstract readonly state: Readonly<Record<string, readonly Tensor[]>>;
  /** what it moves, in the order in which they were given */
  readonly parameters: readonly Tensor[];
  /**
   * where the kernels read the numbers of this step, with weight decay and without: an input of a
   * compiled `update`
   */
  readonly scalars: Tensor;
  private readonly rows: readonly [decayed: Tensor, undecayed: Tensor];
  private readonly undecayed: ReadonlySet<Tensor>;
  #lists: readonly (readonly Tensor[])[] | undefined;

  /**
   * @param count how many numbers the kernels read
   * @param undecayed parameters that weight decay leaves alone
   * @throws ValueError for what are no float32 leaf tensors, one that comes twice, an undecayed
   *   that is no parameter, and a rate below 0
   */
  protected constructor(
    parameters: Iterable<Tensor>,
    lr: number,
    count: number,
    undecayed: Iterable<Tensor> = [],
  ) {
    this.parameters = Object.freeze(parametersOf(`${this.name}: parameters`, parameters));
    const own = new Set(this.parameters);
    if (own.size < this.parameters.length)
      throw new ValueError(`${this.name}: parameters: expected each tensor once`);
    if (this.parameters.some((p) => p.node !== null))
      throw new ValueError(
        `${this.name}: parameters: expected leaf tensors, got a result; use detach()`,
      );
    const ownOf = listOf<Tensor, Iterable<Tensor>>(
      kind("one of the parameters", (p) => own.has(p as Tensor)),
      checkIterable,
    );
    this.undecayed = new Set(ownOf(`${this.name}: undecayed`, undecayed));
    this.lr = checkAtLeast0(`${this.name}: lr`, lr);
    this.scalars = zeros([2, count]);
    this.rows = [this.scalars.select(0, 0), this.scalars.select(0, 1)];
  }

  /**
   * The numbers that the kernels read in step `this.steps`, counted from 1; `decay` is 1, or 0 for
   * the parameters without weight decay.
   */
  protected abstract numbers(decay: 0 | 1): readonly number[];

  /**
   * One kernel: `p` (contiguous, as is `grad`) is the parameter at `index`; `scalars` are its
   * numbers.
   */
  protected abstract move(index: number, p: Tensor, grad: Tensor, scalars: Tensor): void;

  /** For messages. */
  protected get name(): string {
    return this.constructor.name;
  }

  /** A tensor of zeros per parameter, from the start: the first step is like every other. */
  protected zerosLike(): readonly Tensor[] {
    return Object.freeze(this.parameters.map((p) => zeros(p.shape)));
  }

  /** Forgets the gradients, so that the next `backward()` starts anew. */
  zeroGrad(): void {
    for (const p of this.parameters) p.grad = null;
  }

  /** Moves every parameter that has a gradient. */
  step(): void {
    this.prepare();
    this.update();
  }

  /** Counts the step and writes its numbers, computed in double, as float32. */
  prepare(): void {
    hostAccess(
      `${this.name}.step (in a recorded step call update(), and prepare() before each run, ` +
        "with scalars among the inputs)",
      this.scalars,
    );
    if (!(Number.isFinite(this.lr) && this.lr >= 0)) checkAtLeast0(`${this.name}: lr`, this.lr);
    this.steps++;
    elements(this.scalars, "prepare").set([...this.numbers(1), ...this.numbers(0)]);
  }

  /** The lists of `state`, whose tensors a step changes too; taken once, for every step. */
  private get lists(): readonly (readonly Tensor[])[] {
    return (this.#lists ??= Object.values(this.state));
  }

  /** The kernel calls of a step. */
  update(): void {
    const gradOf = borrowing.has(this.move) ? borrowGrad : (p: Tensor) => p.grad;
    for (const [i, p] of this.parameters.entries()) {
      const grad = gradOf(p);
      if (grad === null) continue;
      const memory = contiguous(p.data); // itself, unless the parameter is a view of other memory
      this.move(i, memory, contiguous(grad.data), this.rows[this.undecayed.has(p) ? 1 : 0]);
      if (!p.isContiguous()) p.data.copy_(memory);
      else p.storage.version++;
      for (const list of this.lists) list[i].storage.version++;
    }
  }
}

/** The tensors in a list of their own. */
export const parametersOf = listOf<Tensor, Iterable<Tensor>>(
  (what, p) => checkTensor(what, p).dtype === "float32" || refuse(what, "float32", p.dtype),
  checkIterable,
);
