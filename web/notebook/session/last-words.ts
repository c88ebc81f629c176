/**
 * A browser ends a page that uses up its memory, without a word. While a cell runs, a note of it is
 * kept in the tab; whoever finds one at the start of the page can say what happened.
 */
import type { TextStore } from "../document/saved.js";
import type { Notebook } from "./notebook.js";

const KEY = "mm-train.notebook.running";

export class LastWords {
  readonly #store: TextStore | undefined;

  constructor(store: TextStore | undefined) {
    this.#store = store;
  }

  /** What is to be said, once. */
  take(): string | undefined {
    const cell = this.#store?.getItem(KEY) ?? undefined;
    this.forget();
    return (
      cell &&
      `The browser ended this page while ${cell} ran, probably because memory was used up. ` +
        "The text is as it was; use less at once before you run it again."
    );
  }

  /** Returns what ends it. */
  watch(notebook: Notebook): () => void {
    let noted: string | undefined;
    return notebook.subscribe(() => {
      const { running, document } = notebook;
      if (running?.cell === noted) return;
      noted = running?.cell;
      if (noted === undefined) return this.forget();
      const number = document.cells.findIndex(({ id }) => id === noted) + 1;
      try {
        this.#store?.setItem(KEY, `cell ${number} of "${document.title}"`);
      } catch {
        // Without room for the note there is none.
      }
    });
  }

  /** Of a page that the reader closes. */
  forget(): void {
    this.#store?.removeItem(KEY);
  }
}
