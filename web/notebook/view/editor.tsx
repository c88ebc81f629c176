/** The editor of a cell: CodeMirror, without what it does to the page around it. */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import {
  bracketMatching,
  codeFolding,
  foldEffect,
  foldKeymap,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { EditorState, type Extension, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { completionSource } from "./completions.js";

/** What the cell does with the editor. */
export interface EditorHandle {
  focus(at: "start" | "end" | "here"): void;
  showLine(line: number): void;
}

/** What the editor asks of the cell. */
export interface EditorActions {
  change(source: string): void;
  run(then: "stay" | "next" | "insert"): void;
  /** to the cell above or below */
  leave(by: -1 | 1): void;
  escape(): void;
}

export interface EditorOptions {
  readonly label: string;
  readonly language: "typescript" | "markdown";
  readonly variables: () => Iterable<string>;
  readonly styleNonce?: string;
}

const setErrorLine = StateEffect.define<number | undefined>();
const errorLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(lines, transaction) {
    for (const effect of transaction.effects)
      if (effect.is(setErrorLine)) {
        const { doc } = transaction.state;
        if (effect.value === undefined || effect.value > doc.lines) return Decoration.none;
        const mark = Decoration.line({ class: "nb-error-line" });
        return Decoration.set(mark.range(doc.line(effect.value).from));
      }
    // An edit answers it.
    return transaction.docChanged ? Decoration.none : lines;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Where the names stand that are imported on lines of their own: nobody reads them first. */
function longImport(source: string): { from: number; to: number } | undefined {
  const found = /^import (?:type )?\{(\n[^{}]*)\} from /m.exec(source);
  if (!found) return undefined;
  const from = found.index + found[0].indexOf("{") + 1;
  return { from, to: from + found[1].length };
}

/** Arrows leave at the first and the last line. */
const leaving = (actions: () => EditorActions) =>
  ([-1, 1] as const).map((by) => ({
    key: by < 0 ? "ArrowUp" : "ArrowDown",
    run({ state }: EditorView): boolean {
      const { main } = state.selection;
      const line = state.doc.lineAt(main.head).number;
      if (!main.empty || line !== (by < 0 ? 1 : state.doc.lines)) return false;
      actions().leave(by);
      return true;
    },
  }));

const running = (actions: () => EditorActions) =>
  (
    [
      ["Shift-Enter", "next"],
      ["Mod-Enter", "stay"],
      ["Ctrl-Enter", "stay"],
      ["Alt-Enter", "insert"],
    ] as const
  ).map(([key, then]) => ({ key, run: () => (actions().run(then), true) }));

function extensions(options: EditorOptions, actions: () => EditorActions): Extension[] {
  const code = [
    javascript({ typescript: true }),
    lineNumbers(),
    codeFolding({ placeholderText: "…" }),
    bracketMatching(),
    closeBrackets(),
    indentOnInput(),
    autocompletion({ override: [completionSource(options.variables)], icons: false }),
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...foldKeymap]),
  ];
  return [
    keymap.of(running(actions)),
    options.language === "typescript" ? code : EditorView.lineWrapping,
    keymap.of([
      { key: "Escape", run: () => (actions().escape(), true) },
      ...leaving(actions),
      ...historyKeymap,
      ...defaultKeymap,
    ]),
    history(),
    highlightSpecialChars(),
    syntaxHighlighting(classHighlighter),
    errorLine,
    EditorView.contentAttributes.of({ "aria-label": options.label, spellcheck: "false" }),
    options.styleNonce === undefined ? [] : EditorView.cspNonce.of(options.styleNonce),
    EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged) actions().change(state.doc.toString());
    }),
  ];
}

interface EditorProps extends EditorOptions {
  /** what stands in it at first; from then on it says what is typed */
  readonly source: string;
  readonly failedLine: number | undefined;
  readonly actions: EditorActions;
  readonly handle: RefObject<EditorHandle>;
}

export function Editor({ source, failedLine, actions, handle, ...options }: EditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>();
  const current = useRef(actions);
  current.current = actions;

  useEffect(() => {
    const editor = new EditorView({
      parent: place.current as HTMLDivElement,
      state: EditorState.create({
        doc: source,
        extensions: extensions(options, () => current.current),
      }),
    });
    view.current = editor;
    const names = longImport(source);
    if (names) editor.dispatch({ effects: foldEffect.of(names) });
    handle.current = {
      focus(at) {
        if (at !== "here")
          editor.dispatch({ selection: { anchor: at === "start" ? 0 : editor.state.doc.length } });
        editor.focus();
      },
      showLine(line) {
        const { from } = editor.state.doc.line(Math.min(line, editor.state.doc.lines));
        editor.dispatch({ selection: { anchor: from }, scrollIntoView: true });
        editor.focus();
      },
    };
    return () => {
      handle.current = null;
      editor.destroy();
    };
  }, []);

  useEffect(() => view.current?.dispatch({ effects: setErrorLine.of(failedLine) }), [failedLine]);

  return <div class="nb-editor" ref={place} />;
}
