/** What a training ends with. */
import type { LanguageModel } from "../models/index.js";
import type { Corpus, Split } from "./corpus/corpus.js";
import type { Mark } from "./known-samples.js";
import type { Origin } from "./folder/origin.js";
import type { Verdict } from "./verdict.js";

/**
 * Losses of the splits that may be looked at while a model is chosen, in nats per character (word).
 */
export interface SplitLosses {
  /** of the split it learned from */
  readonly train: number;
  /** of the split to choose by */
  readonly dev: number;
}

/** What a training ends with. */
export interface TrainResult {
  /** after the last step */
  readonly model: LanguageModel;
  /** what it was trained on */
  readonly corpus: Corpus;
  /** how many numbers the model's parameters hold */
  readonly parameters: number;
  /** how many each split has */
  readonly examples: Readonly<Record<Split, number>>;
  /** of train and dev, how many examples the losses are measured on: `evalExamples` at most */
  readonly measured: Readonly<Record<keyof SplitLosses, number>>;
  /** steps done */
  readonly steps: number;
  /** mean loss per character (word) in nats; absent when interrupted */
  readonly loss?: SplitLosses;
  /**
   * the lowest dev loss that was measured, and after how many steps: `best.safetensors` of the run
   * folder
   */
  readonly best?: {
    /** steps done when it was measured */
    readonly step: number;
    /** in nats per character (word) */
    readonly devLoss: number;
  };
  /**
   * the same of bigrams counted on the train split: the yardstick; absent for words and when
   * interrupted
   */
  readonly bigram?: SplitLosses;
  /**
   * what the dev loss is worse than, where it is no good; absent where it is better than bigrams
   * and guessing, and when interrupted
   */
  readonly verdict?: Verdict;
  /** seconds of the training loop alone, in this session */
  readonly seconds: number;
  /** of the training loop alone; 0 without steps */
  readonly stepsPerSecond: number;
  /** words made up at the end, none of them empty */
  readonly samples: readonly string[];
  /** of each sample, whether it would have gone on: 1000 characters (100 words) are the most */
  readonly cut: readonly boolean[];
  /** why the samples are fewer than were asked for */
  readonly shortage?: string;
  /** whether each sample occurs in train or dev; empty for words */
  readonly marks: readonly Mark[];
  /** the run it started from; null: from fresh parameters */
  readonly from: Origin | null;
  /** the run folder, if one was wanted */
  readonly run: string | undefined;
  /** whether `signal` or `until` ended it early */
  readonly interrupted: boolean;
  /** whether `patience` did */
  readonly stoppedEarly: boolean;
}
