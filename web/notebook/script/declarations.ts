/** What a cell declares at its top level, and where: of TypeScript as it is written. */
import { parser } from "@lezer/javascript";

export type SyntaxNode = ReturnType<typeof parser.parse>["topNode"];

const typescript = parser.configure({ dialect: "ts" });

export interface Declaration {
  readonly kind: "variables" | "function" | "class" | "enum" | "import";
  /** of values; types alone are no variables */
  readonly names: readonly string[];
  readonly node: SyntaxNode;
  /** `node`, or what stands around it: `export`, a loop, a block */
  readonly statement: SyntaxNode;
}

/** A name that an import brings in: `import { imported as local }`. */
export interface Specifier {
  readonly local: string;
  /** "default", "*" */
  readonly imported: string;
  readonly isType: boolean;
}

export const statementsOf = (source: string): SyntaxNode[] =>
  childrenOf(typescript.parse(source).topNode);

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

export const declarationsIn = (source: string): Declaration[] =>
  statementsOf(source).flatMap((statement) => {
    const { name, lastChild } = statement;
    const node = name === "ExportDeclaration" && lastChild !== null ? lastChild : statement;
    return declared(node, statement, source);
  });

const KINDS: Readonly<Record<string, Declaration["kind"]>> = {
  VariableDeclaration: "variables",
  FunctionDeclaration: "function",
  ClassDeclaration: "class",
  EnumDeclaration: "enum",
  ImportDeclaration: "import",
};
/** A `var` in these is theirs. */
const FUNCTIONS = /^(Function|ArrowFunction|Method|Class|StaticBlock|AmbientDeclaration)/;

function declared(node: SyntaxNode, statement: SyntaxNode, source: string): Declaration[] {
  const kind = KINDS[node.name];
  if (kind === "import") {
    const names = specifiersOf(node, source)
      .filter(({ isType }) => !isType)
      .map(({ local }) => local);
    return [{ kind, names, node, statement }];
  }
  if (kind !== undefined) return [{ kind, names: namesIn(node, source), node, statement }];
  return FUNCTIONS.test(node.name) ? [] : varsBelow(node, statement, source);
}

/** Of blocks, branches and the heads of loops. */
const varsBelow = (node: SyntaxNode, statement: SyntaxNode, source: string): Declaration[] =>
  childrenOf(node).flatMap((child) => {
    if (FUNCTIONS.test(child.name)) return [];
    const isVar =
      /^(VariableDeclaration|For(Of|In)Spec)$/.test(child.name) &&
      childrenOf(child).some(({ name }) => name === "var");
    const names = isVar ? namesIn(child, source) : [];
    const own = isVar ? [{ kind: "variables" as const, names, node: child, statement }] : [];
    return [...own, ...varsBelow(child, statement, source)];
  });

/** The names that a declaration gives, those of patterns too, and none of its expressions. */
function namesIn(node: SyntaxNode, source: string): string[] {
  const definition = node.getChild("VariableDefinition") ?? node.getChild("TypeDefinition");
  if (/^(Function|Class|Enum)/.test(node.name))
    return definition === null ? [] : [source.slice(definition.from, definition.to)];
  const targets = childrenOf(node).filter(({ name }) => TARGET.test(name));
  return targets.flatMap((target) => namesOfTarget(target, source));
}

export const TARGET = /^(VariableDefinition|ArrayPattern|ObjectPattern)$/;

const namesOfTarget = (target: SyntaxNode, source: string): string[] =>
  target.name === "VariableDefinition"
    ? [source.slice(target.from, target.to)]
    : childrenOf(target)
        .flatMap((child) => (child.name === "PatternProperty" ? childrenOf(child) : [child]))
        .filter(({ name }) => TARGET.test(name))
        .flatMap((child) => namesOfTarget(child, source));

export function specifiersOf(node: SyntaxNode, source: string): Specifier[] {
  const text = (at: SyntaxNode): string => source.slice(at.from, at.to);
  const isTypeOnly = node.getChild("type") !== null;
  const own = node.getChild("VariableDefinition");
  const outside =
    own === null
      ? []
      : [
          {
            local: text(own),
            imported: node.getChild("Star") ? "*" : "default",
            isType: isTypeOnly,
          },
        ];
  const group = node.getChild("ImportGroup");
  if (group === null) return outside;
  // Between commas and braces: `type`, the name in the module, `as`, the name here.
  const parts: SyntaxNode[][] = [[]];
  for (const child of childrenOf(group)) {
    if (/^[{},]$/.test(child.name)) parts.push([]);
    else parts.at(-1)?.push(child);
  }
  const inside = parts
    .filter((part) => part.length > 0)
    .map((part) => {
      const names = part.filter(({ name }) => !/^(as|type)$/.test(name));
      const isType = isTypeOnly || (part[0].name === "type" && part.length > 1);
      return { local: text(names[names.length - 1]), imported: text(names[0]), isType };
    });
  return [...outside, ...inside];
}
