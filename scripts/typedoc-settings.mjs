/**
 * A typedoc plugin: what a setting of a run means is written once, for `--help`; in the
 * documentation it is the docstring of the property.
 */
import { Comment, Converter, ReflectionKind } from "typedoc";
import { ALL_SETTINGS, defaultText } from "../lib/run/settings/config.ts";

const OWNERS = ["TrainConfig", "Settings", "TrainOptions", "RunConfig"];

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const property of project.getReflectionsByKind(ReflectionKind.Property)) {
      const { name } = property;
      const of = property.getFullName().split(".")[0];
      if (property.hasComment() || !OWNERS.includes(of) || !Object.hasOwn(ALL_SETTINGS, name))
        continue;
      const text = `${ALL_SETTINGS[name].description}; default: ${defaultText(name, ALL_SETTINGS[name])}`;
      property.comment = new Comment([{ kind: "text", text }]);
    }
  });
}
