/**
 * Good arguments for what lib/data exports. Files are those of `FILES`, which the program makes
 * before the first call.
 */
import {
  type Batch,
  buildContexts,
  EpochOrder,
  tokenize,
  toBatch,
  Vocabulary,
  WordVocabulary,
} from "../../../lib/index.js";
import type { Draw } from "../draw.js";
import { ids } from "./tensors.js";
import { seeded } from "./random.js";
import type { Recipes } from "./index.js";

/** name -> contents, in the folder where the calls are made */
export const FILES: Readonly<Record<string, string>> = {
  "names.txt": "emma\nolivia\nava\nisabella\nsophia\ncharlotte\nmia\namelia\nharper\nevelyn\n",
  "text.txt":
    "the cat sat on the mat . the dog sat on the cat . the end of the story is near .\n".repeat(4),
  "empty.txt": "",
  "binary.bin": "\0\x01\xff",
  "model.safetensors": "no tensors",
};
const FILE_NAMES = [...Object.keys(FILES), "missing.txt", "."];

export const names = (): string[] => [
  "emma",
  "olivia",
  "ava",
  "mia",
  "amelia",
  "ada",
  "eve",
  "una",
];
export const characters = (): Vocabulary => new Vocabulary(names());

/** A text as tokens: its types, and the ids of its tokens. */
function text(): { types: string[]; ids: Int32Array<ArrayBuffer>; digest: string } {
  const tokens = tokenize(FILES["text.txt"]);
  const types = [...new Set(tokens)];
  return {
    types,
    ids: Int32Array.from(tokens, (token) => types.indexOf(token)),
    digest: "0".repeat(64),
  };
}
const wordVocabulary = (): WordVocabulary => WordVocabulary.of(text());

/** Examples over the characters of the names. */
export const examples = (d: Draw, blockSize = d.whole(1, 3)): Batch =>
  toBatch(buildContexts(names(), characters(), blockSize));
/** Examples of any tokens below `count`. */
export const batch = (d: Draw, count: number, blockSize: number, n = d.whole(1, 40)): Batch => ({
  X: ids(d, [n, blockSize], count),
  Y: ids(d, [n], count),
});

const word = (d: Draw) => d.pick(["emma", "", "ava", "the cat", "zzz"]);
const file = (d: Draw) => [d.pick(FILE_NAMES)];
const rule = (d: Draw) => d.pick(["text", "whitespace", "segments"]);
const spelled = (d: Draw) => [characters(), word(d)];
const numbers = (d: Draw) => d.list(d.whole(0, 6), () => d.whole(0, 7));
const coined = (d: Draw) => [wordVocabulary(), d.pick(["the cat", "the unknown dog", ""])];

export const data = {
  brownVariant: (d) => [d.pick(["brown", "brown:A", "brown:P", "names"])],
  readBrown: () => ["Z"], // a real one takes seconds, and has tests of its own
  defaultCorpus: () => [],
  resolveCorpus: (d) => [d.pick(["names", "names.txt"])],
  readWords: file,
  readTokens: (d) => [...file(d), { tokens: rule(d), lines: d.pick(["text", "sentences"]) }],
  tokenize: (d) => [d.pick(Object.values(FILES)), rule(d)],
  checkWords: () => [names(), "names"],
  splitWords: (d) => [names(), d.whole(0, 99), "names"],
  buildContexts: (d) => [names(), characters(), d.whole(1, 4)],
  toBatch: (d) => [buildContexts(names(), characters(), d.whole(1, 3))],
  minibatch: (d) => [examples(d), d.whole(1, 9), seeded(d)],
  windows: (d) => [Int32Array.from(numbers(d)), d.whole(1, 4)],
  EpochOrder: (d) => [d.whole(5, 20), d.whole(1, 5), d.whole(0, 9)],
  "EpochOrder.batch": (d) => [new EpochOrder(9, 3, 1), d.whole(0, 20)],
  Vocabulary: () => [names(), "names"],
  "Vocabulary.encode": spelled,
  "Vocabulary.stranger": spelled,
  "Vocabulary.decode": (d) => [characters(), numbers(d)],
  "Vocabulary.ends": (d) => [characters(), d.whole(0, 5)],
  "Vocabulary.toJSON": () => [characters()],
  "Vocabulary.fromJSON": () => [characters().toJSON(), "here"],
  "WordVocabulary.of": (d) => [
    text(),
    { minCount: d.whole(1, 4), maxWords: d.whole(1, 9), countIn: d.whole(1, 60) },
  ],
  "WordVocabulary.encodeText": () => [wordVocabulary(), text()],
  "WordVocabulary.encode": coined,
  "WordVocabulary.stranger": coined,
  "WordVocabulary.split": coined,
  "WordVocabulary.decode": (d) => [wordVocabulary(), numbers(d)],
  "WordVocabulary.ends": (d) => [wordVocabulary(), d.whole(0, 5)],
  "WordVocabulary.toJSON": () => [wordVocabulary()],
  "WordVocabulary.fromJSON": () => [wordVocabulary().toJSON(), "here"],
} satisfies Recipes;
