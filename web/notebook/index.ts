/** The notebook: `mountNotebook` shows it in an element of a page. */
import examples from "mm-train:examples";
import { h, render } from "preact";
import { createDocument, type Document } from "./document/document.js";
import { SavedNotebooks } from "./document/saved.js";
import { fromLink } from "./document/share.js";
import { Kernel } from "./session/kernel.js";
import { Notebook } from "./session/notebook.js";
import { App, openDocument } from "./view/app.js";
import "./view/style.css";

export interface NotebookOptions {
  /** starts web/notebook/kernel.ts, built as a classic script */
  readonly startKernel: () => Promise<Worker>;
  /** what a link to the page carried */
  readonly shared?: string;
  /** the id of an example to open: "lecture" (the default), "quickstart" */
  readonly example?: string;
  /** the link that opens the page with what Share made */
  readonly linkTo: (payload: string) => string;
  /** that the page's content security policy allows for styles */
  readonly styleNonce?: string;
}

/** Returns what takes it out of the page again and ends its kernel. */
export function mountNotebook(element: HTMLElement, options: NotebookOptions): () => void {
  const saved = new SavedNotebooks(browserStorage());
  const { document, notice } = firstDocument(saved, options);
  let kernel: Kernel | undefined;
  const notebook = new Notebook(document, (events) => {
    kernel = new Kernel(options.startKernel, events);
    return kernel;
  });
  const { linkTo, styleNonce } = options;
  render(h(App, { notebook, saved, linkTo, notice, styleNonce }), element);
  return () => {
    render(null, element);
    kernel?.stop();
  };
}

/** What came by a link is shown; nothing runs before the reader asks. */
function firstDocument(
  saved: SavedNotebooks,
  { shared, example = examples[0].id }: NotebookOptions,
): { document: Document; notice?: string } {
  const usual = openDocument(saved, example) ?? createDocument("own", "My notebook", []);
  if (shared === undefined) return { document: usual };
  try {
    const { title, cells } = fromLink(shared);
    const id = `own-${Date.now().toString(36)}`;
    const notice = "This notebook came by a link. Nothing of it has run: read it first.";
    return { document: createDocument(id, title, cells), notice };
  } catch (error) {
    return { document: usual, notice: (error as Error).message };
  }
}

/** A browser that refuses it throws where it is only named. */
function browserStorage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
