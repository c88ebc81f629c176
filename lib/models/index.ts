export { Bigram, type BigramTraining, countBigram, NeuralBigram, trainBigram } from "./bigram.js";
export { Dropout } from "./dropout.js";
export { type Init, MLP, type MLPParameters, type MLPShape } from "./mlp.js";
export { countParameters, type LanguageModel, lossOf, type LossOptions } from "./model.js";
