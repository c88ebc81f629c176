/** What kind of character one is: the kinds are told apart in the picture of the embedding. */

export type CharacterKind = "boundary" | "vowel" | "consonant" | "other";

/** Of the Latin, Greek and Cyrillic alphabets. */
const VOWEL = /^[aeiouyαεηιουωаеёиоуыэюяіїє]/u;

export function kindOf(character: string, token: number): CharacterKind {
  if (token === 0) return "boundary";
  const base = character.normalize("NFD").toLowerCase();
  if (!/^\p{L}/u.test(base)) return "other";
  return VOWEL.test(base) ? "vowel" : "consonant";
}
