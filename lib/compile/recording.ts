/** One run of a step with every kernel call written down. */
import { observe } from "../backend/observe.js";
import { type Command, mapOperands } from "../backend/plan.js";
import { nextSerial } from "../backend/storage.js";
import { isAsync } from "../check.js";
import { CompileError } from "../errors.js";
import { Tensor } from "../tensor/index.js";
import { leafState } from "../tensor/tensor.js";
import { AutogradState } from "./autograd-state.js";

/** What a step does with the gradient of a leaf. */
export interface GradientUse {
  /** the gradient that it starts from; undefined if it replaces it unseen */
  readonly found: Tensor | null | undefined;
  /** the gradient that it leaves */
  readonly left: Tensor | null;
}

/** A step has set the gradient of a leaf, before its kernel call number `at`. */
export interface GradientChange {
  readonly at: number;
  readonly leaf: Tensor;
  readonly grad: Tensor | null;
}

export interface Recording {
  readonly commands: readonly Command[];
  readonly result: Tensor;
  readonly gradients: ReadonlyMap<Tensor, GradientUse>;
  readonly changes: readonly GradientChange[];
  readonly state: AutogradState;
  /** storages that the step made have this serial number or a higher one */
  readonly firstSerial: number;
}

/** Runs `step` once; its kernels compute as ever. */
export function record(step: () => Tensor): Recording {
  const commands: Command[] = [];
  const found = new Map<Tensor, GradientUse["found"]>();
  const changes: GradientChange[] = [];
  const state = new AutogradState();
  const firstSerial = nextSerial();
  const result = observe(
    {
      recording: true,
      // A tensor is an operand too: keep its place in memory, not its tape.
      call: (command) =>
        void commands.push({
          ...mapOperands(command, ({ storage, offset }) => ({ storage, offset })),
          at: commands.length,
        }),
      access(what) {
        throw new CompileError(
          `${what}: a recorded step cannot read or make numbers in JavaScript, since a ` +
            "replay would not do it again; do it outside and pass what changes as an input (or " +
            "train without compile)",
        );
      },
      look: () => undefined,
      gradient(leaf, grad, value) {
        if (!found.has(leaf as Tensor))
          found.set(leaf as Tensor, value === undefined ? (grad as Tensor | null) : undefined);
        if (value !== undefined)
          changes.push({ at: commands.length, leaf: leaf as Tensor, grad: value as Tensor | null });
      },
      requirement: (leaf, required, value) => {
        state.note(leaf as Tensor, required, value);
      },
    },
    step,
  );
  if (
    isAsync(result) ||
    !(result instanceof Tensor) ||
    result.dtype !== "float32" ||
    !result.isContiguous()
  ) {
    throw new CompileError("compile: expected the step to return a contiguous float32 tensor");
  }
  const gradients = new Map(
    [...found].map(([leaf, was]) => [leaf, { found: was, left: leafState(leaf).held.grad }]),
  );
  for (const [, { left }] of gradients) {
    if (left?.requiresGrad)
      throw new CompileError(
        "grad: a recorded step cannot leave a gradient that requires a gradient itself; use " +
          "detach()",
      );
  }
  return { commands, result, gradients, changes, state, firstSerial };
}
