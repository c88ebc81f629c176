/** The import statements of a cell. */
import type { ImportDeclaration, ImportSpecifier } from "acorn";

export interface Import {
  readonly module: string;
  /** 1-based */
  readonly line: number;
  /** "*" is the whole module */
  readonly names: readonly { imported: string; local: string }[];
}

const importedName = ({ imported }: ImportSpecifier): string =>
  imported.type === "Identifier" ? imported.name : String(imported.value);

export const toImport = ({ source, loc, specifiers }: ImportDeclaration): Import => ({
  module: String(source.value),
  line: loc?.start.line ?? 1,
  names: specifiers.map((specifier) => ({
    imported:
      specifier.type === "ImportSpecifier"
        ? importedName(specifier)
        : specifier.type === "ImportDefaultSpecifier"
          ? "default"
          : "*",
    local: specifier.local.name,
  })),
});
