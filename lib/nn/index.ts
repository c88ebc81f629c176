export { BatchNorm1d, type BatchNormOptions } from "./layers/batch-norm.js";
export { Dropout } from "./layers/dropout.js";
export { Embedding } from "./layers/embedding.js";
export { Flatten } from "./layers/flatten.js";
export { Linear, type LinearOptions } from "./layers/linear.js";
export { type LoadResult, Module, type StateDict } from "./module.js";
export { buffer, parameter } from "./parameter.js";
export { Sequential } from "./layers/sequential.js";
export { Tanh } from "./layers/tanh.js";
