/** Counts what the cases of a comparison with PyTorch have shown. */
import type { Answer, Case } from "./case.js";
import { differenceOf } from "./compare.js";
import { explained, KNOWN_DIFFERENCES } from "./known.js";

/** Lines of JSON, by turns a case and PyTorch's answer; made by `npm run verify:torch -- --record`. */
export const RECORDED = new URL("../../reference/differential.jsonl.gz", import.meta.url);

export class Tally {
  cases = 0;
  same = 0;
  steps = 0;
  gradients = 0;
  refused = 0;
  /** numbers, and those of which nothing is promised: the order of a sum decides on infinity */
  numbers = 0;
  free = 0;
  readonly operations = new Set<string>();
  readonly known = new Map<string, number>(KNOWN_DIFFERENCES.map((what) => [what, 0]));
  readonly unexplained: string[] = [];

  /** Compares a case; whether it is the first to show a known difference. */
  add(c: Case, answer: Answer): boolean {
    this.cases++;
    this.steps += answer.steps.length;
    for (const [operation] of c.steps.slice(0, answer.steps.length)) this.operations.add(operation);
    const end = answer.steps.at(-1);
    if (end !== undefined && "error" in end) this.refused++;
    const gradients = Array.isArray(answer.gradients) ? answer.gradients : [];
    if (gradients.length > 0) this.gradients++;
    for (const part of [...answer.steps, ...gradients])
      if (part !== null && "numbers" in part) {
        this.numbers += Math.floor((3 * part.numbers.length) / 16);
        this.free += part.bounds?.filter((b) => b === 999).length ?? 0;
      }
    const difference = differenceOf(c, answer);
    if (difference === undefined) {
      this.same++;
      return false;
    }
    const what = explained(difference, c);
    if (what === undefined) {
      const { kind, here, there, operation } = difference;
      this.unexplained.push(
        `${kind}: ${operation}: here ${here}, there ${there}\n  ${JSON.stringify(c)}`,
      );
      return false;
    }
    const before = this.known.get(what) ?? 0;
    this.known.set(what, before + 1);
    return before === 0;
  }

  report(): string {
    const seen = [...this.known].map(([what, n]) => `  ${String(n).padStart(5)} ${what}`);
    const differing = [...this.known.values()].reduce((sum, n) => sum + n, 0);
    return [
      ...this.unexplained,
      `${this.cases} cases, ${this.steps} steps of ${this.operations.size} operations, ` +
        `${this.gradients} with gradients, ${this.refused} refused by PyTorch`,
      `${this.numbers} numbers, ${this.free} of them free (a sum's order decides on infinity)`,
      `${differing} differ as known:`,
      ...seen,
      `${this.unexplained.length} unexplained differences`,
    ].join("\n");
  }
}
