/** What was read, in numbers, and what looks wrong with it. */
import { countText } from "../../count-text.js";
import type { Splits } from "../examples/splits.js";
import type { NormalForm } from "./normal-form.js";
import { type CorpusWarning, warningsOf } from "./warnings.js";
import { WordIndex } from "./word-index.js";
import { bytesOf, type Reading, readingOf, type WordList } from "./word-list.js";

/** What was read: a list of words, or a text. */
export interface CorpusSummary extends Reading {
  /** words that the model learns from and is measured on; of a text, its tokens */
  readonly words: number;
  /** of them, different ones */
  readonly distinct: number;
  /** of all words together */
  readonly characters: number;
  /** share of the dev words, from 0 to 1, that are among the train words too */
  readonly devInTrain: number;
  /** of a text: share of the dev words, from 0 to 1, that the model does not know */
  readonly devUnknown?: number;
  /** what looks wrong, each with what to do about it */
  readonly warnings: readonly CorpusWarning[];
}

/** @param codes the code points that occur in the words */
export function summarize(
  list: WordList,
  splits: Readonly<Record<keyof Splits, Int32Array>>,
  codes: readonly number[],
  form: NormalForm,
): CorpusSummary {
  const facts = { ...readingOf(list), words: list.length, ...overlap(list, splits) };
  const summary = { ...facts, characters: bytesOf(list).characters };
  return Object.freeze({
    ...summary,
    warnings: Object.freeze(warningsOf(list, codes, form, summary)),
  });
}

/**
 * One table of train, then dev, then test words: how many are new to it, and how many dev words are
 * not.
 */
function overlap(
  list: WordList,
  { train, dev, test }: Readonly<Record<keyof Splits, Int32Array>>,
): Pick<CorpusSummary, "distinct" | "devInTrain"> {
  const index = new WordIndex(list, [], list.length);
  const addAll = (positions: Int32Array): number => {
    let added = 0;
    for (let p = 0; p < positions.length; p++) {
      if (index.add(positions[p]) === positions[p]) added++;
    }
    return added;
  };
  let distinct = addAll(train);
  const bytes = bytesOf(list);
  let known = 0;
  for (let p = 0; p < dev.length; p++) if (index.find(bytes, dev[p]) >= 0) known++;
  distinct += addAll(dev) + addAll(test);
  return { distinct, devInTrain: known / dev.length };
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** The numbers by name, those that are 0 left out but for what every list has. */
export function factsOf(summary: Omit<CorpusSummary, "warnings">): [string, string][] {
  const { lines, words, distinct, characters, blank, trimmed, repeats, normalized } = summary;
  const { devInTrain, devUnknown } = summary;
  const changed = { blank, "repeats dropped": repeats, trimmed, normalized };
  return [
    ["lines", countText(lines)],
    ["words", countText(words)],
    ["distinct", countText(distinct)],
    ["characters", countText(characters)],
    ...Object.entries(changed).flatMap(([name, n]) =>
      n > 0 ? [[name, countText(n)] as [string, string]] : [],
    ),
    ["of dev words in train too", percent(devInTrain)],
    ...(devUnknown === undefined
      ? []
      : [["of dev words unknown", percent(devUnknown)] as [string, string]]),
  ];
}
