/** What is wrong with lines of a corpus: all of them are told at once, in one line. */
import { DataError } from "../../errors.js";

/** So many further ones are named. */
const NAMED = 5;

/** Collects bad lines in their order. */
export class BadLines {
  private first: { line: number; problem: string } | undefined;
  private readonly others: number[] = [];
  private count = 0;

  /**
   * @param source names the corpus
   * @param kind what the numbers count
   */
  constructor(
    private readonly source: string,
    private readonly kind: "lines" | "words" = "lines",
  ) {}

  /** @param line 1-based; @param problem undefined for a good one */
  add(line: number, problem: string | undefined): void {
    if (problem === undefined) return;
    this.count++;
    if (this.first === undefined) this.first = { line, problem };
    else if (this.others.length < NAMED) this.others.push(line);
  }

  /**
   * @throws DataError where there is a bad one: what is wrong with the first, and where others are
   */
  throwIfAny(): void {
    if (this.first === undefined) return;
    const { line, problem } = this.first;
    throw new DataError(this.source, problem + this.more(), line);
  }

  private more(): string {
    const { others, kind } = this;
    const more = this.count - 1;
    if (more === 0) return "";
    const bad = more === 1 ? `1 more ${kind.slice(0, -1)} is bad` : `${more} more ${kind} are bad`;
    return `; ${bad}: ${others.join(", ")}${more > others.length ? ", ..." : ""}`;
  }
}
