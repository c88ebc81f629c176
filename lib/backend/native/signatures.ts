/** What TypeScript takes the addon's kernels to be: binding.ts refuses an addon with others. */
import { namesOf } from "../argument-names.js";
import { KERNEL_NAMES } from "../kernel-table.js";
import { MAX_OPERANDS } from "./marshal.js";

/** Every kernel with its arguments, as the addon describes itself: they must be the same. */
export const signatures = (): string[] => [
  `${MAX_OPERANDS} operands`,
  ...KERNEL_NAMES.map((kernel) => {
    const { operands, values } = namesOf(kernel);
    return `${kernel} ${operands.join(" ")} | ${values.join(" ")}`;
  }),
];
