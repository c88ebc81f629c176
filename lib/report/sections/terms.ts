/** What the words of the page mean, folded: who knows them is not kept from the numbers. */
import { html, type Html } from "../pages/html.js";
import { folded, type Section } from "./section.js";

export const terms: Section = ({ record: { vocabulary, model, config } }) => {
  const unit = vocabulary.level;
  const explained: (readonly [term: string, meaning: string])[] = [
    [
      "loss",
      `how surprised the model is by the ${unit} that really comes next: the negative ` +
        "natural logarithm of the probability that it gave it, as a mean. In nats; 0 would be " +
        "certainty",
    ],
    [
      "guessing",
      `the loss of giving every ${unit} the same probability: the logarithm of how many ` +
        "there are. A model that is not below it has learned nothing",
    ],
    [
      "bigrams",
      `the loss of counting how often each ${unit} follows each other one. A network should ` +
        "be below it",
    ],
    [
      "perplexity",
      `e to the power of the loss: among how many equally likely ${unit}s the model is as ` +
        "good as guessing",
    ],
    [
      "train, dev, test",
      "the model learns from the train split (80 %); settings are chosen by the dev split " +
        "(10 %); the test split (10 %) is looked at once, at the end. A train loss far below " +
        "the dev loss is overfitting",
    ],
    [
      "minibatch",
      "the few examples, drawn at random, that one step learns from: its loss is a noisy " +
        "look at the train loss",
    ],
    [
      "step, learning rate",
      "a step moves every parameter a little downhill; the learning rate says how far",
    ],
    ["parameters", "the numbers that are learned"],
    [
      "embedding",
      `the numbers that the network has learned for each ${unit}. Those that it treats alike ` +
        "lie close together",
    ],
    [
      "principal components",
      "the two directions in which the points of the embedding lie farthest apart; the " +
        "percentage says how much of their spread each one shows",
    ],
  ];
  const shown = explained.filter(([term]) => {
    if (term === "perplexity") return unit === "word";
    if (term === "bigrams") return unit === "character";
    if (["embedding", "principal components"].includes(term)) return "C" in model.stateDict();
    return config.stepsDone > 0 || !["minibatch", "step, learning rate"].includes(term);
  });
  return {
    id: "terms",
    title: "Terms",
    body: folded(
      "What the words on this page mean",
      html`<dl class="terms">${shown.map(entry)}</dl>`,
    ),
  };
};

const entry = ([term, meaning]: readonly [string, string]): Html =>
  html`<dt>${term}</dt><dd>${meaning}.</dd>\n`;
