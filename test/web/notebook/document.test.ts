/** Notebooks as values: changed, kept, shared, and what in them is stale. */
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  createDocument,
  insertCell,
  moveCell,
  removeCell,
} from "../../../web/notebook/document/document.js";
import { SavedNotebooks } from "../../../web/notebook/document/saved.js";
import { fromLink, toLink } from "../../../web/notebook/document/share.js";
import { type LastRun, staleCells } from "../../../web/notebook/document/stale.js";
import { memory } from "./support.js";

const cell = fc.record({
  kind: fc.constantFrom("text", "code"),
  source: fc.string({ unit: "binary" }),
});

it("a notebook survives its link", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.array(cell), (title, cells) => {
      const link = toLink({ title, cells });
      expect(link).toMatch(/^[\w-]+$/);
      expect(fromLink(link)).toEqual({ title, cells });
    }),
  );
});

it("a link that is cut or changed is told, in one line", () => {
  const link = toLink({ title: "a", cells: [{ kind: "code", source: "let x = 1;".repeat(50) }] });
  for (let length = 0; length < link.length; length++)
    expect(() => fromLink(link.slice(0, length)), String(length)).toThrow(/^this link is cut/);
  expect(() => fromLink("%%%")).toThrow(/^this link is cut/);
  fc.assert(
    fc.property(fc.base64String(), (text) => {
      try {
        fromLink(text);
      } catch (error) {
        expect((error as Error).message).toMatch(/^this link [^\n]*$/);
      }
    }),
  );
});

it("a short link that would become gigabytes is refused", () => {
  const link = toLink({ title: "a", cells: [{ kind: "code", source: " ".repeat(50_000_000) }] });
  expect(link.length).toBeLessThan(100_000);
  expect(() => fromLink(link)).toThrow(/more than 4 MB/);
});

it("always has a cell, and cells of ids of their own", () => {
  const change = fc.oneof(
    fc.record({ do: fc.constant("insert"), at: fc.nat(9) }),
    fc.record({ do: fc.constant("remove"), at: fc.nat(9) }),
    fc.record({ do: fc.constant("move"), at: fc.nat(9) }),
  );
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      let document = createDocument("a", "A", []);
      for (const { do: kind, at } of changes) {
        const position = at % document.cells.length;
        const { id } = document.cells[position];
        const before = document.cells;
        if (kind === "insert") document = insertCell(document, position, "code").document;
        else if (kind === "remove") document = removeCell(document, id);
        else {
          document = moveCell(document, id, 1);
          expect(new Set(document.cells)).toEqual(new Set(before));
        }
        expect(document.cells.length).toBeGreaterThan(0);
        expect(new Set(document.cells.map((c) => c.id)).size).toBe(document.cells.length);
      }
    }),
  );
});

it("keeps notebooks in the browser", () => {
  const saved = new SavedNotebooks(memory());
  saved.save(
    createDocument("a", "A", [
      { kind: "text", source: "t" },
      { kind: "code", source: "c" },
    ]),
  );
  saved.save(createDocument("b", "B", []));
  expect(saved.list()).toEqual([
    { id: "a", title: "A" },
    { id: "b", title: "B" },
  ]);
  expect(saved.load("a")?.cells).toMatchObject([
    { kind: "text", source: "t" },
    { kind: "code", source: "c" },
  ]);
  saved.remove("a");
  expect(saved.load("a")).toBeUndefined();
});

it("says where a browser keeps nothing, and reads past what it cannot read", () => {
  const document = createDocument("a", "A", []);
  for (const storage of [undefined, memory(3)])
    expect(() => new SavedNotebooks(storage).save(document)).toThrow(/^not saved: /);
  const storage = memory();
  storage.setItem("mm-train.notebook.x", "{");
  storage.setItem("mm-train.notebook.y", '{"title":"Y","cells":[{"kind":"code"},7,null]}');
  expect(new SavedNotebooks(storage).list()).toEqual([{ id: "y", title: "Y" }]);
});

const run = (order: number, reads: string[], writes: string[], source = "s"): LastRun => ({
  order,
  reads,
  writes,
  source,
});
const names = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"));

it("cells that ran in their order are never stale", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(names, names)), (cells) => {
      const ran = cells.map(([reads, writes], i) => ({
        id: String(i),
        source: "s",
        ran: run(i + 1, reads, writes),
      }));
      expect(staleCells(ran).size).toBe(0);
    }),
  );
});

it("a cell that runs again makes those below that read its names stale", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(names, names), { minLength: 1 }), fc.nat(), (cells, pick) => {
      const again = pick % cells.length;
      const ran = cells.map(([reads, writes], i) => ({
        id: String(i),
        source: "s",
        ran: run(i === again ? 1000 : i + 1, reads, writes),
      }));
      const expected = cells.flatMap(([reads], i) =>
        i > again && reads.some((name) => cells[again][1].includes(name)) ? [String(i)] : [],
      );
      expect([...staleCells(ran).keys()]).toEqual(expected);
    }),
  );
});

it("a cell that was edited since it ran is stale; one that never ran is not", () => {
  const cells = [
    { id: "a", source: "new", ran: run(1, [], ["x"], "old") },
    { id: "b", source: "s" },
    { id: "c", source: "s", ran: run(2, ["x"], []) },
  ];
  expect([...staleCells(cells)]).toEqual([["a", { kind: "edited" }]]);
});
