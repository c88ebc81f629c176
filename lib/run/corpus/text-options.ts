/** How a text is read for a configuration. */
import { checkOptions, checkText, checkWhole, oneOf, type OptionChecks } from "../../check.js";
import type { LineRule, TokenRule } from "../../data/index.js";
import { checkForm, type NormalForm } from "../../data/lists/normal-form.js";
import { checkLineRule, checkTokenRule } from "../../data/texts/tokenizer.js";

/** How a text becomes tokens, parts and a vocabulary of words. */
export interface TextOptions {
  /** words that occur less often are `<unk>` */
  minCount?: number;
  /** the most frequent words to know; 0: all others */
  maxWords?: number;
  /**
   * where words are counted: in the whole stream, as the paper seems to, or in the train split;
   * never in `devData` and `testData`
   */
  countOn?: "stream" | "train";
  /** what a token is */
  tokens?: TokenRule;
  /** whether each line is a sentence, with an end that is predicted */
  lines?: LineRule;
  /** Unicode's normal form of the tokens; "nfc" where left out, "none" takes them as they come */
  normalize?: NormalForm;
  /** the dev part's own file; null: a tenth of the text */
  devData?: string | null;
  /** the test part's own file; null: a tenth of the text */
  testData?: string | null;
}

/** How the files of a text become one stream of tokens. */
export type StreamOptions = Pick<
  Required<TextOptions>,
  "tokens" | "lines" | "normalize" | "devData" | "testData"
>;

const DEFAULTS: Required<TextOptions> = {
  minCount: 4,
  maxWords: 0,
  countOn: "stream",
  tokens: "text",
  lines: "text",
  normalize: "nfc",
  devData: null,
  testData: null,
};

const checkFile = (what: string, file: string | null) =>
  file === null ? file : checkText(what, file);

const CHECKS: OptionChecks<TextOptions> = {
  minCount: (what, count) => checkWhole(what, count, 1),
  maxWords: (what, count) => checkWhole(what, count, 0),
  countOn: oneOf("stream", "train"),
  tokens: checkTokenRule,
  lines: checkLineRule,
  normalize: checkForm,
  devData: checkFile,
  testData: checkFile,
};

/** All options, with defaults. @throws ValueError for what is none */
export const checkTextOptions = (text?: TextOptions): Required<TextOptions> => ({
  ...DEFAULTS,
  ...checkOptions("loadCorpus", text, CHECKS),
});

/** The options among the settings of a run; undefined for one over characters. */
export function textOptions(
  config: { level: string } & Required<TextOptions>,
): Required<TextOptions> | undefined {
  const { level, minCount, maxWords, countOn, tokens, lines, normalize } = config;
  const { devData, testData } = config;
  return level === "word"
    ? { minCount, maxWords, countOn, tokens, lines, normalize, devData, testData }
    : undefined;
}
