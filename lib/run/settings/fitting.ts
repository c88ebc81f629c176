/** Settings that fit each other: one that would do nothing is refused. */
import { brownVariant } from "../../data/index.js";
import { quote, UsageError } from "../../errors.js";
import { LONGEST_NGRAM } from "../../models/ngram/counts.js";
import { configSchema, type TrainConfig } from "./config.js";
import { isCounted } from "../counted-models.js";

/** Weights ask for a table, and for minibatches that are drawn. */
function checkWeighted(config: TrainConfig, nameOf: (key: string) => string): void {
  const name = nameOf("weightColumn");
  if (config.column === "") throw new UsageError(`${name}: expected ${nameOf("column")} with it`);
  if (config.order === "shuffled")
    throw new UsageError(`${name}: expected ${nameOf("order")} random with it, got shuffled`);
  if (isCounted(config.model))
    throw new UsageError(
      `${name}: ${config.model} counts every word once, expected a model that is trained`,
    );
}

/** `config`, unless a setting in it would do nothing. */
export function fitting(config: TrainConfig, nameOf: (key: string) => string): TrainConfig {
  const idle = (key: keyof TrainConfig, reason: string) =>
    new UsageError(`${nameOf(key)}: ${reason}, expected 0, got ${config[key]}`);
  for (const key of ["dropout", "momentum", "weightDecay", "clip"] as const) {
    if (config[key] !== 0 && isCounted(config.model))
      throw idle(key, `${config.model} is counted, not trained`);
  }
  if (config.momentum !== 0 && config.optimizer === "adamw")
    throw idle("momentum", "adamw has its own");
  if (config.dropout !== 0 && config.model === "bigram")
    throw idle("dropout", "a bigram model has no hidden units");
  if (config.dropout !== 0 && config.hidden === 0)
    throw idle("dropout", "without hidden units there is nothing to leave out");
  const level = brownVariant(config.data) === undefined ? config.level : "word";
  const only = (
    keys: readonly (keyof TrainConfig)[],
    of: "model" | "level",
    wanted: string,
    got: string,
    why = "",
  ) => {
    const idleKey =
      wanted === got
        ? undefined
        : keys.find((key) => config[key] !== configSchema.shape[key].def.defaultValue);
    if (idleKey !== undefined)
      throw new UsageError(
        `${nameOf(idleKey)}: ${why}expected ${nameOf(of)} ${wanted} with it, got ` +
          `${quote(config[idleKey])} and ${got}`,
      );
  };
  only(["direct", "tied", "bias"], "model", "nplm", config.model);
  only(["init"], "model", "mlp", config.model);
  only(["classes"], "model", "class", config.model);
  only(
    ["tokens", "lines", "devData", "testData", "minCount", "maxWords", "countOn"],
    "level",
    "word",
    level,
  );
  only(["column", "weightColumn"], "level", "character", level, "a text has no columns, ");
  only(["unique"], "level", "character", level, "a text is read with its repeats, ");
  if (config.weightColumn !== "") checkWeighted(config, nameOf);
  if (config.tied && config.direct)
    throw new UsageError(`${nameOf("tied")}: expected no ${nameOf("direct")} with it, got both`);
  if (config.hidden === 0 && config.model === "mlp")
    throw new UsageError(`${nameOf("hidden")}: expected a whole number from 1 to 1000000, got 0`);
  if (config.hidden === 0 && config.model === "nplm" && !config.direct)
    throw new UsageError(
      `${nameOf("hidden")}: expected 1 or more without ${nameOf("direct")}, got 0`,
    );
  if (config.model === "del-int" && config.blockSize < 2)
    throw new UsageError(
      `${nameOf("blockSize")}: expected 2 or more for del-int, got ${config.blockSize}`,
    );
  if (isCounted(config.model) && config.model !== "del-int" && config.blockSize >= LONGEST_NGRAM) {
    throw new UsageError(
      `${nameOf("blockSize")}: expected 1 to ${LONGEST_NGRAM - 1} for ${config.model}, got ` +
        `${config.blockSize}`,
    );
  }
  // The Brown corpus is a text; what is counted takes no steps.
  const steps = isCounted(config.model) ? 0 : config.steps;
  return { ...config, steps, level };
}
