/** The changes that make of a cell's statements those of a function over shared variables. */
import type { ImportDeclaration } from "acorn";
import { Edits } from "./edits.js";
import { type Import, toImport } from "./imports.js";
import type { Names } from "./names.js";
import { type AnyNode, children } from "./parse.js";
import { CellSyntaxError } from "./syntax-error.js";

/** What the function calls its parameters: names that the cell does not have. */
export interface Parameters {
  readonly variables: string;
  readonly tick: string;
  readonly load: string;
}

const LOOPS = new Set([
  "ForStatement",
  "ForInStatement",
  "ForOfStatement",
  "WhileStatement",
  "DoWhileStatement",
]);
const FUNCTIONS = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "StaticBlock",
]);

/** Where a node stands. */
interface Place {
  readonly parent: AnyNode | undefined;
  /** whether a `var` here belongs to a function */
  readonly inFunction: boolean;
}

const lineOf = (node: AnyNode): number | undefined => node.loc?.start.line;

export class Rewriting {
  readonly edits = new Edits();
  readonly imports: Import[] = [];
  readonly #names: Names;
  readonly #parameters: Parameters;

  constructor(names: Names, parameters: Parameters) {
    this.#names = names;
    this.#parameters = parameters;
  }

  program(program: AnyNode): void {
    const statements = program.body as AnyNode[];
    const last = statements.at(-1);
    if (last?.type === "ExpressionStatement") this.edits.insert(last.start, "return ");
    for (const statement of statements)
      this.#visit(statement, { parent: program, inFunction: false });
  }

  #visit(node: AnyNode, place: Place): void {
    switch (node.type) {
      case "ImportDeclaration":
        this.edits.replace(node.start, node.end, "");
        this.imports.push(toImport(node as unknown as ImportDeclaration));
        return;
      case "ExportNamedDeclaration":
        if (!node.declaration) return refuseExport(node);
        this.edits.replace(node.start, (node.declaration as AnyNode).start, "");
        return this.#visit(node.declaration as AnyNode, place);
      case "ExportDefaultDeclaration":
      case "ExportAllDeclaration":
        return refuseExport(node);
      case "MetaProperty":
        if ((node.meta as { name?: string }).name !== "import") break;
        throw new CellSyntaxError("a cell has no import.meta: it is no file", lineOf(node));
      case "ImportExpression":
        this.edits.replace(node.start, node.start + "import".length, this.#parameters.load);
        break;
      case "VariableDeclaration":
        if (node.kind === "var" ? !place.inFunction : place.parent?.type === "Program")
          this.#declaration(node, place);
        break;
      case "ClassDeclaration":
        if (place.parent?.type !== "Program") break;
        this.edits.insert(node.start, `${this.#variable((node.id as AnyNode).name)} = `);
        this.edits.insert(node.end, ";", "closeBlock");
        break;
      case "AssignmentExpression":
      case "AssignmentPattern":
        this.#nameFunction(node.left as AnyNode, node.right as AnyNode);
        break;
      case "UnaryExpression":
        if (node.operator === "typeof" && this.#typeof(node)) return;
        break;
      case "Identifier":
        if (this.#names.uses.has(node)) this.#use(node, place.parent);
        return;
    }
    if (LOOPS.has(node.type)) this.#loop(node.body as AnyNode);
    const inFunction = place.inFunction || FUNCTIONS.has(node.type);
    const below = { parent: node, inFunction };
    for (const child of children(node)) this.#visit(child, below);
  }

  #variable(name: unknown): string {
    return `${this.#parameters.variables}.${String(name)}`;
  }

  #use(identifier: AnyNode, parent: AnyNode | undefined): void {
    const variable = this.#variable(identifier.name);
    const isProperty = parent?.type === "Property" && parent.shorthand === true;
    // `f()` has no `this`, but `variables.f()` would.
    const isCalled = parent?.callee === identifier && parent.type === "CallExpression";
    const isTag = parent?.tag === identifier;
    const text = isProperty
      ? `${String(identifier.name)}: ${variable}`
      : isCalled || isTag
        ? `(0, ${variable})`
        : variable;
    this.edits.replace(identifier.start, identifier.end, text);
  }

  /** `typeof x` of what nobody declared is "undefined", no error. */
  #typeof(node: AnyNode): boolean {
    const argument = node.argument as AnyNode;
    const name = String(argument.name);
    if (!this.#names.uses.has(argument) || this.#names.declares.has(name)) return false;
    const { variables } = this.#parameters;
    const text = `(${JSON.stringify(name)} in ${variables} ? typeof ${this.#variable(name)} : "undefined")`;
    this.edits.replace(node.start, node.end, text);
    return true;
  }

  /** `const x = 1, { y } = z` becomes `(v.x = 1, { y: v.y } = z)`. */
  #declaration(node: AnyNode, { parent }: Place): void {
    if (node.kind === "using" || node.kind === "await using")
      throw new CellSyntaxError(`${node.kind}: put it into a block { }`, lineOf(node));
    const declarators = node.declarations as AnyNode[];
    const isHead = LOOPS.has(parent?.type ?? "") && parent?.body !== node;
    this.edits.replace(node.start, declarators[0].start, isHead ? "" : "(");
    if (!isHead) this.edits.insert(declarators[declarators.length - 1].end, ")", "close");
    for (const { id, init, start, end } of declarators) {
      const target = id as AnyNode;
      if (init) this.#nameFunction(target, init as AnyNode);
      else if (target.type === "Identifier" && !this.#names.uses.has(target)) {
        const isReset = node.kind !== "var";
        const text = isReset ? `${this.#variable(target.name)} = undefined` : "0";
        this.edits.replace(start, end, text);
      }
    }
  }

  /** A function without a name has that of the variable to which it is assigned. */
  #nameFunction(target: AnyNode, value: AnyNode): void {
    const isAnonymous =
      value.type === "ArrowFunctionExpression" ||
      ((value.type === "FunctionExpression" || value.type === "ClassExpression") && !value.id);
    if (!isAnonymous || !this.#names.uses.has(target)) return;
    const name = JSON.stringify(target.name);
    this.edits.insert(value.start, `({ [${name}]: `);
    this.edits.insert(value.end, ` })[${name}]`, "close");
  }

  #loop(body: AnyNode): void {
    const tick = `${this.#parameters.tick}();`;
    if (body.type === "BlockStatement") {
      this.edits.insert(body.start + 1, tick);
      return;
    }
    this.edits.insert(body.start, `{${tick}`);
    this.edits.insert(body.end, "}", "closeBlock");
  }
}

function refuseExport(node: AnyNode): never {
  throw new CellSyntaxError("a cell exports nothing: leave `export` out", lineOf(node));
}
