/**
 * The settings of a run as config.json has them: grouped by owner, where the one that is called as
 * its owner stands as `name`.
 */
import * as z from "zod";
import { FAMILY_NAMES, type FamilyName } from "../../models/registry.js";
import { OPTIMIZER_NAMES, othersDefaults } from "../../optim/registry.js";
import { type Owner, settingsByOwner, settingsOf, type TrainConfig } from "./config.js";

type Values = Readonly<Record<string, unknown>>;

const OWNERS: readonly string[] = ["data", "model", "optimizer", "training"] satisfies Owner[];

const inGroup = (owner: string, key: string): string => (key === owner ? "name" : key);

export function grouped(config: Omit<TrainConfig, "data"> & Values): Values {
  const groups = Object.entries(settingsByOwner(config.model)).map(([owner, kinds]) => [
    owner,
    Object.fromEntries(Object.keys(kinds).map((key) => [inGroup(owner, key), config[key]])),
  ]);
  return Object.fromEntries(groups) as Values;
}

/** Groups, and whatever stands beside them, as one. */
export const flattened = (json: Values): Values =>
  Object.fromEntries(
    Object.entries(json).flatMap(([owner, group]) =>
      OWNERS.includes(owner) && typeof group === "object" && group !== null
        ? Object.entries(group).map(([key, value]) => [key === "name" ? owner : key, value])
        : [[owner, group]],
    ),
  );

/**
 * What config.json holds for a model: every setting, since a default need not be what the run used;
 * the corpus is null where a program gave the words.
 */
export function groupSchemas(model: FamilyName): Record<string, z.ZodType> {
  const groups = Object.entries(settingsByOwner(model)).map(([owner, kinds]) => {
    const fields = Object.entries(kinds).map(([key, kind]) => {
      const given = kind.removeDefault();
      return [inGroup(owner, key), key === "data" ? z.nullable(given) : given];
    });
    const group = z.strictObject(Object.fromEntries(fields) as z.ZodRawShape);
    return [owner, owner === "optimizer" ? z.preprocess(withOthers, group) : group];
  });
  return Object.fromEntries(groups) as Record<string, z.ZodType>;
}

/** A run that is older than an optimizer does not say that one's settings. */
function withOthers(group: unknown): unknown {
  const optimizer = OPTIMIZER_NAMES.find((name) => name === (group as Values | null)?.name);
  if (optimizer === undefined) return group;
  return { ...othersDefaults({ optimizer }), ...(group as Values) };
}

/** The settings in a run's config.json, of this or the first version, for a run of their own. */
export function settingsIn(json: Values): Values {
  const values = json.version === 1 ? json : flattened(json);
  const model = FAMILY_NAMES.find((name) => name === values.model) ?? "mlp";
  const keys = Object.keys(settingsOf({ model }));
  return Object.fromEntries(
    Object.entries(values).filter(([key, value]) => keys.includes(key) && value !== null),
  );
}
