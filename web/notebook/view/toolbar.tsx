/** The line above the cells: which notebook, what runs, and what can be done with the whole. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { SavedNotebook } from "../document/saved.js";
import type { Notebook } from "../session/notebook.js";
import { duration } from "./format.js";

export interface ToolbarProps {
  readonly notebook: Notebook;
  readonly examples: readonly SavedNotebook[];
  readonly own: readonly SavedNotebook[];
  /** an example that the reader changed, and that can be as it was */
  readonly isChangedExample: boolean;
  readonly onOpen: (id: string) => void;
  readonly onCreate: () => void;
  readonly onImport: (file: File) => void;
  readonly onDownload: () => void;
  readonly onShare: () => void;
  readonly onRestore: () => void;
  readonly onRename: (title: string) => void;
  readonly onDelete: () => void;
}

export function Toolbar(props: ToolbarProps) {
  const { notebook } = props;
  const isBusy = notebook.running !== undefined;
  return (
    <header class="nb-toolbar">
      <div class="nb-row">
        <Choice {...props} />
        {isBusy ? (
          <button type="button" class="nb-main" onClick={() => notebook.interrupt()}>
            ■ Interrupt
          </button>
        ) : (
          <button type="button" class="nb-main" onClick={() => notebook.runAll()}>
            ▶ Run all
          </button>
        )}
        <button type="button" onClick={() => notebook.reset()} title="Forget variables and outputs">
          Reset
        </button>
        <button type="button" onClick={props.onShare} title="A link that carries this notebook">
          Share
        </button>
        <More {...props} />
      </div>
      <Status notebook={notebook} />
    </header>
  );
}

function Choice({ notebook, examples, own, onOpen }: ToolbarProps) {
  const { id, title } = notebook.document;
  const isNew = ![...examples, ...own].some((other) => other.id === id);
  const options = (list: readonly SavedNotebook[]) =>
    list.map((item) => (
      <option value={item.id} selected={item.id === id}>
        {item.id === id ? title : item.title}
      </option>
    ));
  return (
    <select
      aria-label="Notebook"
      value={id}
      onChange={(event) => onOpen(event.currentTarget.value)}
    >
      {isNew && <option value={id}>{title}</option>}
      <optgroup label="Examples">{options(examples)}</optgroup>
      {own.length > 0 && <optgroup label="Yours">{options(own)}</optgroup>}
    </select>
  );
}

function More(props: ToolbarProps) {
  const { notebook, examples, isChangedExample } = props;
  const isExample = examples.some(({ id }) => id === notebook.document.id);
  const item = (label: string, act: () => void) => (
    <button
      type="button"
      onClick={(event) => {
        event.currentTarget.closest("details")?.removeAttribute("open");
        act();
      }}
    >
      {label}
    </button>
  );
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = ({ target }: Event): void => {
      if (menu.current && !menu.current.contains(target as Node)) menu.current.open = false;
    };
    document.addEventListener("pointerdown", close);
    return () => document.removeEventListener("pointerdown", close);
  }, []);
  return (
    <details
      class="nb-more"
      ref={menu}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.currentTarget.open = false;
      }}
      onFocusOut={(event) => {
        const to = event.relatedTarget as Node | null;
        if (to && !event.currentTarget.contains(to)) event.currentTarget.open = false;
      }}
    >
      <summary aria-label="More" title="More">
        ⋯
      </summary>
      <div class="nb-menu">
        {item("New notebook", props.onCreate)}
        <label class="nb-file">
          Open a file…
          <input
            type="file"
            accept=".ts,.mts,.js,.mjs"
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              event.currentTarget.value = "";
              event.currentTarget.closest("details")?.removeAttribute("open");
              if (file) props.onImport(file);
            }}
          />
        </label>
        {item("Download as TypeScript", props.onDownload)}
        {isChangedExample && item("Restore the example", props.onRestore)}
        {!isExample &&
          item("Rename…", () => {
            const title = prompt("Title of this notebook", notebook.document.title);
            if (title?.trim()) props.onRename(title.trim());
          })}
        {!isExample && item("Delete this notebook", props.onDelete)}
      </div>
    </details>
  );
}

const BACKENDS: Readonly<Record<string, string>> = {
  wasm: "WebAssembly",
  reference: "TypeScript, about 60 times slower than WebAssembly",
};

/** Milliseconds after which an interrupt that has not helped is offered another way. */
const PATIENCE = { interruptsLoops: 1500, not: 300 };

function Status({ notebook }: { notebook: Notebook }) {
  const { running, interrupting, kernelState, progress } = notebook;
  const [now, setNow] = useState(performance.now());
  const [asked, setAsked] = useState<number>();
  useEffect(() => setAsked(interrupting ? performance.now() : undefined), [interrupting]);
  useEffect(() => {
    setNow(performance.now());
    if (running === undefined) return;
    const timer = setInterval(() => setNow(performance.now()), 250);
    return () => clearInterval(timer);
  }, [running]);

  if (kernelState.kind === "failed")
    return (
      <p class="nb-status" role="status">
        The kernel ended: {kernelState.message}.{" "}
        <button type="button" onClick={() => notebook.reset()}>
          Start again
        </button>
      </p>
    );
  if (running === undefined)
    return (
      <p class="nb-status" role="status">
        {kernelState.kind === "starting"
          ? "Starting…"
          : `Ready, computes with ${BACKENDS[kernelState.backend] ?? kernelState.backend}`}
      </p>
    );
  const number = notebook.document.cells.findIndex(({ id }) => id === running.cell) + 1;
  const { interruptsLoops, not } = PATIENCE;
  const patience =
    kernelState.kind === "ready" && kernelState.interruptsLoops ? interruptsLoops : not;
  const isStuck = asked !== undefined && now - asked > patience;
  const { done, total } = progress;
  return (
    <div class="nb-status">
      {total > 1 && <progress value={done} max={total} aria-label="Cells run" />}
      <span role="status">
        {interrupting ? "Interrupting" : "Running"} cell{" "}
        {total > 1 ? `${done + 1} of ${total}` : number}
      </span>
      <span aria-hidden="true">{duration(Math.max(0, now - running.since))}</span>
      {isStuck && (
        <button type="button" onClick={() => notebook.stop()}>
          It does not listen: stop the kernel (variables are lost)
        </button>
      )}
    </div>
  );
}
