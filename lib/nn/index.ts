export { BatchNorm1d, type BatchNormOptions } from "./batch-norm.js";
export { Dropout } from "./dropout.js";
export { Embedding } from "./embedding.js";
export { Flatten } from "./flatten.js";
export { Linear, type LinearOptions } from "./linear.js";
export { type LoadResult, Module, type StateDict } from "./module.js";
export { buffer, parameter } from "./parameter.js";
export { Sequential } from "./sequential.js";
export { Tanh } from "./tanh.js";
