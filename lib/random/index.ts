export { Generator } from "./generator.js";
export {
  calculateGain,
  initEmbedding,
  initLinear,
  kaimingNormal,
  type KaimingOptions,
  kaimingUniform,
  type Nonlinearity,
  xavierNormal,
  xavierUniform,
} from "./init.js";
export type { IntegerArray } from "./integers.js";
export { type MutableSequence, PythonRandom } from "./python.js";
