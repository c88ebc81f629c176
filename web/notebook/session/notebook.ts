/**
 * The notebook that is open: its document, what its cells showed, and what runs. Knows no page;
 * whoever shows it asks `subscribe` to be told of changes.
 */
import {
  cellOf,
  type Document,
  type DocumentCell,
  editCell,
  insertCell,
  moveCell,
  positionOf,
  removeCell,
} from "../document/document.js";
import { type LastRun, type Stale, staleCells } from "../document/stale.js";
import type { Ran, Shown } from "../protocol.js";
import type { Cell } from "../script/cells.js";
import type { CellRunner, KernelEvents, KernelState } from "./kernel-events.js";
import { addShown, NOTHING, type ShownOutput } from "./shown-output.js";

/** What is known of a cell besides its text. */
export interface CellState {
  readonly status: "idle" | "waiting" | "running";
  readonly output: ShownOutput;
  readonly ran?: LastRun & Pick<Ran, "ok" | "interrupted" | "milliseconds">;
}

const FRESH: CellState = { status: "idle", output: NOTHING };

/** Of several cells that were asked for at once. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

export class Notebook {
  #document: Document;
  #states = new Map<string, CellState>();
  #queue: string[] = [];
  #running: { readonly cell: string; readonly source: string; readonly since: number } | undefined;
  #progress: Progress = { done: 0, total: 0 };
  #order = 0;
  #interrupting = false;
  #kernelState: KernelState = { kind: "starting" };
  readonly #kernel: CellRunner;
  readonly #listeners = new Set<() => void>();

  constructor(document: Document, createKernel: (events: KernelEvents) => CellRunner) {
    this.#document = document;
    this.#kernel = createKernel({
      state: (state) => this.#setKernelState(state),
      shown: (cell, shown) => this.#shown(cell, shown),
      ran: (cell, ran) => this.#ran(cell, ran),
    });
    void this.#kernel.start();
  }

  get document(): Document {
    return this.#document;
  }
  get kernelState(): KernelState {
    return this.#kernelState;
  }
  /** the cell that runs, and since when (performance.now()) */
  get running(): { readonly cell: string; readonly since: number } | undefined {
    return this.#running;
  }
  get progress(): Progress {
    return this.#progress;
  }
  /** whether an interrupt was asked for and the cell has not ended yet */
  get interrupting(): boolean {
    return this.#interrupting;
  }
  state(id: string): CellState {
    return this.#states.get(id) ?? FRESH;
  }
  stale(): ReadonlyMap<string, Stale> {
    const code = this.#document.cells.filter(({ kind }) => kind === "code");
    return staleCells(code.map((cell) => ({ ...cell, ran: this.state(cell.id).ran })));
  }
  /** names that cells declared */
  names(): Set<string> {
    return new Set([...this.#states.values()].flatMap(({ ran }) => ran?.writes ?? []));
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Another notebook: with variables of its own. */
  open(document: Document): void {
    this.#document = document;
    this.reset();
  }
  /** The same notebook, changed. */
  replace(document: Document): void {
    this.#document = document;
    this.#changed();
  }
  edit(id: string, change: Partial<Omit<DocumentCell, "id">>): void {
    this.replace(editCell(this.#document, id, change));
  }
  /** Returns the new cell's id. */
  insert(position: number, kind: Cell["kind"]): string {
    const { document, id } = insertCell(this.#document, position, kind);
    this.replace(document);
    return id;
  }
  remove(id: string): void {
    this.#queue = this.#queue.filter((waiting) => waiting !== id);
    this.replace(removeCell(this.#document, id));
  }
  move(id: string, by: -1 | 1): void {
    this.replace(moveCell(this.#document, id, by));
  }

  /** Runs cells in the order of the notebook, after those that wait; text is left out. */
  run(ids: readonly string[]): void {
    const wanted = this.#document.cells.filter(
      ({ id, kind, source }) => kind === "code" && source.trim() !== "" && ids.includes(id),
    );
    if (this.#queue.length === 0 && !this.#running) this.#progress = { done: 0, total: 0 };
    for (const { id } of wanted) {
      if (this.#queue.includes(id)) continue;
      this.#queue.push(id);
      this.#progress = { ...this.#progress, total: this.#progress.total + 1 };
      if (id !== this.#running?.cell) this.#set(id, { status: "waiting" });
    }
    this.#next();
    this.#changed();
  }
  runAll(): void {
    this.run(this.#document.cells.map(({ id }) => id));
  }
  runAbove(id: string): void {
    this.run(this.#document.cells.slice(0, positionOf(this.#document, id)).map((cell) => cell.id));
  }

  /** Asks the running cell to end, and forgets those that wait. */
  interrupt(): void {
    this.#forgetQueue();
    if (this.#running) {
      this.#interrupting = true;
      this.#kernel.interrupt();
    }
    this.#changed();
  }

  /** A new kernel: no variables; outputs go, too. */
  reset(): void {
    this.#states.clear();
    this.#restart();
  }
  /** A new kernel where the running cell does not end: outputs stay, for reading. */
  stop(): void {
    const { cell } = this.#running ?? {};
    for (const [id, { output }] of this.#states) this.#states.set(id, { status: "idle", output });
    if (cell !== undefined)
      this.#fail(cell, "Stopped", "the kernel was ended with this cell; all variables are gone");
    this.#restart();
  }

  #restart(): void {
    this.#forgetQueue();
    this.#running = undefined;
    this.#interrupting = false;
    this.#order = 0;
    void this.#kernel.start();
    this.#changed();
  }

  #forgetQueue(): void {
    for (const id of this.#queue) if (id !== this.#running?.cell) this.#set(id, { status: "idle" });
    this.#queue = [];
  }

  #next(): void {
    if (this.#running || this.#kernelState.kind !== "ready") return;
    const id = this.#queue.shift();
    if (id === undefined) return;
    const cell = cellOf(this.#document, id);
    if (cell === undefined) return this.#next();
    this.#running = { cell: id, source: cell.source, since: performance.now() };
    this.#set(id, { status: "running", output: NOTHING, ran: undefined });
    this.#kernel.run(id, cell.source);
  }

  #shown(cell: string, shown: Shown): void {
    this.#set(cell, { output: addShown(this.state(cell).output, shown) });
    this.#changed();
  }

  #ran(cell: string, ran: Ran): void {
    if (this.#running?.cell !== cell) return;
    const { source } = this.#running;
    this.#running = undefined;
    this.#interrupting = false;
    this.#order += 1;
    this.#set(cell, { status: "idle", ran: { ...ran, source, order: this.#order } });
    this.#progress = { ...this.#progress, done: this.#progress.done + 1 };
    // What comes after a cell that failed would run on something else.
    if (!ran.ok) this.#forgetQueue();
    this.#next();
    this.#changed();
  }

  #setKernelState(state: KernelState): void {
    this.#kernelState = state;
    if (state.kind === "failed") {
      const { cell } = this.#running ?? {};
      this.#running = undefined;
      this.#interrupting = false;
      this.#forgetQueue();
      for (const [id, { output }] of this.#states) this.#states.set(id, { status: "idle", output });
      if (cell !== undefined)
        this.#fail(cell, "KernelEnded", `${state.message}; all variables are gone`);
    }
    this.#next();
    this.#changed();
  }

  #fail(cell: string, name: string, message: string): void {
    const failure = { name, message, places: [] };
    const { output } = this.state(cell);
    this.#set(cell, { output: addShown(output, { items: [{ kind: "failure", failure }] }) });
  }

  #set(id: string, change: Partial<CellState>): void {
    this.#states.set(id, { ...this.state(id), ...change });
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
