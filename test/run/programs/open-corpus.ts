/** Loads a text with its tokens kept in a folder; prints what it is and what a minibatch holds. */
import { Generator, loadCorpus, minibatch } from "../../../lib/index.js";

const [file, cache] = process.argv.slice(2);
const corpus = loadCorpus(file, 4, 42, {}, undefined, undefined, cache);
const { X, Y } = minibatch(corpus.splits.train, 500, new Generator(1));
console.log(JSON.stringify([corpus.digest, corpus.summary, X.toArray(), Y.toArray()]));
