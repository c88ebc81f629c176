/** Settings that fit each other: one that would do nothing is refused. */
import { brownVariant } from "../../data/index.js";
import { quote, UsageError } from "../../errors.js";
import type { NameOf } from "../../models/family.js";
import { familyOf, isCounted } from "../../models/registry.js";
import { idleSetting, optimizersWith } from "../../optim/registry.js";
import { ALL_SETTINGS, type TrainConfig } from "./config.js";

/** Weights ask for a table, and for minibatches that are drawn. */
function checkWeighted(config: TrainConfig, nameOf: NameOf): void {
  const name = nameOf("weightColumn");
  if (config.column === "") throw new UsageError(`${name}: expected ${nameOf("column")} with it`);
  if (config.order === "shuffled")
    throw new UsageError(`${name}: expected ${nameOf("order")} random with it, got shuffled`);
  if (isCounted(config))
    throw new UsageError(
      `${name}: ${config.model} counts every word once, expected a model that is trained`,
    );
}

/** Settings of one level of tokens, and why the other has none of them. */
const OF_LEVEL: readonly {
  readonly level: TrainConfig["level"];
  readonly why: string;
  readonly keys: readonly (keyof TrainConfig)[];
}[] = [
  {
    level: "word",
    why: "",
    keys: ["tokens", "lines", "devData", "testData", "minCount", "maxWords", "countOn"],
  },
  { level: "character", why: "a text has no columns, ", keys: ["column", "weightColumn"] },
  { level: "character", why: "a text is read with its repeats, ", keys: ["unique"] },
];

/** `config`, unless a setting in it would do nothing. */
export function fitting(config: TrainConfig, nameOf: NameOf): TrainConfig {
  const foreign = idleSetting(config);
  if (foreign !== undefined)
    throw new UsageError(
      `${nameOf(foreign)}: ${config.optimizer} has no such setting, expected ` +
        `${nameOf("optimizer")} ${optimizersWith(foreign).join(" or ")}`,
    );
  // The Brown corpus is a text.
  const level = brownVariant(config.data) === undefined ? config.level : "word";
  for (const { level: wanted, why, keys } of OF_LEVEL) {
    const idle = keys.find((key) => config[key] !== ALL_SETTINGS[key].def.defaultValue);
    if (level !== wanted && idle !== undefined)
      throw new UsageError(
        `${nameOf(idle)}: ${why}expected ${nameOf("level")} ${wanted} with it, got ` +
          `${quote(config[idle])} and ${level}`,
      );
  }
  if (config.weightColumn !== "") checkWeighted(config, nameOf);
  familyOf(config).checkFit?.(config, nameOf);
  return { ...config, level };
}
