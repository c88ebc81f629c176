export {
  type LikelyWord,
  type Sample,
  sample,
  type SampleOptions,
  sampleWithProbabilities,
} from "./sample.js";
export { type Score, score } from "./score.js";
