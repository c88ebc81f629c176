/** A cell: its text or code, what it showed, and what can be done with it. */
import { Component, type RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { DocumentCell } from "../document/document.js";
import type { Stale } from "../document/stale.js";
import type { Place } from "../protocol.js";
import type { CellState } from "../session/notebook.js";
import { Editor, type EditorHandle, type EditorOptions } from "./editor.js";
import { duration } from "./format.js";
import { Markdown } from "./markdown.js";
import { Output } from "./output.js";

/** What the notebook does with a cell. */
export interface CellHandle {
  /** the cell itself, for single keys */
  focus(): void;
  edit(at: "start" | "end" | "here"): void;
  showLine(line: number): void;
}

export interface CellActions {
  change(source: string): void;
  run(then: "stay" | "next" | "insert"): void;
  runAbove(): void;
  stop(): void;
  select(): void;
  /** focus to the cell above or below; into its editor or onto it */
  leave(by: -1 | 1, into: "editor" | "cell"): void;
  insert(where: "above" | "below", kind: DocumentCell["kind"]): void;
  move(by: -1 | 1): void;
  remove(): void;
  toKind(kind: DocumentCell["kind"]): void;
  showPlace(place: Place): void;
}

export interface CellProps extends Pick<EditorOptions, "variables" | "styleNonce"> {
  readonly cell: DocumentCell;
  /** from 1 */
  readonly number: number;
  readonly state: CellState;
  readonly stale: Stale | undefined;
  readonly isSelected: boolean;
  readonly numberOf: (cell: string) => number;
  readonly actions: CellActions;
  readonly register: (handle: CellHandle | undefined) => void;
}

/** Shown again where something of it changed: a letter typed into one cell leaves the others. */
export class CellView extends Component<CellProps> {
  override shouldComponentUpdate(next: CellProps): boolean {
    const { cell, number, state, stale, isSelected } = this.props;
    return (
      cell !== next.cell ||
      number !== next.number ||
      state !== next.state ||
      isSelected !== next.isSelected ||
      JSON.stringify(stale) !== JSON.stringify(next.stale)
    );
  }
  override render() {
    return <ShownCell {...this.props} />;
  }
}

function ShownCell(props: CellProps) {
  const { cell, number, isSelected, actions, register } = props;
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorHandle>(null);
  const [isEditing, setEditing] = useState(cell.kind === "text" && cell.source === "");
  const isText = cell.kind === "text" && !isEditing;
  const wish = useRef<() => void>();

  useEffect(() => {
    register({
      focus: () => place.current?.focus(),
      edit(at) {
        if (cell.kind === "text") setEditing(true);
        wish.current = () => editor.current?.focus(at);
        if (editor.current) wish.current();
      },
      showLine: (line) => editor.current?.showLine(line),
    });
    return () => register(undefined);
  }, [cell.id, cell.kind]);
  // The editor of a text comes after it was asked for.
  useEffect(() => {
    if (isEditing) wish.current?.();
    wish.current = undefined;
  }, [isEditing]);

  const finish = (then: "stay" | "next" | "insert") => {
    if (cell.kind === "text") setEditing(false);
    if (cell.kind === "text" && then === "stay") place.current?.focus();
    actions.run(then);
  };
  const edit = () => {
    setEditing(true);
    wish.current = () => editor.current?.focus("here");
  };

  return (
    <section
      class={`nb-cell nb-${cell.kind}-cell${isSelected ? " nb-selected" : ""}`}
      aria-label={`${cell.kind === "code" ? "Code" : "Text"} cell ${number}`}
      data-status={props.state.status}
      tabIndex={-1}
      ref={place}
      onFocusIn={actions.select}
      onKeyDown={(event) => {
        if (event.target !== event.currentTarget) return;
        if (commandKey(event, actions, finish, edit)) event.preventDefault();
      }}
    >
      <Gutter {...props} onRun={() => finish("stay")} />
      <div class="nb-body">
        {isText ? (
          <div class="nb-rendered" onDblClick={edit}>
            <Markdown source={cell.source || "*empty text*"} />
          </div>
        ) : (
          <CellEditor {...props} editor={editor} place={place} finish={finish} />
        )}
        <StaleMark {...props} />
        {cell.kind === "code" && (
          <Output
            label={`Output of cell ${number}`}
            output={props.state.output}
            nameOf={({ cell: id, line }) =>
              id === cell.id ? `line ${line}` : `cell ${props.numberOf(id)}, line ${line}`
            }
            onPlace={actions.showPlace}
          />
        )}
      </div>
      <Tools {...props} isText={isText} edit={edit} />
    </section>
  );
}

interface CellEditorProps extends CellProps {
  readonly editor: RefObject<EditorHandle>;
  readonly place: RefObject<HTMLDivElement>;
  readonly finish: (then: "stay" | "next" | "insert") => void;
}

function CellEditor({ editor, place, finish, ...props }: CellEditorProps) {
  const { cell, number, actions, state } = props;
  const failure = [...state.output.items, ...state.output.last].find(
    (item) => item.kind === "failure",
  );
  const at =
    failure?.kind === "failure"
      ? failure.failure.places.find((place) => place.cell === cell.id)
      : undefined;
  return (
    <Editor
      key={cell.kind}
      label={`${cell.kind === "code" ? "TypeScript" : "Markdown"} of cell ${number}`}
      language={cell.kind === "code" ? "typescript" : "markdown"}
      source={cell.source}
      failedLine={at?.line}
      variables={props.variables}
      styleNonce={props.styleNonce}
      handle={editor}
      actions={{
        change: actions.change,
        run: finish,
        leave: (by) => actions.leave(by, "editor"),
        escape: () => place.current?.focus(),
      }}
    />
  );
}

/** Keys while the focus is on the cell itself; returns whether it was one. */
function commandKey(
  event: KeyboardEvent,
  actions: CellActions,
  finish: (then: "stay" | "next" | "insert") => void,
  edit: () => void,
): boolean {
  const { key, altKey, shiftKey } = event;
  if (key === "Enter" && shiftKey) finish("next");
  else if (key === "Enter" && (event.ctrlKey || event.metaKey)) finish("stay");
  else if (key === "Enter" && altKey) finish("insert");
  else if (event.ctrlKey || event.metaKey) return false;
  else if (key === "Enter") edit();
  else if (key === "ArrowUp" && altKey) actions.move(-1);
  else if (key === "ArrowDown" && altKey) actions.move(1);
  else if (key === "ArrowUp") actions.leave(-1, "cell");
  else if (key === "ArrowDown") actions.leave(1, "cell");
  else if (key === "a") actions.insert("above", "code");
  else if (key === "b") actions.insert("below", "code");
  else if (key === "m") actions.toKind("text");
  else if (key === "y") actions.toKind("code");
  else if (key === "Delete") actions.remove();
  else return false;
  return true;
}

function Gutter({ cell, number, state, actions, onRun }: CellProps & { onRun: () => void }) {
  if (cell.kind === "text") return <div class="nb-gutter" />;
  const isRunning = state.status === "running";
  const mark =
    state.status === "running"
      ? "running"
      : state.status === "waiting"
        ? "waiting"
        : state.ran
          ? `ran ${ordinal(state.ran.order)}, ${duration(state.ran.milliseconds)}`
          : "not run";
  return (
    <div class="nb-gutter">
      <button
        type="button"
        class={`nb-run${isRunning ? " nb-running" : ""}`}
        onClick={isRunning ? actions.stop : onRun}
        aria-label={isRunning ? `Interrupt cell ${number}` : `Run cell ${number}`}
        title={isRunning ? "Interrupt" : "Run (Ctrl+Enter)"}
      >
        {isRunning ? "■" : "▶"}
      </button>
      <span class="nb-mark" title={mark}>
        <span aria-hidden="true">
          {isRunning ? "…" : state.status === "waiting" ? "·" : (state.ran?.order ?? "")}
        </span>
        <span class="nb-hidden">{mark}</span>
      </span>
    </div>
  );
}

const ordinal = (n: number): string => `as number ${n}`;

/** The other cell is a link: no number stands beside the cells by which it could be found. */
function StaleMark({ stale, actions }: CellProps) {
  if (stale === undefined) return null;
  if (stale.kind === "edited") return <p class="nb-stale">Stale: edited since it ran</p>;
  const { cell, name } = stale;
  return (
    <p class="nb-stale">
      Stale:{" "}
      <button type="button" class="nb-link" onClick={() => actions.showPlace({ cell, line: 1 })}>
        another cell
      </button>{" "}
      gave {name} a value after this ran
    </p>
  );
}

function Tools({
  cell,
  number,
  actions,
  isText,
  edit,
}: CellProps & { isText: boolean; edit: () => void }) {
  const tool = (label: string, sign: string, act: () => void) => (
    <button type="button" aria-label={`${label} cell ${number}`} title={label} onClick={act}>
      {sign}
    </button>
  );
  return (
    <div class="nb-tools" role="toolbar" aria-label={`Cell ${number}`}>
      {isText && tool("Edit", "✎", edit)}
      {cell.kind === "code" && tool("Run all above", "⤒", actions.runAbove)}
      {tool("Move up", "↑", () => actions.move(-1))}
      {tool("Move down", "↓", () => actions.move(1))}
      {tool("Add code below", "+", () => actions.insert("below", "code"))}
      {tool("Add text below", "¶", () => actions.insert("below", "text"))}
      {tool("Delete", "✕", actions.remove)}
    </div>
  );
}
