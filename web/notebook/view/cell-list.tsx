/** The cells, one below the other, and how the focus goes from one to another. */
import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import { cellOf, type DocumentCell, positionOf } from "../document/document.js";
import type { Notebook } from "../session/notebook.js";
import { type CellActions, type CellHandle, CellView } from "./cell.js";
import type { Notice } from "./notice.js";

interface CellListProps {
  readonly notebook: Notebook;
  readonly onNotice: (notice: Notice) => void;
  readonly styleNonce: string | undefined;
}

export function CellList({ notebook, onNotice, styleNonce }: CellListProps) {
  const [, update] = useReducer((n: number) => n + 1, 0);
  const [selected, setSelected] = useState<string>();
  const handles = useRef(new Map<string, CellHandle>());
  /** what to do once the page shows a change */
  const afterwards = useRef<() => void>();
  useEffect(() => {
    afterwards.current?.();
    afterwards.current = undefined;
  });
  const then = (act: () => void): void => {
    afterwards.current = act;
    update(0);
  };

  const handleAt = (position: number) => {
    const cell = notebook.document.cells[position];
    return cell && handles.current.get(cell.id);
  };
  const insertAt = (position: number, kind: DocumentCell["kind"]): void => {
    const id = notebook.insert(position, kind);
    then(() => handles.current.get(id)?.edit("start"));
  };

  function remove(cell: DocumentCell): void {
    const position = positionOf(notebook.document, cell.id);
    const { id } = notebook.document;
    notebook.remove(cell.id);
    then(() => handleAt(Math.min(position, notebook.document.cells.length - 1))?.focus());
    const undo = (): void => {
      const { document } = notebook;
      if (document.id !== id || cellOf(document, cell.id)) return;
      notebook.replace({ ...document, cells: document.cells.toSpliced(position, 0, cell) });
      then(() => handles.current.get(cell.id)?.focus());
    };
    onNotice({ text: "The cell is deleted.", action: { label: "Undo", act: undo } });
  }

  const actionsOf = (cell: DocumentCell, position: number): CellActions => ({
    change: (source) => notebook.edit(cell.id, { source }),
    run(next) {
      notebook.run([cell.id]);
      const isLast = position + 1 === notebook.document.cells.length;
      if (next === "insert" || (next === "next" && isLast)) insertAt(position + 1, "code");
      else if (next === "next") handleAt(position + 1)?.focus();
    },
    runAbove: () => notebook.runAbove(cell.id),
    stop: () => notebook.interrupt(),
    select: () => setSelected(cell.id),
    leave(by, into) {
      const to = notebook.document.cells[position + by];
      if (into === "cell" || to?.kind === "text") handleAt(position + by)?.focus();
      else handleAt(position + by)?.edit(by < 0 ? "end" : "start");
    },
    insert: (where, kind) => insertAt(where === "above" ? position : position + 1, kind),
    move(by) {
      notebook.move(cell.id, by);
      then(() => handles.current.get(cell.id)?.focus());
    },
    remove: () => remove(cell),
    toKind(kind) {
      notebook.edit(cell.id, { kind });
      then(() => handles.current.get(cell.id)?.focus());
    },
    showPlace: ({ cell: id, line }) => handles.current.get(id)?.showLine(line),
  });

  const stale = notebook.stale();
  return (
    <div class="nb-cells">
      {notebook.document.cells.map((cell, position) => (
        <CellView
          key={cell.id}
          cell={cell}
          number={position + 1}
          state={notebook.state(cell.id)}
          stale={stale.get(cell.id)}
          isSelected={cell.id === selected}
          numberOf={(id) => positionOf(notebook.document, id) + 1}
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
  );
}
