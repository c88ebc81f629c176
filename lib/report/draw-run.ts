/** All pictures of a run, made from its folder. */
import { basename, join, resolve } from "node:path";
import type { Words } from "../data/index.js";
import { CheckpointError } from "../errors.js";
import { isCounted } from "../models/registry.js";
import { writeFileAtomic } from "../run/disk/file.js";
import { sweepFree } from "../run/disk/sweep.js";
import type { Tensor } from "../tensor/index.js";
import { drawEmbeddingChart } from "./charts/embedding-chart.js";
import { drawLearningRateChart } from "./charts/find-lr-chart.js";
import { drawLossChart } from "./charts/loss-chart.js";
import type { LossCurves } from "./charts/loss-curves.js";
import type { ChartOptions } from "./drawing/chart-options.js";
import { readFinder, readRecord, type RunRecord } from "./record.js";
import { reportPage } from "./pages/report-page.js";
import type { PageChart } from "./sections/section.js";

/** What is not in a run folder. */
export interface DrawOptions {
  /**
   * all words of the run's corpus in their order, so that the report can say which samples are
   * among them
   */
  readonly words?: Words;
}

/** A chart of a run, in either width. */
type Chart = (options?: ChartOptions) => string;

/**
 * Writes loss.svg (of a trained model), embedding.svg (of a model that has one), find-lr.svg (where
 * find-lr.json is) and report.html into a run folder, each whole or not at all, and returns their
 * paths. The same folder gives the same bytes.
 * @throws CheckpointError naming the file of the run that is missing or damaged
 */
export function drawRun(dir: string, { words }: DrawOptions = {}): string[] {
  const record = readRecord(dir);
  const pictures = drawCharts(record);
  const page = reportPage({ record, name: basename(resolve(dir)), charts: pictures, words });
  sweepFree(dir);
  const files = [
    ...pictures.map(({ name, wide }) => [name, wide] as const),
    ["report.html", page] as const,
  ];
  return files.map(([name, content]) => {
    const file = join(dir, name);
    writeFileAtomic(file, content);
    return file;
  });
}

/** The charts of a run, in either width. */
export const drawCharts = (record: RunRecord): PageChart[] =>
  Object.entries(chartsOf(record)).map(([name, draw]) => ({
    name,
    wide: draw(),
    narrow: draw({ narrow: true }),
  }));

/** By the names of their files. */
function chartsOf(record: RunRecord): Record<string, Chart> {
  const { vocabulary, finder } = record;
  const table = embeddingTable(record);
  const curves = lossCurves(record);
  const itos = vocabulary.itos.slice(0, table?.length);
  return {
    // A counted model has no steps to draw losses over.
    ...(!isCounted(record.config) && {
      "loss.svg": (options?: ChartOptions) => drawLossChart(curves, options),
    }),
    ...(table && {
      "embedding.svg": (options) =>
        drawEmbeddingChart(table, itos, { ...options, level: vocabulary.level }),
    }),
    ...(finder && { "find-lr.svg": (options) => drawLearningRateChart(finder, options) }),
  };
}

const lossCurves = ({ config, steps, splits, vocabulary }: RunRecord): LossCurves => ({
  minibatches: steps,
  splits,
  lr: config.lr,
  steps: config.stepsDone,
  batchSize: config.batchSize,
  vocabularySize: vocabulary.size,
  level: vocabulary.level,
});

/**
 * Writes find-lr.svg beside the find-lr.json of a folder; returns its path.
 * @throws CheckpointError
 */
export function drawFinder(dir: string): string {
  const finder = readFinder(dir);
  const file = join(dir, "find-lr.svg");
  if (finder === undefined) throw new CheckpointError(dir, "holds no find-lr.json");
  writeFileAtomic(file, drawLearningRateChart(finder));
  return file;
}

/** More words than these cannot be read; the most frequent ones are first. */
const MOST_WORDS = 300;

/** The rows of C; a bigram has none. */
function embeddingTable({ model, vocabulary }: RunRecord): number[][] | undefined {
  const { C }: { C?: Tensor } = model.stateDict();
  if (C === undefined) return undefined;
  const numbers = C.toTypedArray();
  const E = C.shape[1];
  const V = vocabulary.level === "word" ? Math.min(C.shape[0], MOST_WORDS) : C.shape[0];
  return Array.from({ length: V }, (_, row) => [...numbers.subarray(row * E, (row + 1) * E)]);
}
