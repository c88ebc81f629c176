/** The names of the kernels' arguments, taken from the kernel table. */
import { KERNEL_NAMES, type KernelName, rowOf, Visitor } from "./kernel-table.js";

/** Collects the name of each argument that a row shows; where it branches, with the flag set. */
class Names extends Visitor {
  /** of the arguments that are no operands */
  readonly values: string[] = [];
  readonly operands: string[] = [];

  #value(name: unknown): void {
    this.values.push(name as string);
  }
  #operand(name: unknown): void {
    this.operands.push(name as string);
  }

  override size = this.#value;
  override whole = this.#value;
  override real = this.#value;
  override flag = this.#value;
  override shape = this.#value;
  override read = this.#operand;
  override write = this.#operand;
  override update = this.#operand;

  override choice(choices: readonly string[], name: unknown): void {
    const inC = choices.map((choice) => choice[0].toUpperCase() + choice.slice(1));
    this.#value(`${name as string} (${inC.join(" ")})`);
  }
  override readStrided(operand: unknown, strides: unknown): void {
    this.#operand(operand);
    this.#value(strides);
  }
  override writeStrided = this.readStrided;
}

type ArgumentNames = Readonly<Pick<Names, "operands" | "values">>;

function read(kernel: KernelName): ArgumentNames {
  const names = new Names();
  // Arguments that are their own names.
  const args = new Proxy({}, { get: (_, name) => name });
  rowOf(kernel)(names, args);
  return names;
}

const NAMES = Object.fromEntries(KERNEL_NAMES.map((kernel) => [kernel, read(kernel)])) as Record<
  KernelName,
  ArgumentNames
>;

/** The names of a kernel's arguments in the order of the border: its operands, and the others. */
export const namesOf = (kernel: KernelName): ArgumentNames => NAMES[kernel];
