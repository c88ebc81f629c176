/** Elementwise operations that give whole numbers or any words; part of the kernel contract. */

/** What comparisons of float32 give: int32 words 1 where it holds, 0 elsewhere. */
export const COMPARISONS = ["equal", "notEqual", "less", "lessEqual"] as const;

/**
 * Operations on int32, which wrap: arithmetic, comparisons to 1 and 0; keep(m, a) = -m & a and
 * drop(m, a) = (m - 1) & a, for m of 1 and 0 any words a where m is 1 (drop: 0), else 0; or(a, b) =
 * a | b; fromEnd(i, n) = i < 0 ? i + n : i.
 */
export const ON_WORDS = [
  "intAdd",
  "intSub",
  "intMul",
  "intEqual",
  "intNotEqual",
  "intLess",
  "intLessEqual",
  "keep",
  "drop",
  "or",
  "fromEnd",
] as const;
