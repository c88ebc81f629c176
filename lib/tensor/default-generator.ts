/** The generator that random functions use when they are given none, as PyTorch has one. */
import { checkOptions } from "../check.js";
import { checkGenerator, Generator } from "../random/generator.js";

export const defaultGenerator = new Generator();

/**
 * Seeds the generator that random functions use when none is given, and returns it
 * (torch.manual_seed).
 * @throws ValueError as `Generator.manualSeed`
 */
export function manualSeed(seed: number | bigint): Generator {
  return defaultGenerator.manualSeed(seed);
}

/** Where random functions take their numbers from. */
export interface RandomOptions {
  /** left out: the one that `manualSeed` seeded */
  generator?: Generator;
}

const OPTIONS = { generator: checkGenerator };

export const generatorOf = (operation: string, options?: RandomOptions): Generator =>
  checkOptions(operation, options, OPTIONS).generator ?? defaultGenerator;
