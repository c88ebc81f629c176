/** What is said after a browser ended the page. */
import { expect, it } from "vitest";
import { createDocument } from "../../../web/notebook/document/document.js";
import type { KernelEvents } from "../../../web/notebook/session/kernel-events.js";
import { LastWords } from "../../../web/notebook/session/last-words.js";
import { Notebook } from "../../../web/notebook/session/notebook.js";
import { memory } from "./support.js";

function watched() {
  const store = memory();
  let events: KernelEvents | undefined;
  const document = createDocument("a", "My list", [{ kind: "code", source: "1" }]);
  const notebook = new Notebook(document, (told) => {
    events = told;
    return { start: () => Promise.resolve(), run: () => {}, interrupt: () => {} };
  });
  new LastWords(store).watch(notebook);
  events?.state({ kind: "ready", backend: "none", interruptsLoops: true });
  notebook.runAll();
  const end = () =>
    events?.ran(notebook.document.cells[0].id, {
      ok: true,
      interrupted: false,
      milliseconds: 1,
      writes: [],
      reads: [],
    });
  return { store, notebook, end };
}

it("names the cell that ran when the page ended, once", () => {
  const { store } = watched();
  const next = new LastWords(store);
  expect(next.take()).toMatch(/^The browser ended this page while cell 1 of "My list" ran, /);
  expect(next.take()).toBeUndefined();
});

it("says nothing after a cell that ended, a page that was closed, or without a store", () => {
  const ended = watched();
  ended.end();
  expect(new LastWords(ended.store).take()).toBeUndefined();
  const closed = watched();
  new LastWords(closed.store).forget();
  expect(new LastWords(closed.store).take()).toBeUndefined();
  expect(new LastWords(undefined).take()).toBeUndefined();
});
