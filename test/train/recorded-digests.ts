/**
 * The SHA-256 of all parameters after the lecture's training (programs/lecture-trainer.ts), by
 * batch@steps. Every instruction set, number of threads, compiler, Node, and architecture ends with
 * them: test/train/bits.test.ts and `npm run verify:bits`. A change of these is a new major
 * version.
 */
export const DIGESTS = {
  "32@2000": "4059dd867913da9956c83d0b4b2a4dd9efef71631bf930727855ce66a976b84e",
  // 49 MFLOP per product, far above the 2 MFLOP from which threads share one
  "4096@20": "9a1bf74a576e0f4432067cc009e17e0ea551938f18a014af3df7bdbd61a23b08",
} as const;
export type Training = keyof typeof DIGESTS;
