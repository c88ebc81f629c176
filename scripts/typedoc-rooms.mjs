/** A typedoc plugin: docs/api.md has a chapter per room of lib/, and calls an argument that is taken apart by its names `options`. */
import { basename, dirname } from "node:path";
import { Comment, CommentTag, Converter } from "typedoc";

const CHAPTERS = {
  tensor: "Tensors", autograd: "Tensors", random: "Random numbers", data: "Data", models: "Models", ngram: "Models", optim: "Optimizers",
  train: "Training", compile: "Compiled steps", backend: "Backends", ops: "Tensors", lib: "Errors",
};

export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_PARAMETER, (_, parameter) => {
    if (parameter.name === "__namedParameters") parameter.name = "options";
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    for (const reflection of context.project.children ?? []) {
      const file = context.getSymbolFromReflection(reflection)?.declarations?.[0].getSourceFile().fileName;
      const chapter = CHAPTERS[basename(dirname(file ?? ""))];
      if (chapter === undefined) throw new Error(`scripts/typedoc-rooms.mjs: expected a chapter for ${reflection.name} of ${file}`);
      for (const owner of reflection.signatures ?? [reflection]) {
        owner.comment ??= new Comment();
        owner.comment.blockTags.push(new CommentTag("@category", [{ kind: "text", text: chapter }]));
      }
    }
  });
}
