/**
 * The SHA-256 of all parameters after the lecture's training (programs/lecture-trainer.ts), by
 * batch@steps. Every instruction set, number of threads, compiler, Node, and architecture ends with
 * them: test/train/bits.test.ts and `npm run verify:bits`. A change of these is a new major
 * version.
 */
export const DIGESTS = {
  "32@2000": "79bd91e881e30314733e456e402d2a8ab5b60c6eb6147406f8a96cbf0f47e63f",
  // 49 MFLOP per product, far above the 6 MFLOP from which threads share one
  "4096@20": "5600de902f95ca7195550d87587495b067fe62fcdaa381b4ea93f597b4d60089",
} as const;
export type Training = keyof typeof DIGESTS;
