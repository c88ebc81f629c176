/** What layers are made with, by name. */
import { argumentsOf, checkBoolean, checkObject, numbers, whole } from "../check.js";

const size = whole(1);

export const check = argumentsOf({
  inFeatures: size,
  outFeatures: size,
  numEmbeddings: size,
  embeddingDim: size,
  numFeatures: size,
  p: numbers("a part from 0 to below 1", (x) => x >= 0 && x < 1),
  mode: checkBoolean,
  state: checkObject,
});
