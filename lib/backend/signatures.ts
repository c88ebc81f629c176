/** The names of the kernels' arguments, taken from the kernel table. */
import { KERNEL_NAMES, type KernelName, KERNELS, type Visitor } from "./kernel-table.js";

/** The name of each argument that a row shows; of a branch, the one with `true`. */
class Names implements Visitor {
  readonly words: string[] = [];
  readonly operands: string[] = [];
  readonly #word = (name: unknown) => void this.words.push(name as string);
  readonly #operand = (name: unknown) => void this.operands.push(name as string);

  size = this.#word;
  whole = this.#word;
  real = this.#word;
  flag = this.#word;
  shape = this.#word;
  read = this.#operand;
  write = this.#operand;
  update = this.#operand;
  readIndices = this.#operand;
  readStrided = this.#strided.bind(this);
  writeStrided = this.#strided.bind(this);

  choice(_: unknown, name: unknown): void {
    this.#word(name);
  }

  flops(): void {}

  #strided(operand: unknown, strides: unknown): void {
    this.#operand(operand);
    this.#word(strides);
  }
}

type Signature = Readonly<Pick<Names, "operands" | "words">>;

function read(kernel: KernelName): Signature {
  const names = new Names();
  // Arguments that are their own names.
  const args = new Proxy({}, { get: (_, name) => name });
  (KERNELS[kernel] as (visitor: Visitor, args: object) => void)(names, args);
  return names;
}

const SIGNATURES = Object.fromEntries(
  KERNEL_NAMES.map((kernel) => [kernel, read(kernel)]),
) as Record<KernelName, Signature>;

/** The names of a kernel's arguments in the order of the border: its operands, and the others. */
export const namesOf = (kernel: KernelName): Signature => SIGNATURES[kernel];

/** Every kernel with its arguments, as the addon describes itself: they must be the same. */
export const signatures = (): string[] =>
  KERNEL_NAMES.map((kernel) => {
    const { operands, words } = namesOf(kernel);
    return `${kernel} ${operands.join(" ")} | ${words.join(" ")}`;
  });
