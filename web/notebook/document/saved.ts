/** Notebooks kept in the browser. */
import type { Cell } from "../script/cells.js";
import { createDocument, type Document } from "./document.js";

const PREFIX = "mm-train.notebook.";

export interface SavedNotebook {
  readonly id: string;
  readonly title: string;
}

/** What of localStorage is used. */
export interface TextStore {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Text alone: outputs are made again. */
export class SavedNotebooks {
  readonly #storage: TextStore | undefined;

  /** Without a storage (a browser can refuse it) nothing is kept. */
  constructor(storage: TextStore | undefined) {
    this.#storage = storage;
  }

  /** @throws Error: one line that says why it is not kept */
  save({ id, title, cells }: Document): void {
    const text = JSON.stringify({
      title,
      cells: cells.map(({ kind, source }) => ({ kind, source })),
    });
    try {
      if (this.#storage === undefined) throw new Error();
      this.#storage.setItem(PREFIX + id, text);
    } catch {
      throw new Error("not saved: this browser keeps nothing more; download the notebook");
    }
  }

  load(id: string): Document | undefined {
    try {
      const text = this.#storage?.getItem(PREFIX + id);
      if (!text) return undefined;
      const { title, cells } = JSON.parse(text) as { title: string; cells: Cell[] };
      return createDocument(id, String(title), cells.filter(isCell));
    } catch {
      return undefined;
    }
  }

  remove(id: string): void {
    this.#storage?.removeItem(PREFIX + id);
  }

  list(): SavedNotebook[] {
    const storage = this.#storage;
    return Array.from({ length: storage?.length ?? 0 }, (_, i) => storage?.key(i) ?? "")
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => key.slice(PREFIX.length))
      .flatMap((id) => {
        const document = this.load(id);
        return document ? [{ id, title: document.title }] : [];
      });
  }
}

const isCell = (cell: unknown): cell is Cell => {
  const { kind, source } = (cell ?? {}) as Partial<Cell>;
  return (kind === "text" || kind === "code") && typeof source === "string";
};
