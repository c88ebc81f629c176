/** The names of the kernels' arguments, taken from the kernel table. */
import { KERNEL_NAMES, type KernelName, KERNELS, Visitor } from "./kernel-table.js";

/** The name of each argument that a row shows; of a branch, the one with `true`. */
class Names extends Visitor {
  readonly words: string[] = [];
  readonly operands: string[] = [];

  #word(name: unknown): void {
    this.words.push(name as string);
  }
  #operand(name: unknown): void {
    this.operands.push(name as string);
  }

  override size = this.#word;
  override whole = this.#word;
  override real = this.#word;
  override flag = this.#word;
  override shape = this.#word;
  override read = this.#operand;
  override write = this.#operand;
  override update = this.#operand;

  override choice(_: unknown, name: unknown): void {
    this.#word(name);
  }
  override readStrided(operand: unknown, strides: unknown): void {
    this.#operand(operand);
    this.#word(strides);
  }
  override writeStrided = this.readStrided;
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
