/**
 * The SHA-256 of all parameters after the lecture's training (programs/lecture-trainer.ts), by
 * batch@steps. Every instruction set, number of threads, compiler, Node, and architecture ends with
 * them: test/train/bits.test.ts and `npm run verify:bits`. A change of these is a new major
 * version.
 */
export const DIGESTS = {
  "32@2000": "4059dd867913da9956c83d0b4b2a4dd9efef71631bf930727855ce66a976b84e",
  // 49 MFLOP per product, far above the 2 MFLOP from which threads share one
  "4096@20": "125692ed14866c2517d9794a44c481cec65ffe9bee2182e8f686c9d406704d03",
} as const;
export type Training = keyof typeof DIGESTS;
