/** Sessions whose modules are the library and Node's own, and what a browser keeps. */
import * as fs from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";
import * as library from "../../../lib/index.js";
import { type Compile, Session } from "../../../web/notebook/kernel/session.js";
import type { Item, Ran } from "../../../web/notebook/protocol.js";
import { addShown, NOTHING, type ShownOutput } from "../../../web/notebook/session/shown-output.js";

export interface RanCell {
  readonly ran: Ran;
  readonly output: ShownOutput;
  /** what it printed on standard output */
  readonly printed: string;
  readonly value: string | undefined;
  readonly failure: Extract<Item, { kind: "failure" }>["failure"] | undefined;
}

/** Node imports no blobs. Indirect: the code sees globals alone. */
export const evaluate: Compile = (code, file) =>
  new Promise((done) => done((0, eval)(`${code}\n//# sourceURL=${file}`)));

/** Cells that are run, and what they showed. */
export class Cells {
  readonly #outputs = new Map<string, ShownOutput>();
  readonly session: Session;

  constructor(args: string[] = []) {
    const modules = {
      "mm-train": library,
      "node:fs": fs,
      "node:path": path,
      "node:util": { parseArgs: (config: object) => parseArgs({ args, ...config }) },
    };
    this.session = new Session(
      modules,
      (cell, shown) => this.#outputs.set(cell, addShown(this.#outputs.get(cell) ?? NOTHING, shown)),
      evaluate,
    );
  }

  /** Runs a cell; what it prints goes nowhere else. */
  async run(source: string, cell = "a"): Promise<RanCell> {
    this.#outputs.delete(cell);
    const real = globalThis.console;
    globalThis.console = this.session.console;
    let ran: Ran;
    try {
      ran = await this.session.run(cell, source);
    } finally {
      globalThis.console = real;
    }
    const output = this.#outputs.get(cell) ?? NOTHING;
    const all = [...output.items, ...output.last];
    const text = (item: Item) => (item.kind === "text" && item.stream === "out" ? item.text : "");
    return {
      ran,
      output,
      printed: output.items.map(text).join("") + (output.tail?.text ?? ""),
      value: all.flatMap((item) => (item.kind === "value" ? [item.text] : []))[0],
      failure: all.flatMap((item) => (item.kind === "failure" ? [item.failure] : []))[0],
    };
  }
}

/** As localStorage, of so many characters. */
export function memory(limit = Infinity) {
  const map = new Map<string, string>();
  return {
    get length() {
      return map.size;
    },
    key: (i: number) => [...map.keys()][i] ?? null,
    getItem: (key: string) => map.get(key) ?? null,
    setItem(key: string, value: string) {
      if (value.length > limit) throw new Error("QuotaExceededError");
      map.set(key, value);
    },
    removeItem: (key: string) => void map.delete(key),
  };
}
