/** `mm-train score NAME...` */
import { Command } from "commander";
import { sourceName } from "../../data/files/standard-input.js";
import { DataError, quote, UsageError } from "../../errors.js";
import { type KnownWords, perplexity } from "../../train/evaluate.js";
import { type Score, score } from "../../generate/score.js";
import { knownJson, knownText, lossText } from "../loss-text.js";
import {
  addBackendOptions,
  addJsonOption,
  addRunOptions,
  applyBackendOptions,
  type CommonOptions,
  finiteLoss,
  openRun,
  type RunOptions,
  tellRun,
} from "../options.js";
import { readLines } from "../terminal/read-lines.js";
import { say, sayJson, sayTable, sentence } from "../terminal/say.js";

interface Options extends CommonOptions, RunOptions {
  file?: string;
}

export function scoreCommand(): Command {
  const command = new Command("score")
    .description(
      "how well a trained model expects words: loss per character (the end counts as one) " +
        "and probability",
    )
    .argument("[names...]", "the words; of a model of words, texts (sentences)")
    .option("--file <file>", "a word (text) per line; - is standard input");
  addRunOptions(command);
  return addJsonOption(addBackendOptions(command)).action(runScore);
}

function runScore(names: string[], options: Options): void {
  applyBackendOptions(options);
  const { file } = options;
  if (file === "") throw new UsageError('--file: expected a file, got ""');
  if ((file === undefined) === (names.length === 0)) {
    throw new UsageError(
      file === undefined
        ? "missing words to score: name some, or a file of them with --file"
        : "--file: expected no other words with it",
    );
  }
  const { dir, model, vocabulary } = openRun(options);
  const lines = file === undefined ? undefined : readLines(file);
  let scores: Score[];
  try {
    scores = score(model, vocabulary, lines?.map(({ text }) => text) ?? names);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    // The words came from the command line: wrong usage, not a broken corpus.
    if (file === undefined || lines === undefined) throw new UsageError(error.message);
    throw new DataError(
      sourceName(file),
      error.problem,
      error.line && lines[error.line - 1].number,
    );
  }
  for (const { word, loss } of scores) finiteLoss(dir, `the loss of ${quote(word)}`, loss);
  tellRun(dir, options);
  const words = vocabulary.level === "word";
  const total = file === undefined ? undefined : totalOf(scores, words);
  if (options.json) {
    sayJson({
      run: dir,
      scores,
      ...(total && {
        total: {
          loss: total.loss,
          perplexity: perplexity(total.loss),
          ...(total.known && knownJson(total.known)),
        },
      }),
    });
    return;
  }
  sayTable([words ? WORD_COLUMNS : COLUMNS, ...scores.map((s) => (words ? wordRow(s) : row(s)))]);
  if (total !== undefined) say(["", `all: loss ${lossText(total.loss, words)}`]);
  const known = total?.known ?? totalOf(scores, words).known;
  if (known !== undefined && (total !== undefined || known.unknown > 0))
    say(sentence(knownText(known)));
}

/** Columns that stand beside a text. */
const BESIDE = 50;

/** On a terminal a line does not wrap. */
function shown(text: string): string {
  const room = process.stdout.isTTY ? Math.max(10, process.stdout.columns - BESIDE) : Infinity;
  const characters = [...text];
  return characters.length <= room ? text : `${characters.slice(0, room - 1).join("")}…`;
}

const COLUMNS = ["word", "characters", "loss", "probability"];
const WORD_COLUMNS = ["text", "words", "unknown", "loss", "known loss", "probability"];

const row = ({ word, characters, loss, probability }: Score): string[] => [
  word,
  String(characters),
  loss.toFixed(4),
  probability.toExponential(2),
];

function wordRow({ word, characters, loss, probability, unknown, knownLoss }: Score): string[] {
  const known = knownLoss?.toFixed(4) ?? "-";
  return [
    shown(word),
    String(characters),
    String(unknown),
    loss.toFixed(4),
    known,
    probability.toExponential(2),
  ];
}

/** Mean loss of all predictions; of words, with and without unknown ones. */
function totalOf(scores: readonly Score[], words: boolean): { loss: number; known?: KnownWords } {
  const sum = (of: (s: Score) => number) => scores.reduce((all, s) => all + of(s), 0);
  const predictions = sum((s) => s.characters);
  const loss = sum((s) => s.loss * s.characters) / predictions;
  if (!words) return { loss };
  const unknown = sum((s) => s.unknown ?? 0);
  const known = sum((s) => (s.knownLoss ?? 0) * (s.characters - (s.unknown ?? 0)));
  return {
    loss,
    known: {
      predictions,
      unknown,
      knownLoss: predictions === unknown ? null : known / (predictions - unknown),
    },
  };
}
