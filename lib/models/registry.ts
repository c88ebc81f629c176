/** The families of models that a run can have, by name. */
import { bigramFamily } from "./bigram.js";
import type { SettingKinds, SettingsOf } from "../setting-kinds.js";
import type { Family } from "./family.js";
import { mlpFamily } from "./mlp.js";
import { classFamily } from "./ngram/class-ngram.js";
import { deletedInterpolationFamily } from "./ngram/deleted-interpolation.js";
import { backoffFamily, kneserNeyFamily } from "./ngram/kneser-ney.js";
import { nplmFamily } from "./nplm.js";

export const FAMILIES = [
  mlpFamily,
  bigramFamily,
  nplmFamily,
  deletedInterpolationFamily,
  kneserNeyFamily,
  backoffFamily,
  classFamily,
] as const;

type OfRegistry = (typeof FAMILIES)[number];
export type FamilyName = OfRegistry["name"];

type Settings<F> = F extends { settings: infer K extends SettingKinds } ? SettingsOf<K> : never;
type KeyOf<S> = S extends unknown ? keyof S : never;
type ValueOf<S, K> = S extends unknown ? (K extends keyof S ? S[K] : never) : never;

/** The settings that models have; one has those of its family only. */
export type FamilySettings = {
  readonly [K in KeyOf<Settings<OfRegistry>>]?: ValueOf<Settings<OfRegistry>, K>;
};

/** A family's name, and its settings. */
export type ModelSettings = { readonly model: FamilyName } & FamilySettings;

export const FAMILY_NAMES = FAMILIES.map(({ name }) => name) as [FamilyName, ...FamilyName[]];

const BY_NAME = new Map<FamilyName, Family>(FAMILIES.map((family) => [family.name, family]));

export const familyOf = ({ model }: { readonly model: FamilyName }): Family =>
  BY_NAME.get(model) as Family;

/** Counted, not trained. */
export const isCounted = (settings: { readonly model: FamilyName }): boolean =>
  familyOf(settings).counted;

/** Tokens of context that a model sees. */
export const blockSizeOf = (settings: ModelSettings): number =>
  familyOf(settings).blockSize(settings);

/** The families that have a setting. */
export const familiesWith = (setting: string): FamilyName[] =>
  FAMILIES.filter(({ settings }) => Object.hasOwn(settings, setting)).map(({ name }) => name);
