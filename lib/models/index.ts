export { Bigram, type BigramTraining, countBigram, NeuralBigram, trainBigram } from "./bigram.js";
export { MLP, type MLPParameters, type MLPShape } from "./mlp.js";
export { countParameters, type LanguageModel } from "./model.js";
