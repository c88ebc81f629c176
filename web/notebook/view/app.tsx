/** The whole notebook in the page. */
import examples from "mm-train:examples";
import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import { createDocument, type Document, type DocumentCell } from "../document/document.js";
import type { SavedNotebooks } from "../document/saved.js";
import { LONGEST_LINK, toLink } from "../document/share.js";
import type { Place } from "../protocol.js";
import { fromScript, toScript } from "../script/percent.js";
import type { Notebook } from "../session/notebook.js";
import { type CellActions, type CellHandle, CellView } from "./cell.js";
import { download, readScript } from "./files.js";
import { Toolbar } from "./toolbar.js";

export interface AppProps {
  readonly notebook: Notebook;
  readonly saved: SavedNotebooks;
  readonly linkTo: (payload: string) => string;
  /** what is said at first */
  readonly notice?: string;
  readonly styleNonce?: string;
}

/** Said to the reader, with something to do about it. */
interface Notice {
  readonly text: string;
  readonly action?: { readonly label: string; readonly act: () => void };
  readonly link?: string;
}

/** As the reader left it, or as it is shipped. */
export function openDocument(saved: SavedNotebooks, id: string): Document | undefined {
  const example = examples.find((other) => other.id === id);
  return saved.load(id) ?? (example && createDocument(id, example.title, example.cells));
}

const newName = (): string => `own-${Date.now().toString(36)}`;

export function App({ notebook, saved, linkTo, notice: first, styleNonce }: AppProps) {
  const [, update] = useReducer((n: number) => n + 1, 0);
  const [notice, setNotice] = useState<Notice | undefined>(first ? { text: first } : undefined);
  const [selected, setSelected] = useState<string>();
  const handles = useRef(new Map<string, CellHandle>());
  /** what to do once the page shows a change */
  const afterwards = useRef<() => void>();
  const keeping = useRef<Document>(notebook.document);

  useEffect(() => notebook.subscribe(() => update(0)), [notebook]);
  useEffect(() => {
    afterwards.current?.();
    afterwards.current = undefined;
  });

  const { document: open } = notebook;
  // Autosave: what the reader changed, not what was only opened.
  useEffect(() => {
    if (keeping.current === open) return;
    const isChange = keeping.current.id === open.id;
    keeping.current = open;
    if (!isChange) return;
    try {
      saved.save(open);
    } catch (error) {
      setNotice({ text: (error as Error).message });
    }
  }, [open]);

  const show = (document: Document) => {
    keeping.current = document;
    setNotice(undefined);
    setSelected(undefined);
    notebook.open(document);
  };
  /** A notebook of the reader's own. */
  const adopt = (document: Document) => {
    try {
      saved.save(document);
      show(document);
    } catch (error) {
      show(document);
      setNotice({ text: (error as Error).message });
    }
  };
  const attempt = async (act: () => Promise<void> | void) => {
    try {
      await act();
    } catch (error) {
      setNotice({ text: (error as Error).message });
    }
  };

  const share = () =>
    attempt(async () => {
      const link = linkTo(toLink(open));
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

  const actionsOf = (cell: DocumentCell, position: number): CellActions => {
    const handle = (at: number) => handles.current.get(notebook.document.cells[at]?.id ?? "");
    const insertAt = (at: number, kind: DocumentCell["kind"]) => {
      const id = notebook.insert(at, kind);
      afterwards.current = () => handles.current.get(id)?.edit("start");
      update(0);
    };
    return {
      change: (source) => notebook.edit(cell.id, { source }),
      run(then) {
        notebook.run([cell.id]);
        if (then === "insert" || (then === "next" && position + 1 === open.cells.length))
          insertAt(position + 1, "code");
        else if (then === "next") handle(position + 1)?.focus();
      },
      runAbove: () => notebook.runAbove(cell.id),
      stop: () => notebook.interrupt(),
      select: () => setSelected(cell.id),
      leave(by, into) {
        const to = handle(position + by);
        if (into === "cell" || notebook.document.cells[position + by]?.kind === "text") to?.focus();
        else to?.edit(by < 0 ? "end" : "start");
      },
      insert: (where, kind) => insertAt(where === "above" ? position : position + 1, kind),
      move(by) {
        notebook.move(cell.id, by);
        afterwards.current = () => handles.current.get(cell.id)?.focus();
        update(0);
      },
      remove() {
        const before = notebook.document;
        notebook.remove(cell.id);
        afterwards.current = () => handle(Math.min(position, open.cells.length - 2))?.focus();
        setNotice({
          text: "The cell is deleted.",
          action: {
            label: "Undo",
            act: () => {
              const { cells } = notebook.document;
              const back = cells.toSpliced(position, 0, cell);
              const isOpen = notebook.document.id === before.id;
              if (isOpen) notebook.replace({ ...notebook.document, cells: back });
            },
          },
        });
      },
      toKind: (kind) => {
        notebook.edit(cell.id, { kind });
        afterwards.current = () => handles.current.get(cell.id)?.focus();
        update(0);
      },
      showPlace({ cell: id, line }: Place) {
        handles.current.get(id)?.showLine(line);
      },
    };
  };

  const stale = notebook.stale();
  const numberOf = (id: string) => open.cells.findIndex((cell) => cell.id === id) + 1;
  const isExample = (id: string) => examples.some((example) => example.id === id);
  const savedList = saved.list();

  return (
    <div class="nb">
      <Toolbar
        notebook={notebook}
        examples={examples.map(({ id, title }) => ({ id, title }))}
        own={savedList.filter(({ id }) => !isExample(id))}
        isChangedExample={isExample(open.id) && savedList.some(({ id }) => id === open.id)}
        onOpen={(id) => {
          const document = openDocument(saved, id);
          if (document) show(document);
        }}
        onCreate={() => adopt(createDocument(newName(), "My notebook", []))}
        onImport={(file) =>
          attempt(async () => {
            const { title, script } = await readScript(file);
            adopt(createDocument(newName(), title, fromScript(script)));
          })
        }
        onDownload={() => download(open.title, toScript(open.cells))}
        onShare={() => void share()}
        onRestore={() => {
          const before = open;
          saved.remove(open.id);
          const document = openDocument(saved, open.id);
          if (document === undefined) return;
          show(document);
          setNotice({
            text: "The example is as it was shipped.",
            action: { label: "Undo", act: () => adopt(before) },
          });
        }}
        onRename={(title) => notebook.replace({ ...open, title })}
        onDelete={() => {
          const before = open;
          saved.remove(open.id);
          const document = openDocument(saved, examples[0].id);
          if (document) show(document);
          setNotice({
            text: `"${before.title}" is deleted.`,
            action: { label: "Undo", act: () => adopt(before) },
          });
        }}
      />
      {notice && <NoticeLine notice={notice} onClose={() => setNotice(undefined)} />}
      <div class="nb-cells">
        {open.cells.map((cell, position) => (
          <CellView
            key={cell.id}
            cell={cell}
            number={position + 1}
            state={notebook.state(cell.id)}
            stale={stale.get(cell.id)}
            isSelected={cell.id === selected}
            numberOf={numberOf}
            variables={() => notebook.names()}
            styleNonce={styleNonce}
            actions={actionsOf(cell, position)}
            register={(handle) => {
              if (handle) handles.current.set(cell.id, handle);
              else handles.current.delete(cell.id);
            }}
          />
        ))}
      </div>
      <Help />
    </div>
  );
}

function NoticeLine({ notice, onClose }: { notice: Notice; onClose: () => void }) {
  const { text, action, link } = notice;
  return (
    <div class="nb-notice" role="alert">
      <span>{text}</span>
      {link && <input readOnly value={link} aria-label="Link" onFocus={selectAll} />}
      {action && (
        <button
          type="button"
          onClick={() => {
            onClose();
            action.act();
          }}
        >
          {action.label}
        </button>
      )}
      <button type="button" aria-label="Close" onClick={onClose}>
        ✕
      </button>
    </div>
  );
}

const selectAll = (event: Event): void => (event.currentTarget as HTMLInputElement).select();

const KEYS = [
  ["Shift+Enter", "run, and go to the next cell"],
  ["Ctrl+Enter", "run"],
  ["Alt+Enter", "run, and add a cell below"],
  ["Esc", "leave the editor; Enter goes back"],
  ["↑ ↓", "to the cell above or below"],
  ["Alt+↑ ↓", "move the cell"],
  ["A B", "add a cell above or below"],
  ["M Y", "make it text or code"],
  ["Delete", "delete the cell"],
] as const;

function Help() {
  return (
    <details class="nb-help">
      <summary>Keys</summary>
      <dl>
        {KEYS.map(([key, what]) => (
          <div>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
