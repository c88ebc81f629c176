/** Which cells run, wait and are forgotten, with a kernel that ends cells when it is told to. */
import { expect, it } from "vitest";
import { createDocument } from "../../../web/notebook/document/document.js";
import type { Ran } from "../../../web/notebook/protocol.js";
import type { KernelEvents } from "../../../web/notebook/session/kernel-events.js";
import { Notebook } from "../../../web/notebook/session/notebook.js";

const RAN: Ran = { ok: true, interrupted: false, milliseconds: 1, writes: [], reads: [] };

function open(sources: string[]) {
  const asked: string[] = [];
  let events: KernelEvents | undefined;
  const document = createDocument(
    "a",
    "A",
    sources.map((source) => ({ kind: source.startsWith("#") ? "text" : "code", source }) as const),
  );
  const notebook = new Notebook(document, (told) => {
    events = told;
    return {
      start: () => Promise.resolve(void asked.push("start")),
      run: (_, source) => void asked.push(source),
      interrupt: () => void asked.push("interrupt"),
    };
  });
  const ids = notebook.document.cells.map(({ id }) => id);
  const status = () =>
    notebook.document.cells.map(({ id }) => notebook.state(id).status[0]).join("");
  const ready = () => events?.state({ kind: "ready", backend: "none", interruptsLoops: true });
  const end = (at: number, ran: Partial<Ran> = {}) => events?.ran(ids[at], { ...RAN, ...ran });
  return { notebook, ids, asked, status, ready, end, events: () => events as KernelEvents };
}

it("runs code in order, one after the other, once the kernel is ready", () => {
  const { notebook, asked, status, ready, end } = open(["a", "# t", "b", "", "c"]);
  notebook.runAll();
  expect(status()).toBe("wiwiw");
  expect(asked).toEqual(["start"]);
  ready();
  expect(status()).toBe("riwiw");
  expect(notebook.progress).toEqual({ done: 0, total: 3 });
  end(0);
  end(2);
  expect(status()).toBe("iiiir");
  end(4);
  expect(status()).toBe("iiiii");
  expect(asked).toEqual(["start", "a", "b", "c"]);
  expect(notebook.progress).toEqual({ done: 3, total: 3 });
});

it("runs above a cell, and not the cell", () => {
  const { notebook, ids, asked, ready, end } = open(["a", "b", "c"]);
  ready();
  notebook.runAbove(ids[2]);
  end(0);
  end(1);
  expect(asked).toEqual(["start", "a", "b"]);
});

it("stops after a cell that failed", () => {
  const { notebook, asked, status, ready, end } = open(["a", "b"]);
  ready();
  notebook.runAll();
  end(0, { ok: false });
  expect(asked).toEqual(["start", "a"]);
  expect(status()).toBe("ii");
});

it("an interrupt forgets what waits, and asks the running cell to end", () => {
  const { notebook, asked, status, ready, end } = open(["a", "b"]);
  ready();
  notebook.runAll();
  notebook.interrupt();
  expect(notebook.interrupting).toBe(true);
  expect(status()).toBe("ri");
  end(0, { ok: false, interrupted: true });
  expect(notebook.interrupting).toBe(false);
  expect(asked).toEqual(["start", "a", "interrupt"]);
});

it("a kernel that is stopped says so under the cell; its runs do not count", () => {
  const { notebook, ids, asked, status, ready, end } = open(["a", "b"]);
  ready();
  notebook.run([ids[0]]);
  end(0);
  notebook.run([ids[1]]);
  notebook.stop();
  expect(status()).toBe("ii");
  expect(asked).toEqual(["start", "a", "b", "start"]);
  expect(notebook.state(ids[0]).ran).toBeUndefined();
  expect(notebook.state(ids[1]).output.items).toMatchObject([
    { kind: "failure", failure: { name: "Stopped" } },
  ]);
});

it("a kernel that ended by itself says so under the cell that ran", () => {
  const { notebook, ids, ready, status, events } = open(["a", "b"]);
  ready();
  notebook.runAll();
  events().state({ kind: "failed", message: "out of memory" });
  expect(status()).toBe("ii");
  expect(notebook.state(ids[0]).output.items).toMatchObject([
    { failure: { message: "out of memory; all variables are gone" } },
  ]);
});

it("a cell that was deleted while it waited does not run; one edited meanwhile runs as it is", () => {
  const { notebook, ids, asked, ready, end } = open(["a", "b", "c"]);
  ready();
  notebook.runAll();
  notebook.remove(ids[1]);
  notebook.edit(ids[2], { source: "c2" });
  end(0);
  expect(asked).toEqual(["start", "a", "c2"]);
});
