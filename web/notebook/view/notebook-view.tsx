/** The notebook as a view of the page. */
import examples from "mm-train:examples";
import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import type { ViewProps } from "../../page/view.js";
import { startWorker } from "../../page/scripts.js";
import { createDocument, type Document } from "../document/document.js";
import { SavedNotebooks } from "../document/saved.js";
import { fromLink, LONGEST_LINK, toLink } from "../document/share.js";
import { oneScope } from "../script/one-scope.js";
import { fromScript, toScript } from "../script/percent.js";
import { Kernel } from "../session/kernel.js";
import { LastWords } from "../session/last-words.js";
import { Notebook } from "../session/notebook.js";
import { localStore, tabStore } from "./browser-storage.js";
import { CellList } from "./cell-list.js";
import { download, readScript } from "./files.js";
import { Help } from "./help.js";
import { type Notice, NoticeLine } from "./notice.js";
import "./style.css";
import { Toolbar } from "./toolbar.js";

const saved = new SavedNotebooks(localStore());
const lastWords = new LastWords(tabStore());

const newName = (): string => `own-${Date.now().toString(36)}`;
const isExample = (id: string): boolean => examples.some((example) => example.id === id);

/** As the reader left it, or as it is shipped. */
function find(id: string): Document | undefined {
  const example = examples.find((other) => other.id === id);
  return saved.load(id) ?? (example && createDocument(id, example.title, example.cells));
}

/**
 * What the address names: `open=` an example or a notebook of this browser, `shared=` one that the
 * address carries; that is shown, and nothing of it runs before the reader asks.
 */
function named(query: string): { document: Document; notice?: Notice } {
  const words = new URLSearchParams(query);
  const usual = find(words.get("open") ?? "") ?? find(examples[0].id);
  const document = usual ?? createDocument(newName(), "My notebook", []);
  const shared = words.get("shared");
  if (shared === null) return { document };
  try {
    const { title, cells } = fromLink(shared);
    const text = "This notebook came by a link: read it before you run it.";
    return { document: createDocument(newName(), title, cells), notice: { text } };
  } catch (error) {
    return { document, notice: { text: (error as Error).message } };
  }
}

function start(query: string) {
  const { document, notice } = named(query);
  const startKernel = () => startWorker("notebook-kernel");
  const notebook = new Notebook(document, (events) => new Kernel(startKernel, events));
  const ended = lastWords.take();
  return { notebook, notice: notice ?? (ended ? { text: ended } : undefined) };
}

export function NotebookView({ query, onQuery }: ViewProps) {
  const [{ notebook, notice: first }] = useState(() => start(query));
  const [, update] = useReducer((n: number) => n + 1, 0);
  const [notice, setNotice] = useState<Notice | undefined>(first);
  const [list, setList] = useState(() => saved.list());
  /** the document as it is kept */
  const kept = useRef(notebook.document);
  /** what this view itself put into the address */
  const address = useRef(query);
  const { document: open } = notebook;

  useEffect(() => notebook.subscribe(() => update(0)), [notebook]);
  useEffect(() => {
    const forget = () => lastWords.forget();
    addEventListener("pagehide", forget);
    const end = lastWords.watch(notebook);
    return () => {
      removeEventListener("pagehide", forget);
      end();
    };
  }, [notebook]);

  const put = (id: string): void => {
    address.current = id === examples[0].id ? "" : `open=${id}`;
    onQuery(address.current);
  };
  const show = (document: Document, notice?: Notice): void => {
    kept.current = document;
    setNotice(notice);
    notebook.open(document);
  };
  const attempt = async (act: () => Promise<void> | void): Promise<void> => {
    try {
      await act();
    } catch (error) {
      setNotice({ text: (error as Error).message });
    }
  };
  const keep = (document: Document): Promise<void> =>
    attempt(() => {
      const before = list.find(({ id }) => id === document.id);
      saved.save(document);
      if (before?.title !== document.title) setList(saved.list());
      put(document.id);
    });
  /** A notebook of the reader's own. */
  const adopt = (document: Document): void => {
    show(document);
    void keep(document);
  };
  const select = (id: string, notice?: Notice): void => {
    const document = find(id);
    if (document === undefined) return;
    show(document, notice);
    put(id);
  };

  // Another link, while the page is open.
  useEffect(() => {
    if (query === address.current) return;
    address.current = query;
    const { document, notice } = named(query);
    show(document, notice);
  }, [query]);
  // Autosave: what the reader changed, not what was only opened.
  useEffect(() => {
    if (kept.current === open) return;
    kept.current = open;
    void keep(open);
  }, [open]);

  const share = () =>
    attempt(async () => {
      const link = `${location.href.split("#")[0]}#notebook?shared=${toLink(open)}`;
      if (link.length > LONGEST_LINK)
        throw new Error(
          `this notebook makes a link of ${link.length.toLocaleString("en")} characters, more ` +
            `than ${LONGEST_LINK.toLocaleString("en")}, which many programs cut: download it instead`,
        );
      const copied = await navigator.clipboard?.writeText(link).then(
        () => true,
        () => false,
      );
      setNotice({ text: copied ? "The link is copied:" : "Copy this link:", link });
    });
  /** Back to what is shipped, or to the first example; with a way to undo it. */
  const forget = (text: string, next: string): void => {
    saved.remove(open.id);
    setList(saved.list());
    select(next, { text, action: { label: "Undo", act: () => adopt(open) } });
  };

  return (
    <div class="nb">
      <Toolbar
        notebook={notebook}
        examples={examples.map(({ id, title }) => ({ id, title }))}
        own={list.filter(({ id }) => !isExample(id))}
        isChangedExample={isExample(open.id) && list.some(({ id }) => id === open.id)}
        onOpen={select}
        onCreate={() => adopt(createDocument(newName(), "My notebook", []))}
        onImport={(file) =>
          attempt(async () => {
            const { title, script } = await readScript(file);
            adopt(createDocument(newName(), title, fromScript(script)));
          })
        }
        onDownload={() => download(open.title, toScript(oneScope(open.cells)))}
        onShare={() => void share()}
        onRename={(title) => notebook.replace({ ...open, title })}
        onRestore={() => forget("The example is as it was shipped.", open.id)}
        onDelete={() => forget(`"${open.title}" is deleted.`, examples[0].id)}
      />
      {notice && <NoticeLine notice={notice} onClose={() => setNotice(undefined)} />}
      <CellList
        key={open.id}
        notebook={notebook}
        onNotice={setNotice}
        styleNonce={document.querySelector<HTMLElement>("[nonce]")?.nonce}
      />
      <Help />
    </div>
  );
}
