/** Changes of a text that leave its lines where they are. */
const RANK = { close: 0, semicolon: 1, closeBlock: 2, open: 3 } as const;

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly rank: number;
  readonly order: number;
}

/**
 * Where changes meet at a position, what closes an expression comes first, then a semicolon, what
 * closes a block, and what opens. Changes are noted from the outside in: of what opens the first
 * stays outside, of what closes the last.
 */
export class Edits {
  readonly #edits: Edit[] = [];

  #add(from: number, to: number, text: string, kind: keyof typeof RANK): void {
    const order = this.#edits.length;
    const inward = kind === "open" || kind === "semicolon";
    this.#edits.push({ from, to, text, rank: RANK[kind], order: inward ? order : -order });
  }
  insert(at: number, text: string, kind: keyof typeof RANK = "open"): void {
    this.#add(at, at, text, kind);
  }
  replace(from: number, to: number, text: string): void {
    this.#add(from, to, text, "open");
  }

  apply(source: string): string {
    const sorted = this.#edits.sort(
      (a, b) => a.from - b.from || a.rank - b.rank || a.order - b.order,
    );
    let [done, out] = [0, ""];
    for (const { from, to, text } of sorted) {
      const lines = source.slice(from, to).replace(/[^\n]/g, "");
      out += source.slice(done, from) + text + lines;
      done = to;
    }
    return out + source.slice(done);
  }
}
