/** How a text is read for a configuration. */
import { checkObject, checkText, checkWhole, refuse } from "../../check.js";
import type { LineRule, TokenRule } from "../../data/index.js";
import { checkForm, type NormalForm } from "../../data/normal-form.js";
import { checkLineRule, checkTokenRule } from "../../data/tokenizer.js";

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

/** @throws ValueError for what is none */
export function checkTextOptions(text: TextOptions): Required<TextOptions> {
  const {
    minCount = 4,
    maxWords = 0,
    countOn = "stream",
    tokens = "text",
    lines = "text",
    normalize = "nfc",
    devData = null,
    testData = null,
  } = checkObject("loadCorpus: text", text);
  checkWhole("loadCorpus: minCount", minCount, 1);
  checkWhole("loadCorpus: maxWords", maxWords, 0);
  if (countOn !== "stream" && countOn !== "train")
    refuse("loadCorpus: countOn", "stream or train", countOn);
  checkTokenRule("loadCorpus: tokens", tokens);
  checkLineRule("loadCorpus: lines", lines);
  checkForm("loadCorpus: normalize", normalize);
  if (devData !== null) checkText("loadCorpus: devData", devData);
  if (testData !== null) checkText("loadCorpus: testData", testData);
  return { minCount, maxWords, countOn, tokens, lines, normalize, devData, testData };
}
