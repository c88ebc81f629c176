/** What the editor proposes: the library's names, Tensor's members, and what cells declared. */
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import names from "mm-train:names";

const toCompletions = (rows: (typeof names)["library"]): Completion[] =>
  rows.map(([label, type, info]) => ({ label, type, ...(info && { info }) }));

const LIBRARY = toCompletions(names.library);
const TENSOR = toCompletions(names.tensor);

export const completionSource =
  (variables: () => Iterable<string>) =>
  (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/\.?\w*$/);
    if (word === null || (word.from === word.to && !context.explicit)) return null;
    const validFor = /^\w*$/;
    if (word.text.startsWith(".")) return { from: word.from + 1, options: TENSOR, validFor };
    const own = [...variables()]
      .filter((name) => !LIBRARY.some(({ label }) => label === name))
      .map((label): Completion => ({ label, type: "variable", boost: 1 }));
    return { from: word.from, options: [...own, ...LIBRARY], validFor };
  };
