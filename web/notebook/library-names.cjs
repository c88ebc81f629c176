// The names that the library exports, with the first sentence of their documentation: what the
// notebook completes.
"use strict";
const { join } = require("node:path");
const ts = require("typescript");

/** As an editor calls them. */
const KINDS = [
  [ts.SymbolFlags.Class, "class"],
  [ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Interface, "type"],
];
const kindOf = (symbol, types) =>
  types.getTypeOfSymbol(symbol).getCallSignatures().length > 0
    ? "function"
    : (KINDS.find(([flag]) => symbol.flags & flag)?.[1] ?? "constant");

const LONGEST = 120;

/** Up to its first full stop. */
function firstSentence(symbol, types) {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(types));
  const sentence = text.replace(/\s+/g, " ").split(/(?<=\.) /)[0];
  return sentence.length > LONGEST ? `${sentence.slice(0, LONGEST - 3)}...` : sentence;
}

exports.libraryNames = (root) => {
  const entry = join(root, "lib", "index.ts");
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config,
    ts.sys,
    root,
  );
  const program = ts.createProgram([entry], options);
  const types = program.getTypeChecker();
  const resolved = (symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? types.getAliasedSymbol(symbol) : symbol;
  const row = (symbol) => {
    const target = resolved(symbol);
    return [symbol.name, kindOf(target, types), firstSentence(target, types)];
  };
  const exported = types.getExportsOfModule(
    types.getSymbolAtLocation(program.getSourceFile(entry)),
  );
  const tensor = resolved(exported.find(({ name }) => name === "Tensor"));
  const members = types.getPropertiesOfType(types.getDeclaredTypeOfSymbol(tensor));
  const byName = ([a], [b]) => (a < b ? -1 : 1);
  return {
    library: exported.map(row).sort(byName),
    tensor: members
      .filter(({ name }) => /^[a-z]\w*$/i.test(name))
      .map(row)
      .sort(byName),
  };
};
