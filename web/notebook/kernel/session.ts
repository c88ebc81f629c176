/** Runs cells, one after the other, over variables that they share. */
import { inspect } from "node-inspect-extracted";
import type { Ran, Shown } from "../protocol.js";
import { createConsole } from "./console.js";
import { fileName, toFailure } from "./failure.js";
import { Interrupted, Interrupter } from "./interrupt.js";
import { findModule, imported, type Modules } from "./modules.js";
import { Output } from "./output.js";
import { isPicture } from "./picture.js";
import { translate, type Translated } from "./translate/translate.js";
import { Variables } from "./variables.js";

type Run = (
  variables: Variables["values"],
  tick: () => void,
  load: (name: string) => Promise<object>,
) => Promise<unknown>;

/** The value of an expression that sees globals alone; `file` is its name in stack traces. */
export type Compile = (code: string, file: string) => Promise<unknown>;

/** Names that may have another value now; what is imported has always the same. */
function written({ imports, declares, assigns }: Translated): string[] {
  const imported = new Set(imports.flatMap(({ names }) => names.map(({ local }) => local)));
  return [...declares.keys(), ...assigns].filter((name) => !imported.has(name));
}

export class Session {
  readonly variables = new Variables();
  readonly interrupter: Interrupter;
  readonly console: Console;
  readonly #modules: Modules;
  readonly #compile: Compile;
  readonly #show: (cell: string, shown: Shown) => void;
  /** the cells that ran, in order */
  readonly #runs: string[] = [];
  /** of the cell that runs, or ran last: what it started may go on printing */
  #output: Output | undefined;

  constructor(
    modules: Modules,
    show: (cell: string, shown: Shown) => void,
    compile: Compile,
    interrupter = new Interrupter(),
  ) {
    this.#compile = compile;
    this.#modules = modules;
    this.#show = show;
    this.interrupter = interrupter;
    this.console = createConsole((stream, text) => this.print(stream, text));
  }

  /** Prints under the cell that runs. */
  print(stream: "out" | "error", text: string): void {
    this.#output?.text(stream, text);
  }
  /** Draws there. */
  draw(svg: string): void {
    this.#output?.picture(svg);
  }
  /** Sends what was printed and not yet sent. */
  flush(): void {
    this.#output?.flush();
  }

  async run(cell: string, source: string): Promise<Ran> {
    const output = new Output((shown) => this.#show(cell, shown));
    this.#output = output;
    const start = performance.now();
    let translated: Translated | undefined;
    let [ok, interrupted] = [true, false];
    try {
      translated = translate(source, this.variables);
      const value = await this.#evaluate(cell, translated);
      if (isPicture(value)) output.picture(value);
      else if (value !== undefined) output.last({ kind: "value", text: inspect(value) });
    } catch (error) {
      ok = false;
      interrupted = error instanceof Interrupted;
      output.last({ kind: "failure", failure: toFailure(error, cell, this.#runs) });
    }
    output.flush();
    return {
      ok,
      interrupted,
      milliseconds: performance.now() - start,
      writes: translated ? written(translated) : [],
      reads: translated?.reads ?? [],
    };
  }

  async #evaluate(cell: string, { code, imports, declares }: Translated): Promise<unknown> {
    const { variables, interrupter } = this;
    variables.declare(declares);
    for (const statement of imports)
      for (const [name, value] of imported(this.#modules, statement))
        variables.values[name] = value;
    const run = this.#runs.push(cell) - 1;
    const load = (name: string) =>
      new Promise<object>((done) => done(findModule(this.#modules, name)));
    let ended = false;
    return interrupter
      .guard(async () => {
        const start = (await this.#compile(code, fileName(run))) as Run;
        // Interrupted before it began.
        return ended ? undefined : start.call(undefined, variables.values, interrupter.tick, load);
      })
      .finally(() => (ended = true));
  }
}
