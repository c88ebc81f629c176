/** What is learned from: the shipped names, or the reader's own words. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { List } from "../protocol.js";
import type { RunView } from "../runs.js";
import type { Store } from "../store.js";
import { countText, plural } from "./texts.js";

interface Props {
  readonly run: RunView;
  readonly store: Store;
}

export async function listOf(file: File): Promise<List> {
  return { kind: "file", name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

export function ListPanel({ run, store }: Props) {
  const [pasting, setPasting] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const { list, facts } = run;
  const choose = async (chosen: File | undefined): Promise<void> => {
    if (chosen === undefined) return;
    setPasting(false);
    store.choose(await listOf(chosen));
  };
  return (
    <section class="card list" aria-labelledby="list-title">
      <header>
        <h2 id="list-title">Words</h2>
        <span class="name">{list.kind === "names" ? "names" : list.name}</span>
      </header>
      <p class="help">
        {facts &&
          `${plural(facts.corpus.words, "word")} of ` +
            `${plural(facts.characters.length - 1, "character")}; ` +
            `${countText(facts.examples.train)} examples to learn from.`}
      </p>
      {facts?.corpus.warnings.map(({ message }) => (
        <p class="warning">{message}</p>
      ))}
      <div class="buttons">
        {list.kind !== "names" && (
          <button type="button" onClick={() => store.choose({ kind: "names" })}>
            Names
          </button>
        )}
        <button type="button" aria-expanded={pasting} onClick={() => setPasting(!pasting)}>
          Paste
        </button>
        <button type="button" onClick={() => file.current?.click()}>
          Open file
        </button>
        <input
          ref={file}
          type="file"
          hidden
          onChange={(e) => {
            void choose(e.currentTarget.files?.[0]);
            e.currentTarget.value = "";
          }}
        />
      </div>
      {pasting && (
        <Paste
          list={list}
          onDone={(text) => {
            setPasting(false);
            store.choose({
              kind: "file",
              name: "words.txt",
              bytes: new TextEncoder().encode(text),
            });
          }}
        />
      )}
    </section>
  );
}

/** Longer lists are not shown for editing. */
const EDITABLE = 200_000;

function Paste({ list, onDone }: { list: List; onDone: (text: string) => void }) {
  const start =
    list.kind === "file" && list.bytes.length <= EDITABLE
      ? new TextDecoder().decode(list.bytes)
      : "";
  const [text, setText] = useState(start);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => area.current?.focus(), []); // what one pastes next goes there
  const words = text.split("\n").filter((line) => line.trim() !== "").length;
  return (
    <form
      class="paste"
      onSubmit={(e) => {
        e.preventDefault();
        onDone(text);
      }}
    >
      <label for="pasted">One word per line, any alphabet</label>
      <textarea
        ref={area}
        id="pasted"
        rows={8}
        spellcheck={false}
        value={text}
        onInput={(e) => setText(e.currentTarget.value)}
      />
      <button type="submit" class="primary" disabled={words === 0}>
        Learn {words === 0 ? "these" : plural(words, "word")}
      </button>
    </form>
  );
}
