/** The optimizers that a run can have, by name. */
import type { SettingKinds, SettingsOf } from "../setting-kinds.js";
import { adamwKind } from "./adamw.js";
import type { OptimizerKind } from "./kind.js";
import { sgdKind } from "./sgd.js";

export const OPTIMIZERS = [sgdKind, adamwKind] as const;

type OfRegistry = (typeof OPTIMIZERS)[number];
export type OptimizerName = OfRegistry["name"];

/** Of all of them together. */
type Together<K> = (K extends unknown ? (kinds: K) => void : never) extends (
  kinds: infer All extends SettingKinds,
) => void
  ? All
  : never;
type OwnKinds = Together<OfRegistry["settings"]>;

export const OPTIMIZER_NAMES = OPTIMIZERS.map(({ name }) => name) as [
  OptimizerName,
  ...OptimizerName[],
];

const BY_NAME: ReadonlyMap<string, OptimizerKind> = new Map(
  OPTIMIZERS.map((kind) => [kind.name, kind as OptimizerKind]),
);

export const optimizerOf = ({ optimizer }: { readonly optimizer: OptimizerName }): OptimizerKind =>
  BY_NAME.get(optimizer) as OptimizerKind;

/** The settings that not every optimizer has, whose descriptions say which ones do. */
export const OWN_SETTINGS = Object.fromEntries(
  OPTIMIZERS.flatMap(({ settings }) =>
    Object.entries<SettingKinds[string]>(settings).map(([key, kind]) => [
      key,
      kind.describe(`of ${optimizersWith(key).join(" and ")}: ${kind.description}`),
    ]),
  ),
) as OwnKinds;

/** The optimizers that have a setting. */
export function optimizersWith(setting: string): OptimizerName[] {
  return OPTIMIZERS.filter(({ settings }) => Object.hasOwn(settings, setting)).map(
    ({ name }) => name,
  );
}

/** What a run says of its optimizer, beside what it says of any. */
type OwnValues = SettingsOf<OwnKinds>;
export type OptimizerSettings = OwnValues & { readonly optimizer: OptimizerName };

/** A run's settings that its optimizer alone has. */
export const ownSettings = (run: OptimizerSettings): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(run).filter(([key]) => Object.hasOwn(optimizerOf(run).settings, key)),
  );

/** What the settings that only other optimizers have are where they are left out. */
export const othersDefaults = (run: Pick<OptimizerSettings, "optimizer">): Partial<OwnValues> =>
  Object.fromEntries(
    Object.entries<SettingKinds[string]>(OWN_SETTINGS)
      .filter(([key]) => !Object.hasOwn(optimizerOf(run).settings, key))
      .map(([key, { def }]) => [key, def.defaultValue]),
  );

/** A setting that does nothing: only another optimizer has it. */
export const idleSetting = (run: OptimizerSettings): keyof OwnValues | undefined =>
  (Object.entries(othersDefaults(run)) as [keyof OwnValues, unknown][]).find(
    ([key, value]) => run[key] !== value,
  )?.[0];
