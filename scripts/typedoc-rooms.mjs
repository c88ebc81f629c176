/**
 * A typedoc plugin: docs/api.md has a chapter per room of lib/, and calls an argument that is taken
 * apart by its names `options`. Tags alone are no docstring: what is called must say what it does,
 * not only what it throws.
 */
import { relative, resolve } from "node:path";
import { CommentTag, Converter, ReflectionKind } from "typedoc";

const CHAPTERS = {
  tensor: "Tensors",
  autograd: "Tensors",
  random: "Random numbers",
  data: "Data",
  models: "Models",
  nn: "Layers",
  optim: "Optimizers",
  run: "Training",
  distributed: "Training",
  sweep: "Sweeps",
  train: "Training",
  generate: "Training",
  report: "Pictures",
  compile: "Compiled steps",
  backend: "Backends",
  "errors.ts": "Errors",
};
const lib = resolve(import.meta.dirname, "../lib");

export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_PARAMETER, (_, parameter) => {
    if (parameter.name === "__namedParameters") parameter.name = "options";
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    for (const reflection of context.project.children ?? []) {
      const file = context
        .getSymbolFromReflection(reflection)
        ?.declarations?.[0].getSourceFile().fileName;
      const chapter = CHAPTERS[relative(lib, file ?? "").split("/")[0]];
      if (chapter === undefined)
        throw new Error(
          `scripts/typedoc-rooms.mjs: expected a chapter for ${reflection.name} of ${file}`,
        );
      for (const owner of reflection.signatures ?? [reflection]) {
        // One without a comment stays so: typedoc will say that it is not documented.
        owner.comment?.blockTags.push(
          new CommentTag("@category", [{ kind: "text", text: chapter }]),
        );
      }
    }
  });
  app.converter.on(Converter.EVENT_RESOLVE_END, (context) => {
    for (const signature of context.project.getReflectionsByKind(ReflectionKind.CallSignature)) {
      if (signature.comment?.summary.length === 0)
        app.logger.warn(
          `${signature.getFriendlyFullName()} has tags, but no sentence that says what it does`,
        );
    }
  });
}
