/**
 * Cells as parts of one script. In a notebook a name can be declared by several cells, and is one
 * variable; a script refuses that. So the first cell declares it, in a form that can be assigned to,
 * and later ones assign:
 *
 *   const x = 1;                                let x = 1;
 *   const { x, y } = f();          becomes      let y; ({ x, y } = f());
 *   function g() { ... }                        g = function () { ... };
 *   import { tensor } from "mm-train";          (it is imported already)
 *
 * All other cells stay as they are.
 */
import type { Cell } from "./cells.js";
import {
  childrenOf,
  type Declaration,
  declarationsIn,
  type Specifier,
  specifiersOf,
  statementsOf,
  type SyntaxNode,
  TARGET,
} from "./declarations.js";

export function oneScope(cells: readonly Cell[]): Cell[] {
  const found = cells.map(({ kind, source }) => (kind === "code" ? declarationsIn(source) : []));
  const names = new Names(cells, found);
  let before = "";
  return cells
    .map((cell, i) => {
      if (cell.kind === "text") return cell;
      const source = apart(before, new CellInScript(cell.source, i, names).rewritten(found[i]));
      if (source.trim() !== "") before = source;
      return { ...cell, source };
    })
    .filter(({ source }, i) => source.trim() !== "" || cells[i].source.trim() === "");
}

const COMMENT = String.raw`\/\/.*|\/\*[^]*?\*\/`;
/** What goes on with an expression that ends without a semicolon. */
const GOES_ON = new RegExp(`^(?:\\s|${COMMENT})*(?=[[(\`+\\-<]|/(?![/*]))`);

/** The code of a cell that begins with its own statement, whatever the one before it ends with. */
function apart(before: string, source: string): string {
  const [head] = GOES_ON.exec(source) ?? [];
  if (head === undefined || endsStatement(before)) return source;
  return `${head};${source.slice(head.length)}`;
}

const endsStatement = (code: string): boolean =>
  /(^|[;{])\s*$/.test(code.replace(new RegExp(COMMENT, "g"), ""));

/** What the cells declare together. */
class Names {
  /** by name: the cells that declare it, in their order, and what each imports under it */
  readonly #cells = new Map<string, Map<number, string>>();
  readonly #text: string;
  readonly #aliases = new Set<string>();

  constructor(cells: readonly Cell[], found: readonly (readonly Declaration[])[]) {
    this.#text = cells.map(({ source }) => source).join("\n");
    for (const [i, declarations] of found.entries())
      for (const { kind, names, node } of declarations) {
        const { source } = cells[i];
        const imported = kind === "import" ? specifiersOf(node, source) : [];
        for (const name of names) {
          const from = imported.find(({ local, isType }) => local === name && !isType);
          const cellsOf = this.#cells.get(name) ?? new Map<number, string>();
          const origin = from && `${from.imported} ${moduleOf(node, source)}`;
          this.#cells.set(name, cellsOf.set(i, origin ?? `cell ${i}`));
        }
      }
  }

  isShared(name: string): boolean {
    return (this.#cells.get(name)?.size ?? 0) > 1;
  }

  /** Whether an earlier cell declares it. */
  isLater(name: string, cell: number): boolean {
    const [first] = this.#cells.get(name)?.keys() ?? [];
    return first < cell;
  }

  /** Whether all cells import the same under it. */
  isOneImport(name: string): boolean {
    return new Set(this.#cells.get(name)?.values()).size === 1;
  }

  /** A name that occurs in no cell. */
  alias(name: string): string {
    let n = 1;
    while (this.#text.includes(`${name}_${n}`) || this.#aliases.has(`${name}_${n}`)) n++;
    this.#aliases.add(`${name}_${n}`);
    return `${name}_${n}`;
  }
}

const moduleOf = (node: SyntaxNode, source: string): string => {
  const { from, to } = node.getChild("String") ?? node;
  return source.slice(from + 1, to - 1);
};

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

class CellInScript {
  readonly #edits: Edit[] = [];
  /** statements that stand before all others but imports */
  readonly #head: string[] = [];
  readonly #statements: readonly SyntaxNode[];

  constructor(
    private readonly source: string,
    private readonly cell: number,
    private readonly names: Names,
  ) {
    this.#statements = statementsOf(source);
  }

  rewritten(declarations: readonly Declaration[]): string {
    for (const declaration of declarations)
      if (declaration.names.some((name) => this.names.isShared(name)))
        this[declaration.kind](declaration);
    return this.#applied();
  }

  protected variables({ names, node, statement }: Declaration): void {
    const children = childrenOf(node);
    const at = children.findIndex(({ name }) => /^(const|let|var)$/.test(name));
    const keyword = children[at];
    const later = names.filter((name) => this.#isLater(name));
    if (later.length === 0) {
      if (keyword.name === "const") this.#replace(keyword.from, keyword.to, "let");
      return;
    }
    const isVar = keyword.name === "var";
    const isStatement = node.name === "VariableDeclaration" && node.parent?.name !== "ForSpec";
    const isOutside = node.parent?.name === "Script" || node.parent?.name === "ExportDeclaration";
    const fresh = names.filter((name) => !later.includes(name));
    const declaresFresh = fresh.length === 0 ? "" : `${isVar ? "var" : "let"} ${fresh.join(", ")};`;
    if (!isOutside && fresh.length > 0) this.#head.push(declaresFresh);
    const declarators = declaratorsIn(children.slice(at + 1));
    const isPattern = declarators[0][0].name === "ObjectPattern";
    const opens = isStatement && isPattern ? "(" : "";
    const guard = this.#guard(node, opens || this.#text(declarators[0][0]));
    const start = `${isOutside && fresh.length > 0 ? `${declaresFresh} ` : guard}${opens}`;
    this.#replace(isOutside ? statement.from : keyword.from, declarators[0][0].from, start);
    for (const [target, ...rest] of declarators) {
      const equals = rest.findIndex(({ name }) => name === "Equals");
      const end = rest.at(-1)?.to ?? target.to;
      if (equals >= 0) this.#replace(target.to, rest[equals].from, " ");
      else if (node.name === "VariableDeclaration")
        this.#replace(target.to, end, isVar ? "" : " = undefined");
    }
    if (isVar) this.#resetVars(later, node, statement);
    const last = declarators.at(-1)?.at(-1) as SyntaxNode;
    const ends = this.source.slice(last.to, node.to).includes(";");
    if (isStatement) this.#insert(last.to, `${opens === "" ? "" : ")"}${ends ? "" : ";"}`);
  }

  /** A `var` has no value at the start of its cell. */
  #resetVars(names: readonly string[], node: SyntaxNode, statement: SyntaxNode): void {
    const isFirst = node === statement || node.parent?.name === "ForSpec";
    for (const name of names) {
      const at = this.#firstUse(name);
      const isAssigned = /^\s*[=:]/.test(this.source.slice(at + name.length));
      if (!isFirst || !isAssigned || at < node.from) this.#head.push(`${name} = undefined;`);
    }
  }

  #firstUse(name: string): number {
    const word = name.replaceAll("$", "\\$");
    return this.source.search(new RegExp(`(?<![\\w$])${word}(?![\\w$])`));
  }

  protected function({ names: [name], node, statement }: Declaration): void {
    if (!this.#isLater(name)) return;
    if (node.getChild("Block") === null) return this.#remove(statement); // a signature
    const own = node.getChild("VariableDefinition") as SyntaxNode;
    const [before, after] = [
      this.source.slice(node.from, own.from),
      this.source.slice(own.to, node.to),
    ];
    const text = `${name} = ${before}${after};`;
    // A function is there from the start of its cell.
    const isFirst = this.#statements
      .filter(({ from }) => from < statement.from)
      .every((other) =>
        /^(Import|Function|TypeAlias|Interface)Declaration$|Comment$/.test(other.name),
      );
    if (isFirst) return this.#replace(statement.from, statement.to, text);
    this.#head.push(text);
    this.#remove(statement);
  }

  protected class({ names: [name], node, statement }: Declaration): void {
    if (!this.#isLater(name)) return;
    const start = node.getChild("Decorator") ?? node.getChild("class") ?? node;
    this.#replace(statement.from, start.from, `${name} = `);
    this.#insert(node.to, ";");
  }

  /** An enum is no expression, and its members are written into the code that uses it. */
  protected enum({ names: [name], node, statement }: Declaration): void {
    const declares = this.#isLater(name) ? "" : "let ";
    if (declares === "" && this.#firstUse(name) < node.from)
      this.#head.push(`${name} = undefined;`);
    this.#replace(statement.from, node.from, `${declares}${name} = (() => { `);
    this.#insert(node.to, ` return ${name}; })();`);
  }

  protected import({ node, statement }: Declaration): void {
    const renamed = specifiersOf(node, this.source).flatMap((specifier): Specifier[] => {
      const { local, isType } = specifier;
      if (isType || !this.names.isShared(local)) return [specifier];
      if (this.names.isOneImport(local)) return this.#isLater(local) ? [] : [specifier];
      // What is imported cannot be assigned to.
      const alias = this.names.alias(local);
      this.#head.push(`${this.#isLater(local) ? "" : "let "}${local} = ${alias};`);
      return [{ ...specifier, local: alias }];
    });
    if (renamed.length === 0) return this.#remove(statement);
    const text = (wanted: (imported: string) => boolean, written: (s: Specifier) => string) =>
      renamed.filter(({ imported }) => wanted(imported)).map(written);
    const named = text(
      (imported) => imported !== "*" && imported !== "default",
      ({ local, imported, isType }) =>
        (isType ? "type " : "") + (local === imported ? local : `${imported} as ${local}`),
    );
    const parts = [
      ...text(
        (imported) => imported === "default",
        ({ local }) => local,
      ),
      ...text(
        (imported) => imported === "*",
        ({ local }) => `* as ${local}`,
      ),
      ...(named.length > 0 ? [`{ ${named.join(", ")} }`] : []),
    ];
    const from = moduleOf(node, this.source);
    this.#replace(node.from, node.to, `import ${parts.join(", ")} from ${JSON.stringify(from)};`);
  }

  #isLater = (name: string): boolean =>
    this.names.isShared(name) && this.names.isLater(name, this.cell);

  #text = ({ from, to }: SyntaxNode): string => this.source.slice(from, to);

  /** After a line without a semicolon, "(" and "[" would go on with it. */
  #guard(node: SyntaxNode, text: string): string {
    if (!/^[[(]/.test(text) || !/^(Script|ExportDeclaration|Block)$/.test(node.parent?.name ?? ""))
      return "";
    return endsStatement(this.source.slice(0, node.from)) ? "" : ";";
  }

  #replace(from: number, to: number, text: string): void {
    this.#edits.push({ from, to, text });
  }
  #insert(at: number, text: string): void {
    this.#replace(at, at, text);
  }
  /** With the rest of its line, if that is empty. */
  #remove({ from, to }: SyntaxNode): void {
    const rest = /^[^\S\n]*\n?/.exec(this.source.slice(to))?.[0].length ?? 0;
    this.#replace(from, to + rest, "");
  }

  #applied(): string {
    const imports = this.#statements.findLastIndex(
      ({ name }, i, all) =>
        name === "ImportDeclaration" &&
        all.slice(0, i).every((s) => /^Import|Comment$/.test(s.name)),
    );
    if (this.#head.length > 0) {
      const text = this.#head.join("\n");
      if (imports < 0) this.#edits.unshift({ from: 0, to: 0, text: `${text}\n` });
      else this.#insert(this.#statements[imports].to, `\n${text}`);
    }
    let [done, out] = [0, ""];
    for (const { from, to, text } of this.#edits.sort((a, b) => a.from - b.from || a.to - b.to)) {
      out += this.source.slice(done, from) + text;
      done = Math.max(done, to);
    }
    return out + this.source.slice(done);
  }
}

/** Between commas: what is assigned to, its type, and what is assigned. */
function declaratorsIn(nodes: readonly SyntaxNode[]): SyntaxNode[][] {
  const declarators: SyntaxNode[][] = [];
  for (const node of nodes) {
    if (node.name === ";") break;
    if (node.name === "of" || node.name === "in") break;
    if (node.name === ",") continue;
    const last = declarators.at(-1);
    const isTarget = TARGET.test(node.name) && (last === undefined || !isOpen(last));
    if (isTarget) declarators.push([node]);
    else last?.push(node);
  }
  return declarators;
}

/** Whether an expression is still to come: no expression has the name of a target. */
const isOpen = (declarator: readonly SyntaxNode[]): boolean => declarator.at(-1)?.name === "Equals";
